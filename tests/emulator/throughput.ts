// Measures GetBucketEncryption with V4 signatures, side by side with a Node server that answers the same bytes and
// checks nothing: npx tsx tests/emulator/throughput.ts [requests]. The server runs in a process of its own.
import { fork } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { startEmulator } from "oss-emulator";
import { signV4 } from "./sign";

const count = Number(process.argv[2] ?? 20_000);
const concurrency = 16;

interface Report {
  port: number;
}

async function serve(kind: string): Promise<void> {
  const report = (port: number) => process.send?.({ port } satisfies Report);
  process.on("message", () => {
    global.gc?.();
    process.send?.(process.memoryUsage());
  });
  if (kind === "emulator") {
    const buckets = [{ name: "logs", encryption: { SSEAlgorithm: "AES256" } as const }];
    report((await startEmulator({ buckets, maxLoggedRequests: 1_000 })).port);
    return;
  }
  const body = "x".repeat(240);
  const server = http.createServer((_request, response) => response.end(body));
  server.listen(0, "127.0.0.1", () => report((server.address() as { port: number }).port));
}

async function measure(kind: string): Promise<void> {
  const child = fork(__filename, [String(count), kind], { execArgv: ["--import=tsx", "--expose-gc"] });
  const [{ port }] = (await once(child, "message")) as [Report];
  const memory = async () => {
    child.send("memory");
    const [{ rss, heapUsed }] = (await once(child, "message")) as [NodeJS.MemoryUsage];
    return `heap ${(heapUsed / 2 ** 20).toFixed(1)} MiB, resident ${(rss / 2 ** 20).toFixed(0)} MiB`;
  };
  const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency });
  const { path, headers } = signV4({ bucket: "logs", query: { encryption: "" } });
  const get = () =>
    new Promise<void>((resolve, reject) => {
      const request = http.get({ port, host: "127.0.0.1", path, headers, agent }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode ?? 0}`));
        answer.resume().once("end", resolve);
      });
      request.once("error", reject);
    });
  const run = async (requests: number) => {
    let left = requests;
    const worker = async () => {
      while (left-- > 0) await get();
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
  };
  await run(count / 4); // warms up
  const before = await memory();
  const started = performance.now();
  await run(count);
  const perSecond = count / ((performance.now() - started) / 1000);
  console.log(`${kind}: ${perSecond.toFixed(0)} requests/s; before ${before}; after ${await memory()}`);
  agent.destroy();
  child.kill();
}

async function main(): Promise<void> {
  const [, , , kind] = process.argv;
  if (kind !== undefined) return serve(kind);
  for (const one of ["bare server", "emulator"]) await measure(one);
}

void main();
