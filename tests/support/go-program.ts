import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { GetRequiredPackagesResponse, type RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { run, type Outcome } from "../../tools/run";

/** Runs the go command in a folder, with this machine's caches. */
export const go = (folder: string, ...args: string[]): Promise<Outcome> =>
  run("go", args, { cwd: folder, env: process.env });

/** Why no Go program can be built here, or undefined where one can. */
export async function whyNoGo(): Promise<string | undefined> {
  const version = await go(__dirname, "version").catch(() => undefined);
  return version?.code === 0 ? undefined : "the go command is not on PATH";
}

/**
 * Runs a compiled Go program for the engine as its language host does, in this process: an engine that was built from Go
 * modules has no such host. `flags` go to each operation.
 */
export class GoProgram implements AsyncDisposable {
  private constructor(
    private readonly server: grpc.Server,
    private readonly binary: string,
  ) {}

  /** `binary`: name of the program in the project's folder. */
  static async serve(binary: string): Promise<GoProgram & { flags: string[] }> {
    const server = new grpc.Server();
    const program = new GoProgram(server, binary);
    server.addService(LanguageRuntimeService, {
      getPluginInfo: unary(() => new PluginInfo()),
      getRequiredPackages: unary(() => new GetRequiredPackagesResponse()),
      run: unary((request: RunRequest) => program.#run(request)),
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return Object.assign(program, { flags: ["--client", `127.0.0.1:${port}`] });
  }

  async #run(request: RunRequest): Promise<RunResponse> {
    const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
    const child = spawn(join(folder, this.binary), {
      cwd: folder,
      stdio: "inherit",
      env: {
        PULUMI_ORGANIZATION: request.getOrganization(),
        PULUMI_PROJECT: request.getProject(),
        PULUMI_STACK: request.getStack(),
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        PULUMI_DRY_RUN: String(request.getDryrun()),
        PULUMI_PARALLEL: String(request.getParallel()),
        PULUMI_MONITOR: request.getMonitorAddress(),
        // To a host that it hasn't started itself the engine gives its address as the program's argument.
        PULUMI_ENGINE: request.getArgsList()[0],
      },
    });
    const [code] = (await once(child, "exit")) as [number | null];
    const response = new RunResponse();
    if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
    return response;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.forceShutdown();
    return Promise.resolve();
  }
}

function unary<Request, Answer>(
  answer: (request: Request) => Answer | Promise<Answer>,
): grpc.handleUnaryCall<Request, Answer> {
  return ({ request }, done) => {
    Promise.resolve(request)
      .then(answer)
      .then(
        (value) => done(null, value),
        (error: unknown) => done({ code: grpc.status.UNKNOWN, details: String(error) }),
      );
  };
}
