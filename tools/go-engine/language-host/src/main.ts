import * as grpc from "@grpc/grpc-js";
import { type ILanguageRuntimeServer, LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { LanguageHandshakeResponse } from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { version } from "@pulumi/pulumi/version";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { about, runtimeOptionsPrompts } from "./about";
import { installDependencies } from "./install-dependencies";
import { programDependencies, requiredPackages } from "./installed-packages";
import { endAll } from "./node-process";
import { cancelPrograms, runProgram } from "./run-program";
import { runPlugin } from "./run-plugin";
import { handleStream, handleUnary } from "./rpc";

/**
 * Runs programs, policy packs and plugins in Node.js for an engine that was built with Go. The official language host is
 * not published as a Go module, so such an engine has none. This one stands in for it: it starts the SDK's own
 * runners (`@pulumi/pulumi/cmd/…`) from the program's node_modules with the arguments and the environment that the
 * official one gives them, so that programs, command lines, output and exit codes are the same with either.
 *
 * Differences from the official host of Pulumi 3.259:
 * - It generates no code and packs and links no SDKs: `pulumi convert`, `pulumi import` with generated code,
 *   `pulumi package add` and `gen-sdk` are told UNIMPLEMENTED, and so is the last touch to a template of pnpm's.
 * - `--attach-debugger` is refused, and `pulumi install --use-language-version-tools` leaves Node.js as it is.
 * - The runtime `bun` is not served. As a package manager it is.
 * - A program talks to the engine itself, not through the host, and gets no `sync` folder for synchronous calls: no part
 *   of SDK 3.248 makes any.
 * - `pulumi about` and the look for plugins read what is installed: package folders below node_modules, neither lock
 *   files nor other folders. It doesn't warn of two incompatible versions of the SDK.
 * - `pulumi install` leaves finding a workspace's root to the package manager, and a manifest package.yaml does not
 *   choose pnpm. Yarn is tried once, with all that it says.
 * - No traces, no log of its own, and no hint at `--max-old-space-size` when a program runs out of memory.
 * - Its version is that of the SDK beside it, not the engine's. It needs a system that knows `#!` and symbolic links.
 */
function main(): void {
  let engineAddress = process.argv.at(-1) ?? "";
  const server = new grpc.Server();
  // What is left out here is answered with UNIMPLEMENTED.
  server.addService(LanguageRuntimeService, {
    handshake: handleUnary(({ request }) => {
      engineAddress = request.getEngineAddress();
      return new LanguageHandshakeResponse();
    }),
    getPluginInfo: handleUnary(() => {
      const info = new PluginInfo();
      info.setVersion(version);
      return info;
    }),
    getRequiredPackages: handleUnary(({ request }) => requiredPackages(request)),
    getProgramDependencies: handleUnary(({ request }) => programDependencies(request)),
    about: handleUnary(({ request }) => about(request)),
    runtimeOptionsPrompts: handleUnary(({ request }) => runtimeOptionsPrompts(request)),
    run: handleUnary((call) => runProgram(call, engineAddress)),
    runPlugin: handleStream(runPlugin),
    installDependencies: handleStream(installDependencies),
    cancel: handleUnary(() => {
      cancelPrograms();
      return new Empty();
    }),
  } satisfies Partial<ILanguageRuntimeServer>);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(String(port));
  });

  const end = () => {
    endAll();
    process.exit(1);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  // An engine that is killed tells nobody.
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) end();
  }, 2_000).unref();
}

main();
