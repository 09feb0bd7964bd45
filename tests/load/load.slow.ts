import assert from "node:assert/strict";
import { dynamicProvider, measured } from "../../tools/peak-memory";
import { ossEncryption } from "../support/oss-encryption";
import { describeWithEngine } from "../support/with-engine";
import { EncryptionStack, type Declaration } from "../support/encryption-stack";

/** So many at once run into the limit. */
const parallel = ["--parallel", "32"];
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const declarations = (count: number): Declaration[] =>
  Array.from({ length: count }, (_, at) => ({
    name: `load-${at}`,
    args: { bucket: `load-${at}`, sseAlgorithm: "AES256" },
  }));

describeWithEngine("1,000 buckets in one stack, 40 ms away, at 200 requests per second", (engine) => {
  let stack: EncryptionStack;
  const count = 1000;
  before(async () => {
    stack = await EncryptionStack.create(engine(), {
      emulator: { latency: 40, qps: { meta: 200 } },
      env: ({ url }) => Promise.resolve({ OSS_ENDPOINT: url, PULUMI_SKIP_CHECKPOINTS: "true" }),
    });
    const all = declarations(count);
    for (const { name } of all) stack.emulator.createBucket(name);
    await stack.declare(...all);
  });
  after(() => stack.close());

  /** Requests that were not throttled, by operation. */
  const takeRequests = () => {
    const counts: Record<string, number> = {};
    let throttled = 0;
    for (const { operation = "?", status } of stack.emulator.requests) {
      if (status === 503) throttled++;
      else counts[operation] = (counts[operation] ?? 0) + 1;
    }
    stack.emulator.clearRequests();
    return { counts, throttled };
  };
  const live = () => Object.values(stack.live).filter(Boolean).length;
  const operations: [
    title: string,
    run: () => Promise<{ code: number | null; stderr: string }>,
    counts: Record<string, number>,
    live: number,
    /** The process whose memory counts; default: the provider's. */
    command?: RegExp,
  ][] = [
    [
      "up of 1,000 buckets takes three requests for each",
      () => stack.project.up(parallel),
      { GetBucketEncryption: 2 * count, PutBucketEncryption: count },
      count,
    ],
    [
      "refresh of 1,000 buckets takes one request for each",
      () => stack.project.refresh(["--expect-no-changes", ...parallel]),
      { GetBucketEncryption: count },
      count,
    ],
    [
      "drift of 1,000 buckets takes one request for each",
      async () => {
        const { folder: cwd } = stack.project;
        const result = await ossEncryption(["drift", "--stack", "test"], {
          cwd,
          env: stack.project.environment(),
        });
        assert.equal(result.stdout, `Stack test: no drift (${count} buckets)\n`);
        return result;
      },
      { GetBucketEncryption: count },
      count,
      /oss-encryption\.js drift/,
    ],
    [
      "destroy of 1,000 buckets takes two requests for each",
      () => stack.project.destroy(parallel),
      { GetBucketEncryption: count, DeleteBucketEncryption: count },
      0,
    ],
  ];
  for (const [title, run, counts, left, command = dynamicProvider] of operations) {
    it(title, async () => {
      const { result, took, peak } = await measured(run, command);
      assert.equal(result.code, 0, result.stderr);
      const requests = takeRequests();
      console.log(
        `      ${seconds(took)}; ${requests.throttled} requests throttled; process at most ${Math.round(peak / 1024)} MB`,
      );
      assert.deepStrictEqual([requests.counts, live()], [counts, left]);
    });
  }
});

describeWithEngine("64 buckets whose rules show 3 s after they are written", (engine) => {
  for (const flags of [[], ["--parallel", "64"]]) {
    it(`up waits for late reads, ${flags.join(" ") || "with the engine's own parallelism"}`, async () => {
      await using stack = await EncryptionStack.create(engine(), { emulator: { consistencyDelay: 3_000 } });
      const all = declarations(64);
      for (const { name } of all) stack.emulator.createBucket(name);
      await stack.declare(...all);
      const { result, took } = await measured(() => stack.project.up(flags), dynamicProvider);
      assert.equal(result.code, 0, result.stderr);
      console.log(`      ${seconds(took)}; ${stack.takeOperations().length / all.length} requests for each`);
      assert.deepStrictEqual([...new Set(Object.values(stack.live))], ["AES256"]);
    });
  }
});
