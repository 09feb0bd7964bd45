import * as http from "node:http";
import * as https from "node:https";
import type { Duplex } from "node:stream";
import { deadline } from "./deadline";
import { NetworkError, type OwnFailureCode } from "./network-failure";
import type { Proxy } from "./proxy";

/** Where a proxy listens; an IPv6 address without its brackets. */
export const addressOf = ({ url }: Proxy) => ({
  host: url.hostname.replace(/^\[|\]$/g, ""),
  port: url.port || (url.protocol === "https:" ? 443 : 80),
});

/** The value of `proxy-authorization`; undefined: the proxy's URL has no login. */
export function loginFor({ url: { username, password } }: Proxy): string | undefined {
  if (!username && !password) return undefined;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(login).toString("base64")}`;
}

/** The tunnel could not be made: `cause` has the reason. Nothing was said to the host behind it. */
export class TunnelError extends Error {}

/** Keeps TLS connections that lead through a proxy, which sees host and port of them and nothing else. */
export class TunnelAgent extends https.Agent {
  constructor(
    readonly proxy: Proxy,
    readonly connectTimeoutMs: number,
    options: https.AgentOptions,
  ) {
    super(options);
  }

  override createConnection(
    options: https.RequestOptions & { host?: string | null; port?: number | string | null },
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const done = callback as unknown as (error: Error | null, stream?: Duplex) => void;
    const fail = (cause: Error) => done(new TunnelError("no tunnel", { cause }));
    const { request } = this.proxy.url.protocol === "https:" ? https : http;
    const target = `${options.host ?? ""}:${options.port ?? 443}`;
    const connect = request({ ...addressOf(this.proxy), method: "CONNECT", path: target, agent: false });
    // Not among the options, which Node.js prints where NODE_DEBUG asks for it.
    connect.setHeader("host", target);
    const login = loginFor(this.proxy);
    if (login !== undefined) connect.setHeader("proxy-authorization", login);
    const giveUp = () => connect.destroy(new NetworkError("CONNECT_TIMEOUT"));
    const endWait = deadline(this.connectTimeoutMs, giveUp);
    connect.once("error", fail).once("close", endWait);
    connect.once("connect", ({ statusCode }, socket) => {
      endWait();
      connect.off("error", fail);
      if (statusCode === 200) {
        // The types know the callback's form only.
        const secured = super.createConnection({ ...options, socket } as https.RequestOptions);
        done(null, secured ?? undefined);
        return;
      }
      socket.destroy();
      fail(new NetworkError(refusal(statusCode)));
    });
    connect.end();
  }
}

/** What another status than 200 says; of what a proxy could not do now another try is worth it. */
function refusal(status = 0): OwnFailureCode {
  if (status === 407) return "PROXY_LOGIN";
  return status >= 500 ? "PROXY_UNAVAILABLE" : "PROXY_REFUSED";
}
