import { AsyncLocalStorage } from "node:async_hooks";
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { printable } from "../printable";

/** Milliseconds that a line may take to get to the engine, on a busy machine. */
const deadlineMs = 10_000;

/** Lines for the person who runs the engine: what a plugin prints goes to the engine's debug log, where nobody looks. */
export class EngineLog {
  readonly #client: EngineClient;
  readonly #urn = new AsyncLocalStorage<string>();
  readonly #underWay = new Set<Promise<void>>();

  /** `address` is the engine's, as it gives it to its plugins. */
  constructor(address: string) {
    this.#client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  readonly say = (line: string): void => {
    const request = new LogRequest();
    request.setSeverity(LogSeverity.INFO);
    request.setMessage(printable(line));
    request.setUrn(this.#urn.getStore() ?? "");
    const sent = new Promise<void>((resolve) => {
      // An engine that can't be told any more has nobody to show it to.
      this.#client.log(request, new grpc.Metadata(), { deadline: Date.now() + deadlineMs }, () => resolve());
    }).finally(() => this.#underWay.delete(sent));
    this.#underWay.add(sent);
  };

  /** Runs a verb; its lines are said to be about its resource, and have arrived when it ends. */
  async about<T>(urn: string, verb: () => T | Promise<T>): Promise<T> {
    try {
      return await this.#urn.run(urn, verb);
    } finally {
      await Promise.all(this.#underWay);
    }
  }
}
