import assert from "node:assert/strict";
import { OssEncryptionError, type OssInventory } from "pulumi-oss-encryption/oss";
import { countObjects } from "../../cli/src/commands/audit/count-objects";

describe("counting objects", () => {
  it("what is looked at when a list ends early adds nothing to what is told already", async () => {
    let look: (rule: { sseAlgorithm: string }) => void = () => assert.fail("no object was looked at");
    const inventory = {
      async *listKeys() {
        await Promise.resolve();
        yield ["a"];
        throw new OssEncryptionError("the list ended");
      },
      headObject: () => new Promise((resolve) => (look = resolve)),
      async *listOldVersions() {
        look({ sseAlgorithm: "AES256" });
        await new Promise(setImmediate);
        yield [];
      },
    } as unknown as OssInventory;
    const { signal } = new AbortController();
    assert.deepEqual(await countObjects(inventory, "logs", { signal }), {
      looked: 0,
      complete: false,
      byMethod: {},
      reason: "the list ended",
      oldVersions: { looked: 0, complete: true, byMethod: {} },
    });
  });
});
