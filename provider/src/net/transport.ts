// How do bytes get to a service and back?

import * as http from "node:http";
import * as https from "node:https";
import { isIP } from "node:net";
import { TLSSocket } from "node:tls";
import pLimit from "p-limit";
import { deadline } from "./deadline";
import { IdleSockets } from "./idle-sockets";
import { isOutOfFiles, NetworkError, type NetworkFailure, type OwnFailureCode } from "./network-failure";
import type { Proxy } from "./proxy";
import { addressOf, loginFor, TunnelAgent, TunnelError } from "./tunnel-agent";

/** What is sent, and what one answer may take. */
export interface TransportRequest {
  method: string;
  headers: http.OutgoingHttpHeaders;
  content?: Buffer | undefined;
  /** Milliseconds for the whole answer, where that is less than this transport's limit. */
  timeoutMs: number;
  /** Milliseconds until the connection has to stand, where that is less than this transport's limit. */
  connectMs?: number | undefined;
  /** Bytes that the answer's body may have; default: enough for what is about one bucket. */
  largestBody?: number | undefined;
  /** Past every proxy. */
  direct?: boolean | undefined;
}

/** An answer of any status, or, with status 0, why there is none. */
export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  data: Buffer;
  failure?: NetworkFailure;
}

export interface TransportOptions {
  connectTimeoutMs: number;
  readTimeoutMs: number;
  userAgent: string;
  /** The proxy for a URL; undefined: none. */
  proxyFor: (url: string) => Proxy | undefined;
  /** Shared by all transports of a process; default: this one's own. */
  idleSockets?: IdleSockets;
}

/** OSS's answers about one bucket are below 2 KiB; lists say what they may take. Parsing XML costs time that grows faster than its size. */
const largestBody = 64 * 1024;

/** Every bucket is a host of its own, so per-host pools don't limit anything across buckets; this does. */
const maxConcurrentCalls = 16;

/** Each bucket keeps its connection for the calls of one operation and then gives it up. */
const pool = { keepAlive: true, timeout: 4_000 };

/**
 * Sends requests. It says why there is no answer, and reads no body of more than its limit. Never rejects: ali-oss's own
 * urllib loses the cause of most failures, and reports a broken body as an XML error.
 */
export class Transport {
  readonly #idle: IdleSockets;
  readonly #http: http.Agent;
  readonly #https: https.Agent;
  readonly #tunnels = new Map<string, TunnelAgent>();
  readonly #limit = pLimit(maxConcurrentCalls);

  constructor(readonly options: TransportOptions) {
    this.#idle = options.idleSockets ?? new IdleSockets();
    this.#http = this.#idle.watch(new http.Agent(pool));
    this.#https = this.#idle.watch(new https.Agent(pool));
  }

  /** Runs a call to OSS once fewer than 16 are under way. What must be true when it is sent is checked inside. */
  withSlot<T>(call: () => Promise<T>): Promise<T> {
    return this.#limit(call);
  }

  /** Calls under way. */
  get activeCalls(): number {
    return this.#limit.activeCount;
  }

  /** Sends a request; a failure is an answer with status 0. */
  async request(url: string, args: TransportRequest): Promise<Answer> {
    try {
      return await this.#send(url, args);
    } catch {
      // What Node throws for a bad header or proxy URL can hold a password, so nothing of it is passed on.
      return { status: 0, headers: {}, data: Buffer.alloc(0), failure: { code: "NOT_SENT", reused: false } };
    }
  }

