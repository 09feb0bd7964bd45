import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createSecureContext, createServer as createTlsServer } from "node:tls";

const tlsHandshake = 0x16;

/** Key and certificate in PEM; the certificate may be followed by the chain of those that signed it. */
export interface KeyPair {
  /** The private key. */
  key: string;
  /** The certificate. */
  cert: string;
}

/** How connections are taken. */
export interface ListenerOptions {
  port: number;
  onRequest: RequestListener;
  /** What to show a TLS client that asks for this host; `undefined`: it named none, which means an IP address. */
  certificate: (host: string | undefined) => Promise<KeyPair>;
  /** Whether CONNECT to this host may pass: the tunnel ends in this very server. */
  mayConnect: (host: string) => boolean;
  /** Milliseconds that a client has for the head of a request, and for a TLS handshake. */
  headersTimeout: number;
  /** Milliseconds that a client has for a whole request. */
  requestTimeout: number;
}

/** An open port. */
export interface Listener {
  port: number;
  /** Takes no new connections, lets running requests end for up to `grace` milliseconds, then drops what is left. */
  close: (grace: number) => Promise<void>;
}

/** Listens on 127.0.0.1 for HTTP, HTTPS and proxy tunnels, all on one port: the first byte tells TLS from the rest. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  const http = httpServer(options, (socket) => takeUp(socket));
  const tls = lazyTlsServer(options, (socket) => http.emit("connection", socket));

  const takeUp = (socket: Socket) => {
    socket.setTimeout(options.headersTimeout, () => socket.destroy());
    socket.once("readable", () => {
      const first = socket.read(1) as Buffer | null;
      if (first === null) return void socket.destroy(); // the peer left without a word
      socket.unshift(first);
      socket.setTimeout(0).removeAllListeners("timeout");
      if (first[0] === tlsHandshake) tls(socket);
      else http.emit("connection", socket);
    });
  };
  const tcp = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    takeUp(socket);
  });
  await new Promise<void>((resolve, reject) => {
    tcp.once("error", reject).listen(options.port, "127.0.0.1", resolve);
  });

  const close = async (grace: number) => {
    const closed = new Promise<void>((resolve) => tcp.close(() => resolve()));
    http.close();
    http.closeIdleConnections();
    if (grace > 0) await Promise.race([closed, sleep(grace, undefined, { ref: false })]);
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { port: (tcp.address() as AddressInfo).port, close };
}

/** An HTTP server without a port of its own. */
function httpServer(options: ListenerOptions, onTunnel: (socket: Socket) => void): Server {
  const { onRequest, mayConnect, headersTimeout, requestTimeout } = options;
  const httpOptions = {
    insecureHTTPParser: true, // ali-oss sends streams with both Content-Length and Transfer-Encoding, as OSS allows
    headersTimeout,
    requestTimeout,
    keepAliveTimeout: 60_000,
    connectionsCheckingInterval: 1_000,
  };
  const http = createHttpServer(httpOptions, onRequest);
  http.emit("listening"); // starts Node's timers, which otherwise begin with http.listen()
  http.on("connect", ({ url = "" }, socket: Socket, head) => {
    if (!mayConnect(url.replace(/:\d+$/, ""))) {
      return void socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    }
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    onTunnel(socket);
  });
  return http;
}

/** A TLS server without a port of its own, which makes its certificates when the first client comes. */
function lazyTlsServer({ certificate, headersTimeout }: ListenerOptions, onSecure: (socket: Socket) => void) {
  const tls = createTlsServer(
    {
      handshakeTimeout: headersTimeout,
      SNICallback: (host, done) => {
        certificate(host).then((pair) => done(null, createSecureContext(pair)), done);
      },
    },
    onSecure,
  );
  tls.on("tlsClientError", (_error, socket) => socket.destroy()); // a failed or late handshake: Node leaves that open
  let ready: Promise<void> | undefined;
  return (socket: Socket) => {
    ready ??= certificate(undefined).then((pair) => tls.setSecureContext(pair));
    ready.then(
      () => tls.emit("connection", socket),
      () => socket.destroy(),
    );
  };
}
