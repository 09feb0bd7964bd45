import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { until } from "./until";
import { providerText, VerbError, type Props, type Verbs } from "./verbs";

/** The servers that have the resource: the SDK's host of dynamic providers, and the plugin. */
export type Form = "dynamic" | "plugin";

const { resolve } = createRequire(__filename);
const scripts = {
  dynamic: resolve("@pulumi/pulumi/cmd/dynamic-provider"),
  plugin: resolve("../../provider/dist/plugin/main.js"),
};
const urns = {
  dynamic: "urn:pulumi:test::oss::pulumi-nodejs:dynamic/oss:BucketEncryption::logs",
  plugin: "urn:pulumi:test::oss::oss-encryption:index:BucketEncryption::logs",
};

interface ProcessOptions {
  /** Stack config, full keys. */
  config?: Record<string, string>;
  /** The whole environment but PATH. */
  env?: NodeJS.ProcessEnv;
  /** What starts the process; default: an engine of its own. */
  engine?: EngineStandIn;
  /** Default: `dynamic`. */
  form?: Form | undefined;
}

/** Stands in for the engine's address: providers ask there whether their engine lives, and plugins log there. */
export class EngineStandIn {
  /** What plugins have logged, and about which resource. */
  readonly logged: { message: string; urn: string }[] = [];
  readonly #server = new grpc.Server();
  #port = 0;

  static async start(): Promise<EngineStandIn> {
    const engine = new EngineStandIn();
    engine.#server.addService(EngineService, {
      log: (call: { request: LogRequest }, done: grpc.sendUnaryData<Empty>) => {
        engine.logged.push({ message: call.request.getMessage(), urn: call.request.getUrn() });
        done(null, new Empty());
      },
    });
    engine.#port = await promisify(engine.#server.bindAsync.bind(engine.#server))(
      "127.0.0.1:0",
      grpc.ServerCredentials.createInsecure(),
    );
    return engine;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** As if it were killed. */
  end(): void {
    this.#server.forceShutdown();
  }
}

/** A server of providers that has just started, and that nobody has configured. */
interface Server {
  child: ChildProcess;
  client: ResourceProviderClient;
  /** What the process prints. */
  lines: string[];
}

/** Starts a server of providers the way the engine does. */
export async function startServer(
  form: Form,
  engine: EngineStandIn,
  env: NodeJS.ProcessEnv,
): Promise<Server> {
  const child = spawn(process.execPath, [scripts[form], engine.address], {
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
  return { child, client, lines };
}

/** Starts a server of providers the way the engine does, and configures it. */
export async function startProvider(options: ProcessOptions = {}): Promise<ProviderProcess> {
  const { config = {}, env = {}, form = "dynamic" } = options;
  const engine = options.engine ?? (await EngineStandIn.start());
  const { child, client, lines } = await startServer(form, engine, env);
  const request = new messages.ConfigureRequest();
  request.setArgs(struct(form === "plugin" ? pluginConfig(config) : config));
  await unary((done) => client.configure(request, done));
  return new ProviderProcess(form, child, client, engine, lines, options.engine === undefined);
}

/** Config of the dynamic provider as the plugin has it: all keys in one namespace, without its name. */
const pluginConfig = (config: Record<string, string>) =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^[^:]*:/, ""), value]));

/**
 * A running provider process, driven over gRPC. A plugin's resource has no code in state: what the suites pass on for the
 * dynamic one is left out of what is sent, and put into what comes back.
 */
export class ProviderProcess implements Verbs {
  /** Its last line has been read by then. */
  readonly #closed: Promise<unknown>;

  constructor(
    private readonly form: Form,
    readonly child: ChildProcess,
    private readonly client: ResourceProviderClient,
    private readonly engine: EngineStandIn,
    /** What the process has printed since it started. */
    private readonly printedLines: string[],
    private readonly ownsEngine: boolean,
  ) {
    this.#closed = once(child, "close");
  }

