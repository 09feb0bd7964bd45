/** A command line of Windows has 32,767 characters at most; some are left for all else that stands on it. */
const longest = 28_000;

/** Parts of resources, in their order, that fit on a command line which names each up to two times. */
export function urnParts<T extends { urn: string }>(resources: readonly T[]): T[][] {
  const parts: T[][] = [];
  let room = 0;
  for (const resource of resources) {
    const length = 2 * ("--replace ".length + resource.urn.length + " ".length);
    room -= length;
    if (room < 0) {
      parts.push([]);
      room = longest - length;
    }
    parts.at(-1)?.push(resource);
  }
  return parts;
}
