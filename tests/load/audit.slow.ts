import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { startEmulator, type Emulator } from "oss-emulator";
import { ossEncryption } from "../support/oss-encryption";
import { accessTo } from "../../tools/emulator-access";

const regions = ["cn-hangzhou", "cn-shanghai", "eu-central-1"];
const keys = Array.from({ length: 50 }, (_, n) => `key-${n}`);

describe("an audit 40 ms away, at 200 requests per second", () => {
  let emulator: Emulator;
  afterEach(() => emulator.close());

  /** Seconds that an audit takes, and the most memory (MB) that its process has held. */
  async function measured(count: number): Promise<{ seconds: number; peak: number; throttled: number }> {
    emulator = await startEmulator({ latency: 40, qps: { meta: 200 }, keys });
    for (let n = 0; n < count; n++) {
      emulator.createBucket(`load-${String(n).padStart(4, "0")}`, {
        region: regions[n % regions.length] ?? "",
        encryption:
          n % 2
            ? { SSEAlgorithm: "KMS", KMSMasterKeyID: keys[n % keys.length] ?? "" }
            : { SSEAlgorithm: "AES256" },
      });
    }
    let peak = 0;
    let watch: NodeJS.Timeout | undefined;
    const started = performance.now();
    const { code, stdout, stderr } = await ossEncryption(["audit", "--json"], {
      env: { PATH: process.env.PATH, ...accessTo(emulator) },
      onStart: ({ pid = 0 }) => {
        watch = setInterval(() => {
          readFile(`/proc/${pid}/status`, "utf8").then(
            (status) => (peak = Math.max(peak, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024)),
            () => undefined,
          );
        }, 50);
      },
    });
    clearInterval(watch);
    const seconds = (performance.now() - started) / 1000;
    assert.equal(code, 0, stderr);
    if (process.platform === "linux") assert.ok(peak > 0);
    const { counts } = JSON.parse(stdout) as { counts: { fulfilled: number } };
    assert.equal(counts.fulfilled, count);
    const throttled = emulator.requests.filter(({ status }) => status === 503).length;
    return { seconds, peak, throttled };
  }

  it("an audit of 2,000 buckets takes hardly more memory than one of 200", async () => {
    const few = await measured(200);
    await emulator.close();
    const many = await measured(2_000);
    const told = [few, many].map(({ seconds, peak }) => `${seconds.toFixed(1)} s, ${Math.round(peak)} MB`);
    console.log(`      200: ${told[0] ?? ""}; 2,000: ${told[1] ?? ""}, ${many.throttled} requests throttled`);
    assert.ok(many.peak - few.peak < 60, `${few.peak} MB, then ${many.peak} MB`);
  });
});
