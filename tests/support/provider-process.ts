import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { until } from "./until";
import { VerbError, type Props, type Verbs } from "./verbs";

const script = createRequire(__filename).resolve("@pulumi/pulumi/cmd/dynamic-provider");
const urn = "urn:pulumi:test::oss::pulumi-nodejs:dynamic/oss:BucketEncryption::logs";

export interface ProcessOptions {
  /** Stack config, full keys. */
  config?: Record<string, string>;
  /** The whole environment but PATH. */
  env?: NodeJS.ProcessEnv;
  /** What starts the process; default: an engine of its own. */
  engine?: EngineStandIn;
}

/** Stands in for the engine's address: a port that takes connections, where a provider asks whether its engine lives. */
export class EngineStandIn {
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on("connection", (socket) => {
      this.#sockets.add(socket.on("error", () => undefined).resume());
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(): Promise<EngineStandIn> {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    return new EngineStandIn(server);
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** As if it were killed. */
  end(): void {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Starts the SDK's own host of dynamic providers the way the engine does, and configures it. */
export async function startProvider(options: ProcessOptions = {}): Promise<ProviderProcess> {
  const { config = {}, env = {} } = options;
  const engine = options.engine ?? (await EngineStandIn.start());
  const child = spawn(process.execPath, [script, engine.address], {
    env: { PATH: process.env.PATH, PULUMI_NODEJS_PROJECT: "oss", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  createInterface(child.stderr).on("line", (line) => lines.push(line));
  const stdout = createInterface(child.stdout).on("line", (line) => lines.push(line));
  const port = await Promise.race([
    once(stdout, "line").then(([line]) => line as string),
    once(child, "exit").then(() =>
      Promise.reject<string>(new Error(`The provider did not start: ${lines.join("\n")}`)),
    ),
  ]);
  lines.length = 0;
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const request = new messages.ConfigureRequest();
  request.setArgs(struct(config));
  await unary((done) => client.configure(request, done));
  return new ProviderProcess(child, client, engine, lines, options.engine === undefined);
}

/** A running provider process, driven over gRPC. */
export class ProviderProcess implements Verbs {
  constructor(
    readonly child: ChildProcess,
    private readonly client: ResourceProviderClient,
    private readonly engine: EngineStandIn,
    /** What the process has printed since it started. */
    readonly lines: string[],
    private readonly ownsEngine: boolean,
  ) {}

  async check(olds: Props, news: Props) {
    const request = new messages.CheckRequest();
    request.setUrn(urn);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const answer = await unary<messages.CheckResponse>((done) => this.client.check(request, done));
    return {
      inputs: props(answer.getInputs()),
      failures: answer.getFailuresList().map((one) => one.toObject()),
    };
  }

  async diff(id: string, olds: Props, news: Props) {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setUrn(urn);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const answer = await unary<messages.DiffResponse>((done) => this.client.diff(request, done));
    const { DIFF_UNKNOWN, DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
    const words = { [DIFF_UNKNOWN]: "unknown", [DIFF_NONE]: "none", [DIFF_SOME]: "some" } as const;
    return { changes: words[answer.getChanges()], replaces: answer.getReplacesList() };
  }

  async create(inputs: Props) {
    const request = new messages.CreateRequest();
    request.setUrn(urn);
    request.setProperties(struct(inputs));
    const answer = await unary<messages.CreateResponse>((done) => this.client.create(request, done));
    return { id: answer.getId(), outs: props(answer.getProperties()) };
  }

  async read(id: string, state: Props) {
    const request = new messages.ReadRequest();
    request.setId(id);
    request.setUrn(urn);
    request.setProperties(struct(state));
    const answer = await unary<messages.ReadResponse>((done) => this.client.read(request, done));
    return { id: answer.getId(), props: props(answer.getProperties()), inputs: props(answer.getInputs()) };
  }

  async update(id: string, olds: Props, news: Props) {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setUrn(urn);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const answer = await unary<messages.UpdateResponse>((done) => this.client.update(request, done));
    return { outs: props(answer.getProperties()) };
  }

  async delete(id: string, state: Props) {
    const request = new messages.DeleteRequest();
    request.setId(id);
    request.setUrn(urn);
    request.setProperties(struct(state));
    await unary((done) => this.client.delete(request, done));
  }

  /** Waits until the process has printed a line: output and answers come through different pipes. */
  async printed(line: string): Promise<void> {
    await until(() => this.lines.includes(line));
  }

  /** The engine is gone, as far as the process can see. */
  endEngine(): void {
    this.engine.end();
  }

  /** Ends the process as the engine does, and its engine if that has no other. */
  async stop(): Promise<void> {
    this.client.close();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, "exit");
      this.child.kill("SIGINT");
      await exit;
    }
    if (this.ownsEngine) this.engine.end();
  }
}

const struct = (value: Props) => Struct.fromJavaScript(value as Record<string, JavaScriptValue>);

const props = (value: Struct | undefined): Props => value?.toJavaScript() ?? {};

function unary<Answer>(
  send: (done: (error: grpc.ServiceError | null, answer: Answer) => void) => unknown,
): Promise<Answer> {
  return new Promise((resolve, reject) =>
    send((error, answer) => (error ? reject(verbError(error)) : resolve(answer))),
  );
}

/** Go's gRPC unpacks the details by itself; Node's hands over the bytes. */
function verbError({ details, metadata }: grpc.ServiceError): VerbError {
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (!(bytes instanceof Buffer)) return new VerbError(details);
  const detail = Status.deserializeBinary(bytes)
    .getDetailsList()[0]
    ?.unpack(
      (data) => messages.ErrorResourceInitFailed.deserializeBinary(data),
      "pulumirpc.ErrorResourceInitFailed",
    );
  if (!detail) return new VerbError(details);
  return new VerbError(details, {
    id: detail.getId(),
    properties: props(detail.getProperties()),
    reasons: detail.getReasonsList(),
  });
}
