import http from "node:http";
import https from "node:https";
import { connect, type TLSSocket } from "node:tls";

/** A request as a test writes it down. */
export interface HttpRequest {
  method?: string;
  /** Sent as it is: origin form, or absolute form for a proxy. */
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export interface HttpAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Sends one request over a connection of its own and reads the whole answer. */
export function send(
  url: string,
  request: HttpRequest = {},
  options: http.RequestOptions & https.RequestOptions = {},
): Promise<HttpAnswer> {
  const { method = "GET", path = "/", headers = {}, body } = request;
  const { protocol, hostname, port } = new URL(url);
  const client = protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const sent = client.request(
      { hostname, port, method, path, headers, agent: false, ...options },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    sent.on("error", reject).end(body);
  });
}

/** Opens a tunnel through a proxy with CONNECT, and TLS inside it. @throws Error naming the status if the proxy refuses */
export function tunnel(proxyPort: number, host: string, ca: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const request = http.request({ port: proxyPort, method: "CONNECT", path: `${host}:443`, agent: false });
    request.on("connect", ({ statusCode }, socket) => {
      if (statusCode !== 200) {
        reject(new Error(`CONNECT answered ${statusCode ?? 0}`));
        return;
      }
      const secure = connect({ socket, servername: host, ca }, () => resolve(secure));
      secure.on("error", reject);
    });
    request.on("error", reject).end();
  });
}
