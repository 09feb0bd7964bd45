import assert from "node:assert/strict";
import { refusedError, unreachableError } from "../../provider/src/oss/error-messages";
import { stackConfigNames } from "../../provider/src/settings/lookups";

const context = {
  operation: "PutBucketEncryption",
  action: "oss:PutBucketEncryption",
  bucket: "logs",
  isOnObject: false,
  attempts: 1,
  endpoint: "https://oss-cn-hangzhou.aliyuncs.com",
  origin: "OSS_ACCESS_KEY_ID in the environment",
  secrets: ["s3cr3t"],
  configNames: stackConfigNames,
};

describe("an error that OSS answered with", () => {
  const body = { code: "SomeCode", message: "m", requestId: "id", ec: "0001", endpoint: "oss.example.com" };

  it("the message has all that OSS says", () => {
    assert.equal(
      refusedError(context, 403, body).message,
      "PutBucketEncryption of bucket logs failed: 403 SomeCode: m (request id id, EC 0001). " +
        "The bucket is served by oss.example.com: set the resource's or the connection's region or endpoint accordingly.",
    );
  });

  it("its parts are as clean as the message", () => {
    const hostile = "a\n::error::\u001b\u202e ##[group] s3cr3t";
    const { message, failure } = refusedError(context, 403, {
      code: hostile,
      requestId: hostile,
      ec: hostile,
    });
    const clean = "a ::error::\u{fffd}\u{fffd} # #[group] [secret]";
    assert.deepEqual([failure.code, failure.requestId, failure.ec], [clean, clean, clean]);
    assert.equal(
      message,
      `PutBucketEncryption of bucket logs failed: 403 ${clean} (request id ${clean}, EC ${clean}).`,
    );
  });

  for (const element of Object.keys(body)) {
    it(`the message leaves a secret out that its ${element} repeats`, () => {
      const { message } = refusedError(context, 403, { ...body, [element]: "a s3cr3t b" });
      assert.match(message, /a \[secret\] b/);
      assert.ok(!message.includes("s3cr3t"), message);
    });
  }
});

describe("an error of a call without an answer", () => {
  it("says so where no connection is left to open, and what to raise", () => {
    assert.equal(
      unreachableError(context, { code: "EMFILE", reused: false }).message,
      "PutBucketEncryption of bucket logs failed: no answer from oss-cn-hangzhou.aliyuncs.com: EMFILE, this machine has no " +
        "file or connection left to open. Raise the limit of open files (ulimit -n), or close what else holds them.",
    );
  });
});
