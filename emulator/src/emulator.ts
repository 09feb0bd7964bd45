import { setMaxListeners } from "node:events";
import { defaultAccount, type Account } from "./auth/accounts";
import { Control } from "./control";
import { createState } from "./create-state";
import type { EmulatorOptions } from "./options";
import { isKnownHost } from "./requests/addressing";
import { check, optionsSchema } from "./schema";
import { createAuthority, type Authority } from "./server/certificates";
import { listen, type Listener } from "./server/listener";
import { handleRequest } from "./server/request-handler";
import type { ServerState } from "./server/server-state";
import { adminService } from "./services/admin-service";
import { createServiceFinder, isRpcHost } from "./services/find-service";
import { credentialsPath } from "./services/metadata-service";
import { operationNames } from "./services/operation-names";

/**
 * Starts an OSS server on 127.0.0.1.
 *
 * @example
 * await using emulator = await startEmulator();
 * emulator.createBucket("logs", { encryption: { SSEAlgorithm: "AES256" } });
 * const oss = new OSS({ ...emulator.credentials, endpoint: emulator.url, region: "oss-cn-hangzhou", authorizationV4: true });
 * await oss.getBucketEncryption("logs");
 *
 * @throws TypeError naming the option that is wrong and what it takes; Error with code EADDRINUSE and the like, if the port can't be used
 */
export async function startEmulator(given: EmulatorOptions = {}): Promise<Emulator> {
  const options = check(optionsSchema, given, "The emulator");
  const closing = new AbortController();
  // Every request that waits listens to it.
  setMaxListeners(0, closing.signal);
  let authority: Promise<Authority> | undefined;
  const trust = () => (authority ??= createAuthority());
  const certificateAuthority = async () => (await trust()).certificate;
  const state = createState(options, { closing: closing.signal, certificateAuthority });
  const control = new Control(state, options, operationNames);
  control.reset(); // before the port opens: a bucket may have no name that OSS knows
  const findService = createServiceFinder(adminService(control));
  const listener = await listen({
    port: options.port ?? 0,
    headersTimeout: options.headersTimeout ?? 10_000,
    requestTimeout: options.requestTimeout ?? 300_000,
    onRequest: (message, response) => void handleRequest(state, findService, message, response),
    certificate: async (host) => options.tls ?? (await trust()).pairFor(host),
    mayConnect: (host) => isRpcHost(host) || isKnownHost(host, state.hosts),
  });
  return new Emulator(state, options, listener, closing);
}

/** A running emulator. */
export class Emulator extends Control {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** `http://127.0.0.1:<port>`: fit as endpoint, and as HTTP_PROXY for clients that insist on OSS's own host names. */
  readonly url: string;
  /** The same port over TLS, for clients that trust `certificateAuthority()`. */
  readonly httpsUrl: string;
  /** Gives temporary keys of the first account, for ALIBABA_CLOUD_CREDENTIALS_URI. */
  readonly credentialsUri: string;
  /** Keys of the first account. */
  readonly credentials: Pick<Account, "accessKeyId" | "accessKeySecret">;

  /** @internal Use `startEmulator`. */
  constructor(
    state: ServerState,
    options: EmulatorOptions,
    private readonly listener: Listener,
    private readonly closing: AbortController,
  ) {
    super(state, options, operationNames);
    this.port = listener.port;
    this.url = `http://127.0.0.1:${this.port}`;
    this.httpsUrl = `https://127.0.0.1:${this.port}`;
    this.credentialsUri = this.url + credentialsPath;
    const { accessKeyId, accessKeySecret } = options.accounts?.[0] ?? defaultAccount;
    this.credentials = { accessKeyId, accessKeySecret };
  }

  /** Certificate (PEM) of the authority that signs what TLS clients are shown, for `ca` options and NODE_EXTRA_CA_CERTS. */
  certificateAuthority(): Promise<string> {
    return this.state.certificateAuthority();
  }

  /**
   * Stops. May be called again.
   *
   * @param grace milliseconds that running requests have to end; default 0: connections are dropped at once
   */
  async close(grace = 0): Promise<void> {
    if (this.closing.signal.aborted) return;
    const closed = this.listener.close(grace);
    if (grace === 0) this.closing.abort();
    await closed;
    this.closing.abort();
  }

  /** `await using` closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