  /** Closes the idle connections. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
    for (const tunnel of this.#tunnels.values()) tunnel.destroy();
  }

  /**
   * A request that is ready to be sent: direct, through a tunnel (https), or to the proxy in absolute form (http). Path and
   * headers are set on the request, not among its options: those are printed where NODE_DEBUG holds http or net, and both
   * can hold keys.
   */
  #open(url: string, { method, headers }: TransportRequest, proxy: Proxy | undefined): http.ClientRequest {
    const { protocol, hostname, port, host, pathname, search } = new URL(url);
    const isTls = protocol === "https:";
    const direct = { hostname: hostname.replace(/^\[|\]$/g, ""), port, method };
    const name = headers.host?.toString().replace(/:\d+$/, "") ?? hostname;
    // For an IP address the request names OSS's own host, which is whom the certificate must be for.
    const servername = isIP(name.replace(/^\[|\]$/g, "")) ? "" : name;
    let request: http.ClientRequest;
    if (isTls) {
      request = https.request({ ...direct, servername, agent: proxy ? this.#tunnel(proxy) : this.#https });
    } else if (!proxy) {
      request = http.request({ ...direct, agent: this.#http });
    } else if (proxy.url.protocol === "https:") {
      request = https.request({ ...addressOf(proxy), method, agent: this.#https });
    } else {
      request = http.request({ ...addressOf(proxy), method, agent: this.#http });
    }
    try {
      request.path = proxy && !isTls ? url : `${pathname}${search}`;
      request.setHeader("host", host);
      for (const [name, value] of Object.entries(headers)) {
        if (value !== undefined) request.setHeader(name, value);
      }
      request.setHeader("user-agent", this.options.userAgent);
      const login = proxy && !isTls ? loginFor(proxy) : undefined;
      if (login !== undefined) request.setHeader("proxy-authorization", login);
      return request;
    } catch (error) {
      request.on("error", () => undefined).destroy();
      throw error;
    }
  }

  #tunnel(proxy: Proxy): TunnelAgent {
    const { connectTimeoutMs } = this.options;
    const tunnel =
      this.#tunnels.get(proxy.url.href) ?? this.#idle.watch(new TunnelAgent(proxy, connectTimeoutMs, pool));
    this.#tunnels.set(proxy.url.href, tunnel);
    return tunnel;
  }

  #send(url: string, args: TransportRequest): Promise<Answer> {
    const { content, timeoutMs, connectMs = Infinity, direct } = args;
    const proxy = direct ? undefined : this.options.proxyFor(url);
    const request = this.#open(url, args, proxy);
    // In absolute form every byte is the proxy's; behind a tunnel, the host's own once it stands.
    const isProxys = (error: Error) =>
      proxy !== undefined && (error instanceof TunnelError || url.startsWith("http:"));
    let timedOut: NetworkError | undefined;
    const waits: (() => void)[] = [];
    /** Returns what ends the wait. */
    const giveUpAfter = (ms: number, code: OwnFailureCode): (() => void) => {
      const end = deadline(ms, () => request.destroy((timedOut = new NetworkError(code))));
      waits.push(end);
      return end;
    };
    giveUpAfter(Math.min(this.options.readTimeoutMs, timeoutMs), "READ_TIMEOUT");
    request.once("socket", (socket) => {
      if (!socket.connecting) return;
      const end = giveUpAfter(Math.min(this.options.connectTimeoutMs, connectMs), "CONNECT_TIMEOUT");
      socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", end);
    });

    return new Promise<Answer>((resolve) => {
      // Inside a body Node reports our own time-out as ECONNRESET, hence the note of it.
      const fail = (error: NodeJS.ErrnoException) => {
        const code = failureCode(timedOut ?? error);
        if (isOutOfFiles(code)) this.#idle.shrink();
        resolve({
          status: 0,
          headers: {},
          data: Buffer.alloc(0),
          failure: {
            code,
            reused: request.reusedSocket,
            proxy: isProxys(error) ? proxy?.name : undefined,
          },
        });
      };
      // An answer that switches protocols (101) is neither an error nor a response to Node.
      const close = () => fail(new NetworkError("BODY_CUT_OFF"));
      request.once("error", fail).once("close", close);
      request.once("response", (response) => {
        // What breaks inside a body reaches the response as well, sometimes later; there it is known to be inside.
        request
          .off("close", close)
          .off("error", fail)
          .on("error", () => undefined);
        if (proxy && response.statusCode === 407) {
          request.destroy();
          fail(new NetworkError("PROXY_LOGIN"));
          return;
        }
        readBody(response, args.largestBody ?? largestBody).then(
          (data) => resolve({ status: response.statusCode ?? 0, headers: response.headers, data }),
          (error: unknown) => {
            request.destroy();
            fail(error as NodeJS.ErrnoException);
          },
        );
      });
      request.end(content);
    }).finally(() => waits.forEach((end) => end()));
  }
}

function failureCode(error: NodeJS.ErrnoException): string {
  const { code } = error instanceof TunnelError ? (error.cause as NodeJS.ErrnoException) : error;
  return code ?? "UNKNOWN";
}

async function readBody(response: http.IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > most) throw new NetworkError("BODY_TOO_LARGE");
      chunks.push(chunk);
    }
  } catch (error) {
    // Node calls it ECONNRESET ("aborted") whatever broke the connection; our own reasons are kept.
    throw error instanceof NetworkError ? error : new NetworkError("BODY_CUT_OFF");
  }
  return Buffer.concat(chunks);
}
