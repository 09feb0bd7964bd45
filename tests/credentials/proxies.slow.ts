import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { createAuthority } from "../../emulator/src/server/certificates";
import { askInProcess, type Question } from "../support/ask-in-process";
import { lead } from "../support/lead";
import { skip } from "../support/skip";
import { inEnvironment, roleArn } from "./identities";
import { credentialsRig } from "./rig";

const login = "me:proxy-password";
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === "::1");

/** How a variable names the proxy at a port of this machine, and where that listens. */
interface Form {
  title: string;
  proxy: (port: number) => string;
  isTls?: boolean;
  host?: string;
}

const forms: Form[] = [
  { title: "by http", proxy: (port) => `http://127.0.0.1:${port}` },
  { title: "without a scheme", proxy: (port) => `127.0.0.1:${port}` },
  { title: "with a login", proxy: (port) => `http://${login}@127.0.0.1:${port}/` },
  { title: "with a login and no scheme", proxy: (port) => `${login}@127.0.0.1:${port}` },
  { title: "by https", proxy: (port) => `https://${login}@127.0.0.1:${port}`, isTls: true },
  { title: "by an IPv6 address", proxy: (port) => `http://[::1]:${port}`, host: "::1" },
];

/** What it does to a CONNECT, and what is then said of it. */
const failures: [failure: number | "closed" | "unreachable", reason: string][] = [
  [403, "the proxy refused to connect"],
  [407, "the proxy asks for another user name and password"],
  [502, "the proxy could not connect (tried 5 times)"],
  ["closed", "ECONNRESET (tried 5 times)"],
  ["unreachable", "ECONNREFUSED (tried 5 times)"],
];

