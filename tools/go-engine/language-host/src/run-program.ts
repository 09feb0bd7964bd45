import type { ServerUnaryCall } from "@grpc/grpc-js";
import { type RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { type Child, ended, refuseDebugger, sdkRunner, start } from "./node-process";
import { runtimeOptions, typeScriptEnvironment } from "./runtime-options";

/** The runner exits with this after it has told the user what is wrong (sdk/nodejs/cmd/run). */
const alreadyReported = 32;
const graceMs = 5_000;
const programs = new Set<Child>();

/** Runs a program to its end; the engine shows what this process prints as the program's own output. */
export async function runProgram(
  call: ServerUnaryCall<RunRequest, RunResponse>,
  engineAddress: string,
): Promise<RunResponse> {
  const response = new RunResponse();
  try {
    const child = await startProgram(call.request, engineAddress);
    programs.add(child);
    call.on("cancelled", () => interrupt(child));
    child.stdout.pipe(process.stdout, { end: false });
    child.stderr.pipe(process.stderr, { end: false });
    const code = await ended(child).finally(() => programs.delete(child));
    if (code === alreadyReported) response.setBail(true);
    else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
  } catch (error) {
    response.setError(error instanceof Error ? error.message : String(error));
  }
  return response;
}

export function cancelPrograms(): void {
  for (const child of programs) interrupt(child);
}

function interrupt(child: Child): void {
  child.kill("SIGINT");
  setTimeout(() => child.kill("SIGKILL"), graceMs).unref();
}

async function startProgram(request: RunRequest, engineAddress: string): Promise<Child> {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() ?? request.getPwd();
  const options = await runtimeOptions(info);
  refuseDebugger(request);
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
  const args = Object.entries(flags).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
  if (request.getDryrun()) args.push("--dry-run");
  args.push(info?.getEntryPoint() ?? ".", ...request.getArgsList());

  return start(process.execPath, [...options.nodeargs, sdkRunner("run", folder), ...args], {
    env: {
      ...process.env,
      ...typeScriptEnvironment(options),
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
}
