import { createWriteStream, readFileSync, type WriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defaultAccount } from "./auth/accounts";
import { help, readCommandOptions, UsageError } from "./command-options";
import { startEmulator, type Emulator } from "./emulator";

const grace = 2_000;

/** Runs the command until it is interrupted. Exit codes: 0 stopped, 1 could not start, 2 wrong usage. */
export async function main(args: string[]): Promise<void> {
  try {
    await run(args);
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    const reason = code === "EADDRINUSE" ? "The port is in use; choose another one with --port." : message;
    process.stderr.write(`oss-emulator: ${reason}\n`);
    if (error instanceof UsageError) process.stderr.write("Try oss-emulator --help.\n");
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

async function run(args: string[]): Promise<void> {
  const { emulator: options, caFile, log, show } = readCommandOptions(args, process.env);
  if (show === "help") process.stdout.write(help);
  if (show === "version") process.stdout.write(`${packageVersion()}\n`);
  if (show !== undefined) return;

  const lines = log === undefined || log === "-" ? process.stdout : await openLog(log);
  const onRequest =
    log === undefined ? undefined : (request: object) => lines.write(`${JSON.stringify(request)}\n`);
  const emulator = await startEmulator({ ...options, ...(onRequest && { onRequest }) });
  if (caFile !== undefined) await writeAuthority(emulator, caFile);
  const { region = "cn-hangzhou" } = options;
  // Whoever reads the address may stop it from then on.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void emulator.close(grace));
  // With --log - stdout belongs to the log.
  (log === "-" ? process.stderr : process.stdout).write(hints(emulator, region, caFile));
}

/** @throws the file system's error, after closing the emulator: nobody would */
async function writeAuthority(emulator: Emulator, file: string): Promise<void> {
  try {
    await writeFile(file, await emulator.certificateAuthority());
  } catch (error) {
    await emulator.close();
    throw error;
  }
}

function openLog(file: string): Promise<WriteStream> {
  const stream = createWriteStream(file, { flags: "a" });
  return new Promise((resolve, reject) => {
    stream.once("open", () => resolve(stream)).once("error", reject);
  });
}

function hints({ url, credentials }: Emulator, region: string, caFile: string | undefined): string {
  const { accessKeyId } = credentials;
  const secret =
    accessKeyId === defaultAccount.accessKeyId ? defaultAccount.accessKeySecret : "$OSS_ACCESS_KEY_SECRET";
  const https = caFile === undefined ? "" : ` or HTTPS_PROXY=${url} SSL_CERT_FILE=${caFile}`;
  return `OSS on ${url}

  keys               OSS_ACCESS_KEY_ID=${accessKeyId} OSS_ACCESS_KEY_SECRET=${secret}
  ali-oss            new OSS({ endpoint: "${url}", region: "oss-${region}", authorizationV4: true, ... })
  Go, Python, Java   endpoint ${url}, region ${region}
  ossutil            ossutil --endpoint ${url} --region ${region} ls
  oss-encryption     OSS_ENDPOINT=${url} STS_ENDPOINT=${url} KMS_ENDPOINT=${url}, also for pulumi with BucketEncryption
  alicloud provider  HTTP_PROXY=${url} with protocol HTTP${https}; it insists on OSS's host names,
                     and what speaks HTTPS passes HTTP_PROXY by: without OSS_ENDPOINT such clients reach the real OSS
  this emulator      curl ${url}/_emulator/buckets
`;
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, "../package.json"), "utf8")) as {
    version: string;
  };
  return version;
}
