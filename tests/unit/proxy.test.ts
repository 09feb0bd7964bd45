import assert from "node:assert/strict";
import { proxyFor } from "../../provider/src/net/proxy";

const oss = "https://logs.oss-cn-hangzhou.aliyuncs.com/?encryption";
const hostOf = (url: string, env: Record<string, string>) => proxyFor(url, env)?.url.host;

describe("the proxy for a URL", () => {
  const variables: [title: string, url: string, env: Record<string, string>, proxy: string | undefined][] = [
    ["none where none is set", oss, {}, undefined],
    ["HTTPS_PROXY for https", oss, { HTTPS_PROXY: "http://a:1", HTTP_PROXY: "http://b:1" }, "a:1"],
    [
      "HTTP_PROXY for http",
      "http://oss.example/",
      { HTTPS_PROXY: "http://a:1", HTTP_PROXY: "http://b:1" },
      "b:1",
    ],
    [
      "the lower-case variable before the other",
      oss,
      { HTTPS_PROXY: "http://a:1", https_proxy: "http://b:1" },
      "b:1",
    ],
    ["ALL_PROXY where there is no other", oss, { ALL_PROXY: "http://a:1", HTTP_PROXY: "http://b:1" }, "a:1"],
    ["one without a scheme by http", oss, { HTTPS_PROXY: "proxy.example:3128" }, "proxy.example:3128"],
    [
      "one without a scheme, with a login",
      oss,
      { HTTPS_PROXY: "me:word@proxy.example:3128" },
      "proxy.example:3128",
    ],
    ["an IPv6 address", oss, { HTTPS_PROXY: "http://[fd00::1]:3128" }, "[fd00::1]:3128"],
  ];
  for (const [title, url, env, proxy] of variables) {
    it(`is ${title}`, () => assert.equal(hostOf(url, env), proxy));
  }

  it("keeps https where it is written out, and has a name without the login", () => {
    const proxy = proxyFor(oss, { https_proxy: "https://me:word@proxy.example" });
    assert.equal(proxy?.url.protocol, "https:");
    assert.equal(proxy.name, "proxy proxy.example:443 of https_proxy");
  });

  const exceptions: [noProxy: string, url: string, isExcepted: boolean][] = [
    ["aliyuncs.com", oss, true],
    ["liyuncs.com", oss, false],
    [".aliyuncs.com", oss, true],
    ["*.aliyuncs.com", oss, true],
    [".aliyuncs.com", "https://aliyuncs.com/", false],
    ["aliyuncs.com", "https://aliyuncs.com/", true],
    ["Example.com, ALIYUNCS.com", oss, true],
    ["example.com aliyuncs.com", oss, true],
    ["*", oss, true],
    ["aliyuncs.com:443", oss, true],
    ["aliyuncs.com:8443", oss, false],
    ["aliyuncs.com:8443", "https://oss.aliyuncs.com:8443/", true],
    ["10.1.2.3", "http://10.1.2.3:9000/", true],
    ["10.1.2.3:9000", "http://10.1.2.3:9000/", true],
    ["10.1.2.3:80", "http://10.1.2.3:9000/", false],
    ["10.0.0.0/8", "http://10.1.2.3:9000/", true],
    ["10.0.0.0/16", "http://10.1.2.3:9000/", false],
    ["10.0.0.0/99", "http://10.1.2.3:9000/", false],
    ["fd00::/8", "http://[fd00::1]/", true],
    ["fd00::1", "http://[fd00::1]:9000/", true],
    ["[fd00::1]:9000", "http://[fd00::1]:9000/", true],
    ["10.0.0.0/8", oss, false],
    ["", oss, false],
  ];
  for (const [noProxy, url, isExcepted] of exceptions) {
    it(`is ${isExcepted ? "none" : "still that one"} for ${url} with NO_PROXY=${noProxy}`, () => {
      const env = { HTTPS_PROXY: "http://a:1", HTTP_PROXY: "http://a:1", NO_PROXY: noProxy };
      assert.equal(hostOf(url, env), isExcepted ? undefined : "a:1");
    });
  }

  for (const host of [
    "localhost",
    "LOCALHOST",
    "localhost:8080",
    "keys.localhost",
    "127.0.0.1:8080",
    "127.9.9.9",
    "[::1]:8080",
    "0x7f.1",
  ]) {
    it(`is none for ${host}, which is this machine`, () => {
      for (const scheme of ["http", "https"]) {
        assert.equal(
          hostOf(`${scheme}://${host}/keys`, { HTTPS_PROXY: "http://a:1", HTTP_PROXY: "http://a:1" }),
          undefined,
        );
      }
    });
  }

  const mistakes: [value: string, message: RegExp][] = [
    [
      "socks5://me:secret@proxy.example:1080",
      /^HTTPS_PROXY names a SOCKS proxy, which can't be used: name one/,
    ],
    ["socks4a://secret", /^HTTPS_PROXY names a SOCKS proxy/],
    ["ftp://secret", /^HTTPS_PROXY is not the URL of a proxy, such as http:\/\/proxy\.example:3128\.$/],
    ["http://secret:port", /^HTTPS_PROXY is not the URL of a proxy/],
    ["http://", /^HTTPS_PROXY is not the URL of a proxy/],
    [
      "http://me:secret%off@proxy.example:3128",
      /^HTTPS_PROXY has a login that is no part of a URL: write what is not a letter or digit as %25 for %, %40 for @ and so on\.$/,
    ],
  ];
  for (const [value, message] of mistakes) {
    it(`is refused by the variable's name: ${value}`, () => {
      assert.throws(
        () => proxyFor(oss, { HTTPS_PROXY: value }),
        (error: Error) => {
          assert.equal(error.name, "ConfigurationError");
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /secret/);
          return true;
        },
      );
    });
  }
});
