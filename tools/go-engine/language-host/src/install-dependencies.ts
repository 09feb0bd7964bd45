import type { ServerWritableStream } from "@grpc/grpc-js";
import {
  type InstallDependenciesRequest,
  InstallDependenciesResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { ended, start } from "./node-process";
import { existsAbove, packageManagerOf } from "./package-manager";
import { type PackageManager, runtimeOptions } from "./runtime-options";

/** What pnpm prints goes to stderr, and npm says nothing of missing descriptions and licenses. */
const install: Record<PackageManager, string[]> = {
  npm: ["install", "--loglevel=error"],
  pnpm: ["install", "--use-stderr"],
  yarn: ["install"],
  bun: ["install"],
};

/** Installs what a program, policy pack or plugin depends on, as `pulumi install` wants it. */
export async function installDependencies(
  call: ServerWritableStream<InstallDependenciesRequest, InstallDependenciesResponse>,
): Promise<void> {
  const info = call.request.getInfo();
  const folder = info?.getProgramDirectory() ?? call.request.getDirectory();
  const { packagemanager, production } = await runtimeOptions(info);
  const manager = await packageManagerOf(folder, packagemanager);
  const write = (set: "setStdout" | "setStderr", bytes: Buffer) => {
    const response = new InstallDependenciesResponse();
    response[set](bytes);
    call.write(response);
  };

  write("setStdout", Buffer.from("Installing dependencies...\n\n"));
  // Bun would take it for a frozen lock file as well.
  const flags = production && manager !== "bun" ? ["--production"] : [];
  const child = start(manager, [...install[manager], ...flags], { cwd: folder });
  child.stdout.on("data", (bytes: Buffer) => write("setStdout", bytes));
  child.stderr.on("data", (bytes: Buffer) => write("setStderr", bytes));
  call.on("cancelled", () => child.kill("SIGKILL"));
  const code = await ended(child).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(`${manager} is not on PATH.`, { cause: error });
  });
  if (code !== 0) throw new Error(`${manager} install ended with ${code}`);
  if (!(await existsAbove(folder, "node_modules"))) {
    throw new Error(`${manager} install ended well, but there is no node_modules in ${folder} or above it.`);
  }
  write("setStdout", Buffer.from("Finished installing dependencies\n\n"));
}
