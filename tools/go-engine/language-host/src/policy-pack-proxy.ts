import * as grpc from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzerHandshakeResponse,
  AnalyzerStackConfigureRequest,
  AnalyzerStackConfigureResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";

/** What the SDK allows, for stacks with many resources. */
const limits = {
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": 400 * 1024 * 1024,
};
const asItCame = (bytes: Buffer) => bytes;

type Methods = Record<string, grpc.MethodDefinition<unknown, unknown>>;

/**
 * Stands before a policy pack that is not running yet. The engine's first call says for which stack, and everything
 * but that call and the handshake goes on to the pack as soon as it runs, as it came: the pack's SDK may know more than ours.
 */
export class PolicyPackProxy implements AsyncDisposable {
  /** Environment that tells a pack its stack; empty if the engine asks for something else first. */
  readonly stackEnvironment: Promise<Record<string, string>>;
  port = 0;

  private readonly server = new grpc.Server(limits);
  private readonly stack = deferred<AnalyzerStackConfigureRequest | undefined>();
  private readonly pack = deferred<grpc.Client>();
  private client: grpc.Client | undefined;
  /** What the pack has printed before its port was known. */
  private printed = Buffer.alloc(0);

  private constructor() {
    this.stackEnvironment = this.stack.promise.then((stack) => (stack ? environment(stack) : {}));
    // Where nobody asks the pack for anything, nobody hears that it failed.
    this.pack.promise.catch(() => undefined);
    const methods = Object.entries(AnalyzerService as unknown as Methods);
    const definition = methods.map(([name, { path, requestStream, responseStream }]) => [
      name,
      {
        path,
        requestStream,
        responseStream,
        requestSerialize: asItCame,
        requestDeserialize: asItCame,
        responseSerialize: asItCame,
        responseDeserialize: asItCame,
      },
    ]);
    const handlers = methods.map(([name, { path }]) => [name, this.forward(path)]);
    this.server.addService(Object.fromEntries(definition) as grpc.ServiceDefinition, {
      ...(Object.fromEntries(handlers) as grpc.UntypedServiceImplementation),
      handshake: respond(() => new AnalyzerHandshakeResponse()),
      configureStack: respond((request) => {
        this.stack.resolve(AnalyzerStackConfigureRequest.deserializeBinary(request));
        return new AnalyzerStackConfigureResponse();
      }),
    });
  }

  static async listen(): Promise<PolicyPackProxy> {
    const proxy = new PolicyPackProxy();
    const bind = deferred<number>();
    proxy.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? bind.reject(error) : bind.resolve(port),
    );
    proxy.port = await bind.promise;
    return proxy;
  }

  /** Takes what the pack prints, connects to the port in its first line, and gives back what is not that line. */
  attach(bytes: Buffer): Buffer {
    if (this.client) return bytes;
    this.printed = Buffer.concat([this.printed, bytes]);
    const end = this.printed.indexOf("\n");
    if (end < 0) return Buffer.alloc(0);
    const address = `127.0.0.1:${this.printed.subarray(0, end).toString().trim()}`;
    this.client = new grpc.Client(address, grpc.credentials.createInsecure(), limits);
    void this.introduce(this.client);
    return this.printed.subarray(end + 1);
  }

  /** Fails what waits for a pack that has ended. */
  detach(reason: string): void {
    this.pack.reject(new Error(reason));
  }

  /** Lets calls under way have their answer. */
  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.server.tryShutdown(resolve));
    this.client?.close();
  }

  /** Tells the pack its stack too, before anything else; packs of older SDKs don't take it. */
  private async introduce(client: grpc.Client): Promise<void> {
    const stack = await this.stack.promise;
    if (!stack) {
      this.pack.resolve(client);
      return;
    }
    const request = Buffer.from(stack.serializeBinary());
    call(client, AnalyzerService.configureStack.path, request, (error) => {
      if (error && error.code !== grpc.status.UNIMPLEMENTED) this.pack.reject(error);
      else this.pack.resolve(client);
    });
  }

  private forward(path: string): grpc.handleUnaryCall<Buffer, Buffer> {
    return ({ request }, callback) => {
      this.stack.resolve(undefined);
      this.pack.promise.then(
        (client) => call(client, path, request, (error, response) => callback(error, response)),
        (error: unknown) => callback({ code: grpc.status.UNKNOWN, details: (error as Error).message }),
      );
    };
  }
}

function call(
  client: grpc.Client,
  path: string,
  request: Buffer,
  callback: grpc.requestCallback<Buffer>,
): void {
  client.makeUnaryRequest(path, asItCame, asItCame, request, callback);
}

function respond(
  answer: (request: Buffer) => { serializeBinary(): Uint8Array },
): grpc.handleUnaryCall<Buffer, Buffer> {
  return ({ request }, callback) => callback(null, Buffer.from(answer(request).serializeBinary()));
}

function environment(stack: AnalyzerStackConfigureRequest): Record<string, string> {
  const config = stack.getConfigMap().toArray();
  const variables = {
    PULUMI_NODEJS_ORGANIZATION: stack.getOrganization(),
    PULUMI_NODEJS_PROJECT: stack.getProject(),
    PULUMI_NODEJS_STACK: stack.getStack(),
    PULUMI_NODEJS_DRY_RUN: String(stack.getDryRun()),
    PULUMI_CONFIG: config.length > 0 ? JSON.stringify(Object.fromEntries(config)) : "",
  };
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
}

interface Deferred<T> {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: Error) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve!: Deferred<T>["resolve"];
  let reject!: Deferred<T>["reject"];
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
