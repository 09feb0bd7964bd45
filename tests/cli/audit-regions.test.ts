import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import type { WriteStream } from "node:tty";
import { AccountConnections } from "pulumi-oss-encryption/oss";
import { RuleReader } from "../../cli/src/buckets/read-rules";
import { Progress } from "../../cli/src/terminal/progress";

describe("reading the rules of a region that can't be reached", () => {
  for (const region of ["cn-beijing", null]) {
    it(`tries it for the first bucket only, where ${region ? "its region is" : "no region is"} named`, () =>
      triesOnce(region));
  }

  async function triesOnce(region: string | null): Promise<void> {
    const far = { region: "cn-beijing", endpoint: "http://127.0.0.1:1" };
    const config = { "oss-encryption:connections": JSON.stringify({ far }) };
    let pauses = 0;
    const sleep = () => {
      pauses++;
      return Promise.resolve();
    };
    const connections = new AccountConnections((key) => config[key as keyof typeof config], {
      env: { OSS_ACCESS_KEY_ID: "id", OSS_ACCESS_KEY_SECRET: "secret" },
      clock: { now: () => 0, random: () => 0, sleep },
    });
    const progress = new Progress(new PassThrough() as unknown as WriteStream);
    const reader = new RuleReader(
      { of: () => connections },
      { progress, signal: new AbortController().signal },
      1,
    );
    const address = { region, connection: "far" };
    const readings = await reader.readEach([1, 2, 3].map((n) => ({ bucket: `logs-${n}`, ...address })));
    const reason =
      /^GetBucketEncryption of bucket logs-1 failed: no answer from 127\.0\.0\.1:1: ECONNREFUSED/;
    for (const reading of readings) {
      assert.equal(reading.status, "unreadable");
      assert.match(reading.reason, reason);
    }
    assert.deepEqual([readings.length, pauses], [3, 4]);
    connections.close();
  }
});