  async check(olds: Props, news: Props) {
    const request = new messages.CheckRequest();
    request.setUrn(urns[this.form]);
    request.setOlds(this.#struct(olds));
    request.setNews(this.#struct(news));
    const answer = await this.#unary<messages.CheckResponse>((done) => this.client.check(request, done));
    return {
      inputs: this.#props(answer.getInputs()),
      failures: answer.getFailuresList().map((one) => one.toObject()),
    };
  }

  async diff(id: string, olds: Props, news: Props) {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setUrn(urns[this.form]);
    request.setOlds(this.#struct(olds));
    request.setNews(this.#struct(news));
    const answer = await this.#unary<messages.DiffResponse>((done) => this.client.diff(request, done));
    const { DIFF_UNKNOWN, DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
    const words = { [DIFF_UNKNOWN]: "unknown", [DIFF_NONE]: "none", [DIFF_SOME]: "some" } as const;
    // A plugin says itself which properties change, which the engine finds out where a dynamic provider doesn't know.
    const changes = answer.getHasdetaileddiff() ? "unknown" : words[answer.getChanges()];
    return { changes, replaces: answer.getReplacesList() };
  }

  async create(inputs: Props) {
    const request = new messages.CreateRequest();
    request.setUrn(urns[this.form]);
    request.setProperties(this.#struct(inputs));
    const answer = await this.#unary<messages.CreateResponse>((done) => this.client.create(request, done));
    return { id: answer.getId(), outs: this.#props(answer.getProperties()) };
  }

  /** What the engine asks a plugin for at the end of a preview; dynamic providers are not asked. */
  async previewCreate(inputs: Props): Promise<void> {
    if (this.form === "dynamic") return;
    const request = new messages.CreateRequest();
    request.setUrn(urns[this.form]);
    request.setProperties(this.#struct(inputs));
    request.setPreview(true);
    await this.#unary<messages.CreateResponse>((done) => this.client.create(request, done));
  }

  async read(id: string, state: Props) {
    const request = new messages.ReadRequest();
    request.setId(id);
    request.setUrn(urns[this.form]);
    request.setProperties(this.#struct(state));
    const answer = await this.#unary<messages.ReadResponse>((done) => this.client.read(request, done));
    return {
      id: answer.getId(),
      props: this.#props(answer.getProperties()),
      inputs: this.#props(answer.getInputs()),
    };
  }

  async update(id: string, olds: Props, news: Props) {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setUrn(urns[this.form]);
    request.setOlds(this.#struct(olds));
    request.setNews(this.#struct(news));
    const answer = await this.#unary<messages.UpdateResponse>((done) => this.client.update(request, done));
    return { outs: this.#props(answer.getProperties()) };
  }

  async delete(id: string, state: Props) {
    const request = new messages.DeleteRequest();
    request.setId(id);
    request.setUrn(urns[this.form]);
    request.setProperties(this.#struct(state));
    await this.#unary((done) => this.client.delete(request, done));
  }

  /** What the process has said to people since it started. */
  get lines(): string[] {
    return this.form === "plugin"
      ? [...this.printedLines, ...this.engine.logged.map(({ message }) => message)]
      : this.printedLines;
  }

  /** Waits until the process has said a line: output and answers come through different pipes. */
  async printed(line: string): Promise<void> {
    await until(() => this.lines.includes(line));
  }

  #struct({ __provider, ...value }: Props): Struct {
    const isLeftOut = this.form === "plugin" && __provider === providerText;
    return struct(isLeftOut || __provider === undefined ? value : { ...value, __provider });
  }

  #props(value: Struct | undefined): Props {
    const found = props(value);
    return this.form === "plugin" && Object.keys(found).length > 0 ? { ...found, ...withCode } : found;
  }

  async #unary<Answer>(send: Send<Answer>): Promise<Answer> {
    try {
      return await unary(send);
    } catch (error) {
      if (this.form === "plugin" && error instanceof VerbError && error.pending) {
        Object.assign(error.pending.properties, withCode);
      }
      throw error;
    }
  }

  /** The engine is gone, as far as the process can see. */
  endEngine(): void {
    this.engine.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Ends the process as the engine does, and its engine if that has no other. */
  async stop(): Promise<void> {
    this.client.close();
    this.child.kill("SIGINT");
    await this.#closed;
    if (this.ownsEngine) this.engine.end();
  }
}

const withCode = { __provider: providerText };

const struct = (value: Props) => Struct.fromJavaScript(value as Record<string, JavaScriptValue>);

const props = (value: Struct | undefined): Props => value?.toJavaScript() ?? {};

type Send<Answer> = (done: (error: grpc.ServiceError | null, answer: Answer) => void) => unknown;

function unary<Answer>(send: Send<Answer>): Promise<Answer> {
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
