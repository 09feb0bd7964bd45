import assert from "node:assert/strict";
import { median, medianRatio } from "../../bench/statistics";

describe("statistics of a benchmark", () => {
  it("take the middle value, or the mean of two, whatever the order", () => {
    const values = [30, 10, 20];
    assert.deepStrictEqual([median(values), median([4, 1, 3, 2]), median([7])], [20, 2.5, 7]);
    assert.deepStrictEqual(values, [30, 10, 20]);
    assert.ok(Number.isNaN(median([])));
  });

  it("compare each run with the one beside it, so a slow spell that hit both does not show", () => {
    assert.equal(medianRatio([110, 330, 110], [100, 300, 100]), 1.1);
    assert.equal(medianRatio([3, 8], [2, 4, 5]), 1.75);
    // The ratio of the medians would be 2.
    assert.equal(medianRatio([100, 200, 400], [100, 200, 100]), 1);
  });
});
