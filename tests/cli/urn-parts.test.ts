import assert from "node:assert/strict";
import { urnParts } from "../../cli/src/pulumi/urn-parts";

describe("resources that are named on a command line", () => {
  const ofLength = (length: number) => ({ urn: "u".repeat(length) });

  it("are all named, in their order, and each line is shorter than Windows takes", () => {
    const resources = [1, 100, 3_000, 10_000, 150, 9_000, 40].flatMap((length) =>
      Array.from({ length: 20 }, (_, n) => ofLength(length + n)),
    );
    const parts = urnParts(resources);
    assert.deepEqual(parts.flat(), resources);
    for (const part of parts) {
      const line = part.map(({ urn }) => `--target ${urn} --replace ${urn}`).join(" ");
      assert.ok(line.length <= 28_000, String(line.length));
    }
  });

  it("stand on one line where they fit, and on none where there are none", () => {
    assert.deepEqual(urnParts(Array.from({ length: 100 }, () => ofLength(129))).length, 1);
    assert.deepEqual(urnParts([]), []);
  });

  it("of which one alone is too long, is named alone", () => {
    const [short, long] = [ofLength(10), ofLength(30_000)];
    assert.deepEqual(urnParts([short, long, short]), [[short], [long], [short]]);
  });
});
