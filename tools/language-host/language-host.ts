import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { version } from "@pulumi/pulumi/version";

/**
 * The part of Pulumi's Node.js language host that running programs and policy packs takes. The official host is
 * not published as a Go module, so an engine built with Go has none. As the official one does, this starts the
 * SDK's own runners (`@pulumi/pulumi/cmd/run` and `cmd/run-policy-pack`) from the program's node_modules:
 * programs, command lines, output and exit codes are the same with either.
 */

/** The runner exits with this after it has told the user what is wrong (sdk/nodejs/cmd/run). */
const alreadyReported = 32;

const running = new Set<ChildProcess>();

function start(folder: string, module: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  const script = createRequire(join(folder, "package.json")).resolve(`@pulumi/pulumi/cmd/${module}`);
  const child = spawn(process.execPath, [script, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.on("close", () => running.delete(child));
  return child;
}

/** Runs a program to its end; the engine shows what this process prints as the program's own output. */
function runProgram(request: language.RunRequest, engineAddress: string): Promise<language.RunResponse> {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() ?? request.getPwd();
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info?.getRootDirectory() ?? folder,
    stack: request.getStack(),
    pwd: folder,
    parallel: String(request.getParallel()),
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  if (request.getDryrun()) args.push("--dry-run");
  args.push(info?.getEntryPoint() ?? ".", ...request.getArgsList());

  const config = Object.fromEntries(request.getConfigMap().toArray());
  const response = new language.RunResponse();
  return new Promise((resolve) => {
    const child = start(folder, "run", args, {
      PULUMI_CONFIG: JSON.stringify(config),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: "true",
    });
    child.stdout?.pipe(process.stdout, { end: false });
    child.stderr?.pipe(process.stderr, { end: false });
    child.on("close", (code, signal) => {
      if (code === alreadyReported) response.setBail(true);
      else if (code !== 0) response.setError(`Program exited with ${code ?? signal ?? "an error"}`);
      resolve(response);
    });
  });
}

/** Runs a policy pack until the engine ends the call, handing on what it prints. */
function runPolicyPack(
  call: grpc.ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>,
): void {
  const { request } = call;
  if (request.getKind() !== "analyzer") {
    call.emit("error", {
      code: grpc.status.UNIMPLEMENTED,
      details: `no plugins of kind ${request.getKind()}`,
    });
    return;
  }
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getProgram();
  const env = Object.fromEntries(request.getEnvList().map((entry) => splitOnce(entry, "=")));
  const child = start(folder, "run-policy-pack", [...request.getArgsList(), folder], env);
  child.stdout?.on("data", (bytes: Buffer) => call.write(answer((it) => it.setStdout(bytes))));
  child.stderr?.on("data", (bytes: Buffer) => call.write(answer((it) => it.setStderr(bytes))));
  child.on("close", (code) => {
    call.write(answer((it) => it.setExitcode(code ?? 1)));
    call.end();
  });
  call.on("cancelled", () => child.kill());
}

function answer(fill: (response: language.RunPluginResponse) => void): language.RunPluginResponse {
  const response = new language.RunPluginResponse();
  fill(response);
  return response;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

function main(): void {
  const engineAddress = process.argv.at(-1) ?? "";
  const server = new grpc.Server();
  server.addService(LanguageRuntimeService, {
    run(
      call: grpc.ServerUnaryCall<language.RunRequest, language.RunResponse>,
      callback: grpc.sendUnaryData<language.RunResponse>,
    ) {
      runProgram(call.request, engineAddress).then(
        (response) => callback(null, response),
        (error: unknown) => callback({ details: String(error), code: grpc.status.INTERNAL }),
      );
    },
    getPluginInfo(_call: unknown, callback: grpc.sendUnaryData<PluginInfo>) {
      const info = new PluginInfo();
      info.setVersion(version);
      callback(null, info);
    },
    getRequiredPlugins(_call: unknown, callback: grpc.sendUnaryData<language.GetRequiredPluginsResponse>) {
      callback(null, new language.GetRequiredPluginsResponse());
    },
    runPlugin: runPolicyPack,
  });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(port);
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      for (const child of running) child.kill(signal);
      process.exit(1);
    });
  }
}

main();