describe("a proxy", () => {
  const rig = credentialsRig();
  const rule = '{"sseAlgorithm":"AES256"}';
  let server: Server | undefined;
  let asked: string[];
  let logins: Set<string | undefined>;
  let trust: Record<string, string>;

  beforeEach(async () => {
    [asked, logins] = [[], new Set()];
    rig.write({ "ca.pem": await rig.emulator.certificateAuthority() });
    trust = { NODE_EXTRA_CA_CERTS: rig.fill("FILE:ca.pem") };
  });
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** Starts one that leads everything to the emulator, or answers everything with `status`, or not at all. */
  async function start(
    { isTls, host = "127.0.0.1" }: Partial<Form>,
    status?: number | "closed",
  ): Promise<number> {
    if (isTls) {
      const { certificate, pairFor } = await createAuthority();
      rig.write({ "ca.pem": `${await rig.emulator.certificateAuthority()}\n${certificate}` });
      server = createTlsServer(await pairFor(undefined));
    } else {
      server = createServer();
    }
    const seen = (what: string, authorization: string | undefined) => {
      asked.push(what);
      logins.add(authorization);
    };
    server.on("connect", ({ url = "", headers }, socket: Socket) => {
      seen(`CONNECT ${url}`, headers["proxy-authorization"]);
      if (status === "closed") return void socket.destroy();
      if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      lead(socket, connect(rig.emulator.port, "127.0.0.1"));
    });
    server.on("request", (request, response) => {
      const { method = "", url = "", headers } = request;
      seen(`${method} ${url.replace(/\?.*/, "")}`, headers["proxy-authorization"]);
      if (status === "closed") return void response.destroy();
      if (status !== undefined) return void response.writeHead(status).end();
      const oss = connect(rig.emulator.port, "127.0.0.1", () => {
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
        oss.write(`${method} ${url} HTTP/1.1\r\n${lines.join("\r\n")}\r\nconnection: close\r\n\r\n`);
        request.pipe(oss, { end: false });
      });
      const chunks: Buffer[] = [];
      oss.on("data", (chunk: Buffer) => chunks.push(chunk));
      oss.on("close", () => response.socket?.end(Buffer.concat(chunks)));
    });
    await once(server.listen(0, host), "listening");
    return (server.address() as AddressInfo).port;
  }

  async function ask(env: Record<string, string>, question: Question = {}): Promise<string> {
    const settings = { HOME: rig.home, OSS_REGION: "cn-hangzhou", ...inEnvironment };
    const asking = { ...question, env: { ...settings, ...question.env } };
    const { lines, stderr } = await askInProcess([asking], { ...trust, ...env });
    assert.equal(stderr, "");
    return lines.join("\n");
  }

  const plain: Question = { env: { OSS_ENDPOINT: "http://oss-cn-hangzhou.aliyuncs.com" } };
  const withRole: Question = { config: { "alicloud:assumeRole": { roleArn } }, times: 3 };
  const expectedLogin = (proxy: string) =>
    proxy.includes("@") ? `Basic ${Buffer.from(login).toString("base64")}` : undefined;

  for (const form of forms) {
    const test = (title: string, body: () => Promise<void>) =>
      it(title, async function () {
        if (form.host === "::1" && !hasIpv6) skip(this, "this machine has no IPv6");
        await body();
      });

    test(`that is named ${form.title} leads to OSS and STS by one tunnel each`, async () => {
      const proxy = form.proxy(await start(form));
      assert.equal(await ask({ HTTPS_PROXY: proxy }, withRole), rule);
      assert.deepEqual(asked, [
        "CONNECT sts.cn-hangzhou.aliyuncs.com:443",
        "CONNECT logs.oss-cn-hangzhou.aliyuncs.com:443",
      ]);
      assert.deepEqual([...logins], [expectedLogin(proxy)]);
    });

    test(`that is named ${form.title} is asked for what goes by http`, async () => {
      const proxy = form.proxy(await start(form));
      assert.equal(await ask({ HTTP_PROXY: proxy }, plain), rule);
      assert.deepEqual(asked, ["GET http://logs.oss-cn-hangzhou.aliyuncs.com/"]);
      assert.deepEqual([...logins], [expectedLogin(proxy)]);
    });

    for (const [failure, reason] of failures) {
      const what = typeof failure === "number" ? `it answers ${failure}` : `it is ${failure}`;
      test(`that is named ${form.title} is named without its login where ${what}`, async () => {
        const port = failure === "unreachable" ? 1 : await start(form, failure);
        const name = `proxy ${form.host ? `[${form.host}]` : "127.0.0.1"}:${port} of HTTPS_PROXY`;
        const failed = "GetBucketEncryption of bucket logs failed";
        const next = "Check HTTPS_PROXY, and what the proxy allows; hosts in NO_PROXY are asked without it.";
        assert.equal(
          await ask({ HTTPS_PROXY: form.proxy(port) }),
          `${failed}: no answer from ${name}: ${reason}. ${next}`,
        );
      });
    }
  }

  it("by https gets neither login nor token in the clear", async () => {
    const port = await start({ isTls: true });
    let received = "";
    const wire = createTcpServer((socket) => {
      socket.on("data", (bytes) => (received += bytes.toString("latin1")));
      lead(socket, connect(port, "127.0.0.1"));
    });
    await once(wire.listen(0, "127.0.0.1"), "listening");
    const proxy = `https://${login}@127.0.0.1:${(wire.address() as AddressInfo).port}`;
    const env = {
      OSS_ENDPOINT: "http://oss-cn-hangzhou.aliyuncs.com",
      STS_ENDPOINT: "http://sts.cn-hangzhou.aliyuncs.com",
    };
    assert.equal(await ask({ HTTP_PROXY: proxy }, { ...withRole, env }), rule);
    wire.close();
    assert.equal(asked.length, 4);
    // A TLS handshake, as far as it can be read.
    assert.ok(received.startsWith("\x16\x03"));
    assert.doesNotMatch(received, /proxy-authorization|aliyuncs|Signature|STS\./i);
  });

  it("that can't be reached is named, for STS too", async () => {
    const said = await ask({ HTTPS_PROXY: `${login}@127.0.0.1:1` }, withRole);
    assert.match(said, /: no answer from proxy 127\.0\.0\.1:1 of HTTPS_PROXY: ECONNREFUSED\./);
    assert.doesNotMatch(said, /password/);
  });

  it("whose certificate nobody vouches for is named", async () => {
    const port = await start({ isTls: true });
    const env = { HTTPS_PROXY: `https://127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: "" };
    assert.match(
      await ask(env),
      new RegExp(
        `no answer from proxy 127\\.0\\.0\\.1:${port} of HTTPS_PROXY: (UNABLE_TO|SELF_SIGNED|DEPTH)`,
      ),
    );
  });

  it("of a kind that can't be used is refused before anything is sent", async () => {
    assert.equal(
      await ask({ HTTPS_PROXY: `socks5://${login}@127.0.0.1:1` }),
      "HTTPS_PROXY names a SOCKS proxy, which can't be used: name one of http:// or https://, or list OSS's hosts in NO_PROXY.",
    );
  });

  it("is passed by for what NO_PROXY holds", async () => {
    await rig.start({ domains: ["oss.corp.invalid"] });
    const port = await start({});
    const question = { env: { OSS_ENDPOINT: "http://oss.corp.invalid" } };
    assert.equal(await ask({ HTTP_PROXY: `127.0.0.1:${port}`, NO_PROXY: "other.invalid" }, question), rule);
    asked = [];
    const env = { HTTP_PROXY: `127.0.0.1:${port}`, NO_PROXY: "10.0.0.0/8,corp.invalid:80" };
    assert.match(await ask(env, question), /no answer from oss\.corp\.invalid: (E|no connection in time)/);
    assert.deepEqual(asked, []);
  });

  for (const host of ["127.0.0.1", "localhost", "LOCALHOST", "127.1"]) {
    it(`never sees the keys of a service at ${host}`, async () => {
      const port = await start({});
      const config = {
        "alicloud:credentialsUri": rig.emulator.credentialsUri.replace("127.0.0.1", host),
      };
      assert.equal(await ask({ HTTP_PROXY: `127.0.0.1:${port}` }, { ...plain, config }), rule);
      assert.deepEqual(asked, ["GET http://logs.oss-cn-hangzhou.aliyuncs.com/"]);
    });
  }
});
