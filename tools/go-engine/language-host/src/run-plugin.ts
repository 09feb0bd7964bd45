import type { ServerWritableStream } from "@grpc/grpc-js";
import { type RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";
import { type Child, ended, refuseDebugger, sdkRunner, start } from "./node-process";
import { PolicyPackProxy } from "./policy-pack-proxy";
import { type RuntimeOptions, runtimeOptions, typeScriptEnvironment } from "./runtime-options";

type Call = ServerWritableStream<RunPluginRequest, RunPluginResponse>;

/** Runs a policy pack, or a plugin of any other kind, until it ends or the engine ends the call. */
export async function runPlugin(call: Call): Promise<void> {
  const { request } = call;
  const options = await runtimeOptions(request.getInfo());
  refuseDebugger(request);
  const serve = request.getKind() === "analyzer" ? servePolicyPack : servePlugin;
  const code = await serve(call, options);
  if (code !== 0) throw new Error(`Program exited with non-zero exit code: ${code}`);
}

/** A plugin prints its port itself and is spoken to there. */
function servePlugin(call: Call, options: RuntimeOptions): Promise<number | NodeJS.Signals> {
  const { request } = call;
  const folder = programFolder(request);
  // After the script, where they do nothing: it is how the official host places them.
  const args = [sdkRunner("run-plugin", folder), ...options.nodeargs, folder, ...request.getArgsList()];
  const child = startPlugin(call, args, request.getPwd(), environment(request, options));
  child.stdout.on("data", (bytes: Buffer) => call.write(stdout(bytes)));
  return ended(child);
}

/**
 * A policy pack finds the stack that it judges in its environment, but the engine names the stack only to a pack that
 * is running. So the engine speaks to a proxy, and the pack is started when the stack is known.
 */
async function servePolicyPack(call: Call, options: RuntimeOptions): Promise<number | NodeJS.Signals> {
  const { request } = call;
  const folder = programFolder(request);
  const runner = sdkRunner("run-policy-pack", folder);
  await using proxy = await PolicyPackProxy.listen();
  call.write(stdout(Buffer.from(`${proxy.port}\n`)));
  const stack = await Promise.race([proxy.stackEnvironment, cancelled(call)]);
  if (stack === undefined) return 0;
  const args = [runner, ...options.nodeargs, ...request.getArgsList(), folder];
  const child = startPlugin(call, args, folder, { ...environment(request, options), ...stack });
  child.stdout.on("data", (bytes: Buffer) => {
    const rest = proxy.attach(bytes);
    if (rest.length > 0) call.write(stdout(rest));
  });
  const code = await ended(child);
  proxy.detach(`the policy pack ended with ${code}`);
  return code;
}

function programFolder(request: RunPluginRequest): string {
  return request.getInfo()?.getProgramDirectory() ?? request.getProgram();
}

/** The engine sends its whole environment, so nothing of this process's is added. */
function environment(request: RunPluginRequest, options: RuntimeOptions): NodeJS.ProcessEnv {
  const given = request.getEnvList().map((entry): [string, string] => {
    const at = entry.indexOf("=");
    return [entry.slice(0, at), entry.slice(at + 1)];
  });
  return { ...Object.fromEntries(given), ...typeScriptEnvironment(options) };
}

function startPlugin(call: Call, args: string[], cwd: string, env: NodeJS.ProcessEnv): Child {
  const child = start(process.execPath, args, { cwd, env });
  child.stderr.on("data", (bytes: Buffer) => {
    const response = new RunPluginResponse();
    response.setStderr(bytes);
    call.write(response);
  });
  call.on("cancelled", () => child.kill("SIGKILL"));
  return child;
}

function stdout(bytes: Buffer): RunPluginResponse {
  const response = new RunPluginResponse();
  response.setStdout(bytes);
  return response;
}

function cancelled(call: Call): Promise<undefined> {
  return new Promise((resolve) => call.on("cancelled", () => resolve(undefined)));
}
