/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/**
 * Median of how often each value holds the one that was measured beside it. A machine that slows down in the middle
 * of a benchmark hits both, so this is steadier than the ratio of the medians. What has nothing beside it is left out.
 */
export function medianRatio(values: readonly number[], beside: readonly number[]): number {
  const pairs = Math.min(values.length, beside.length);
  return median(values.slice(0, pairs).map((value, index) => value / (beside[index] ?? NaN)));
}
