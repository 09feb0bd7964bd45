import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { getProxyForUrl } from "proxy-from-env";
import type { ClientHooks } from "./call";
import { connectionEntry } from "./connection-entry";
import { CredentialSource } from "./credential-source";
import { ConfigurationError, CredentialsError } from "./errors";
import type { FetchOptions } from "./fetch-credentials";
import { findWay, innermost, isLastResort, noCredentials, staleNote } from "./find-way";
import { KmsClient } from "./kms-client";
import { OssClient } from "./oss-client";
import { OssInventory } from "./oss-inventory";
import { systemClock } from "./retry";
import { readSettings, type Settings, type Target } from "./settings";
import { SignedCalls } from "./signed-calls";
import type { Lookup, Sources } from "./sources";
import { Transport } from "./transport";
import type { Way } from "./way";

const { version } = createRequire(__filename)("../package.json") as { version: string };

const ecsMetadata = "http://100.100.100.200";

/** What `Connections` can be given besides config; all of it may be left out. */
export interface ConnectionsOptions extends Partial<ClientHooks> {
  /** Default: the environment of this process. */
  env?: NodeJS.ProcessEnv;
  /** Scheme and host of the metadata service; default: where ECS has it. */
  metadataEndpoint?: string;
}

/** What one target is reached with. */
interface Connected {
  oss: OssClient;
  kms: KmsClient;
}

/** The ways to buckets that one run uses: a client for each pair of region and connection, made when first needed. */
export class Connections {
  readonly #clients = new Map<string, Connected>();
  readonly #credentials = new Map<string, CredentialSource>();
  readonly #transports: Transport[] = [];
  readonly #sources: Sources;

  /**
   * `config` looks up Pulumi config, such as `alicloud:region`: what the engine configured the provider's process
   * with, a program's own, or nothing. Environment and files are read here and nowhere else.
   */
  constructor(
    config: Lookup,
    /** What the connections were made with. */
    readonly options: ConnectionsOptions = {},
  ) {
    const env = options.env ?? process.env;
    this.#sources = {
      config,
      // Continuous integration sets variables it has no value for to the empty string.
      env: (name) => env[name] || undefined,
      file: (path) => readFile(path, env.HOME ?? homedir()),
      now: Date.now,
    };
  }

  /** Throws ConfigurationError where what is set for a target is missing, wrong or contradicts itself. */
  verify(target: Target): void {
    this.#read(target);
  }

  /** Throws ConfigurationError like {@link verify}. Credentials are asked for at the first call. */
  client(target: Target): OssClient {
    return this.#connected(target).oss;
  }

  /** Lists what a target reaches, over the same connections. Throws like {@link client}. */
  inventory(target: Target): OssInventory {
    return new OssInventory(this.client(target).calls);
  }

  /** Looks up keys of a target's account and region, over the same connections. Throws like {@link client}. */
  kms(target: Target): KmsClient {
    return this.#connected(target).kms;
  }

  /** Closes idle network connections. */
  close(): void {
    for (const transport of this.#transports) transport.close();
  }

  #read(target: Target): { settings: Settings; way: Way } {
    const entry = connectionEntry(target.connection, this.#sources.config);
    const way = findWay(this.#sources, entry, target.connection);
    return { way, settings: readSettings(target, this.#sources, entry, way.region) };
  }

  #connected(target: Target): Connected {
    const key = JSON.stringify([target.region ?? "", target.connection ?? ""]);
    const connected = this.#clients.get(key) ?? this.#connect(target);
    this.#clients.set(key, connected);
    return connected;
  }

  #connect(target: Target): Connected {
    const { settings, way } = this.#read(target);
    const { metadataEndpoint = ecsMetadata, clock = systemClock } = this.options;
    const transport = new Transport({
      ...settings,
      userAgent: `pulumi-oss-encryption/${version}`,
      // Keys come in the clear from these, and from near by: no proxy must see them.
      proxyFor: (url) => (askedDirectly(way, metadataEndpoint, url) ? "" : getProxyForUrl(url)),
    });
    this.#transports.push(transport);
    const credentials = this.#credentialsOf(target, settings.stsEndpoint, transport);
    const originNote = staleNote(way, this.#sources);
    const { origin } = way;
    const access = { credentials, transport, origin, ...(originNote ? { originNote } : {}) };
    const { kmsEndpoint } = settings;
    return {
      oss: new OssClient(new SignedCalls({ ...settings, ...access }, this.options)),
      kms: new KmsClient({ endpoint: kmsEndpoint, ...access, clock, time: this.#sources.now }),
    };
  }

  /** Keys hold in every region, so a connection's regions share them; the first one asked for brings them. */
  #credentialsOf(target: Target, stsEndpoint: string, transport: Transport): CredentialSource {
    const name = target.connection ?? "";
    const { metadataEndpoint = ecsMetadata, clock = systemClock } = this.options;
    const send: FetchOptions["send"] = (url, { timeoutMs, ...request }) =>
      transport.request(url, { ...request, ctx: { msLeft: timeoutMs } });
    const fetch = async () => {
      const { way } = this.#read(target);
      if (way.kind === "keys") return { credentials: way.credentials };
      // @alicloud/credentials needs a package that it does not declare: where nothing is hoisted, keys work without it.
      const { fetchCredentials } = await import("./fetch-credentials.js");
      try {
        return await fetchCredentials(way, { stsEndpoint, metadataEndpoint, send });
      } catch (error) {
        if (!(error instanceof CredentialsError) || error.isPassing) throw error;
        if (isLastResort(innermost(way))) throw noCredentials();
        const note = staleNote(way, this.#sources);
        throw note ? new CredentialsError(`${error.message} ${note}`, false) : error;
      }
    };
    const source = this.#credentials.get(name) ?? new CredentialSource(fetch, clock, this.#sources.now);
    this.#credentials.set(name, source);
    return source;
  }
}

function askedDirectly(way: Way, metadataEndpoint: string, url: string): boolean {
  const base = innermost(way);
  return (
    url.startsWith(metadataEndpoint) || (base.kind === "uri" && url === base.uri && url.startsWith("http:"))
  );
}

function readFile(path: string, home: string): string | undefined {
  try {
    return readFileSync(path.replace(/^~(?=\/)/, home), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ConfigurationError(`${path} can't be read (${code ?? "unknown error"}).`);
  }
}
