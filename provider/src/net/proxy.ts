import { BlockList, isIP } from "node:net";
import { ConfigurationError } from "../errors";

/** A proxy as a variable names it. */
export interface Proxy {
  url: URL;
  /** For people: `proxy 10.0.0.1:3128 of HTTPS_PROXY`, never with the login. */
  name: string;
}

type Environment = Record<string, string | undefined>;

/**
 * The proxy that the environment has for a URL; undefined: none. Read as Go's net/http reads it, which the aliyun command
 * line and the alicloud provider are built on, and curl: no scheme means http, NO_PROXY may hold domains, addresses,
 * networks (10.0.0.0/8) and ports, and this machine's own addresses are never asked through a proxy. No library reads all
 * of this: proxy-from-env, on which others stand, takes the target's scheme for the proxy's and knows no networks.
 *
 * Throws ConfigurationError, naming the variable but no value, where that is no proxy which can be used.
 */
export function proxyFor(url: string, env: Environment): Proxy | undefined {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (isThisMachine(host)) return undefined;
  const names = [protocol.replace(":", "_proxy"), "all_proxy"].flatMap((name) => [name, name.toUpperCase()]);
  const variable = names.find((name) => env[name]);
  const value = variable && env[variable];
  const target = { host, port: port || (protocol === "https:" ? "443" : "80") };
  if (!value || isExcepted(target, env.no_proxy || env.NO_PROXY || "")) return undefined;
  return parse(value.trim(), variable);
}

function parse(value: string, variable: string): Proxy {
  const text = value.includes("://") ? value : `http://${value}`;
  const [scheme = ""] = text.split("://");
  if (/^socks/i.test(scheme)) {
    throw new ConfigurationError(
      `${variable} names a SOCKS proxy, which can't be used: name one of http:// or https://, or list OSS's hosts in NO_PROXY.`,
    );
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || !/^https?:$/.test(url.protocol)) {
    throw new ConfigurationError(`${variable} is not the URL of a proxy, such as http://proxy.example:3128.`);
  }
  if (![url.username, url.password].every(isDecodable)) {
    throw new ConfigurationError(
      `${variable} has a login that is no part of a URL: write what is not a letter or digit as %25 for %, %40 for @ and so on.`,
    );
  }
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return { url, name: `proxy ${url.hostname}:${port} of ${variable}` };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether this is the machine itself, however it is spelled. */
function isThisMachine(host: string): boolean {
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    (isIP(host) > 0 && loopback.check(host, family(host)))
  );
}

const family = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Entries are separated by commas, to curl by spaces as well. */
function isExcepted(target: { host: string; port: string }, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => covers(entry, target));
}

function covers(entry: string, { host, port }: { host: string; port: string }): boolean {
  if (entry === "*") return true;
  const [, network = "", prefix] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (prefix !== undefined) return isInNetwork(host, network, Number(prefix));
  const [, bracketed, plain, ownPort] = /^(?:\[(.*)\]|([^:]*|.*:.*:.*))(?::(\d+))?$/.exec(entry) ?? [];
  const name = bracketed ?? plain ?? entry;
  if (ownPort !== undefined && ownPort !== port) return false;
  if (isIP(name)) return name === host;
  // A name stands for itself and all below it; with a dot or *. before it, for those below alone.
  const below = name.replace(/^\*?\./, ".");
  return below.startsWith(".") ? host.endsWith(below) : host === name || host.endsWith(`.${name}`);
}

function isInNetwork(host: string, network: string, prefix: number): boolean {
  if (!isIP(host) || isIP(host) !== isIP(network) || prefix > (isIP(network) === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family(network));
  return list.check(host, family(host));
}
