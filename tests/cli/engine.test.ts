import assert from "node:assert/strict";
import { orUserError } from "../../cli/src/pulumi/project";

describe("the engine, as the command line drives it", () => {
  it("a failure that was there before it was waited for is passed on, and is unhandled at no time", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.prependListener("unhandledRejection", note);
    try {
      await assert.rejects(orUserError(Promise.reject(new Error("aborted"))), { message: "aborted" });
      assert.deepEqual(unhandled, []);
    } finally {
      process.off("unhandledRejection", note);
    }
  });
});
