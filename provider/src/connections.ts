import { homedir } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { ClientHooks } from "./oss/call";
import { cloudOf } from "./settings/cloud";
import { connectionEntry, type ConnectionEntry } from "./settings/connection-entry";
import { CredentialCache } from "./credentials/cache";
import { CredentialsError } from "./errors";
import type { FetchOptions } from "./credentials/fetch";
import { runCommand } from "./credentials/run-command";
import { resolveCredentials, innermost, isLastResort, noCredentials, staleNote } from "./credentials/resolve";
import { OssClient } from "./oss/client";
import { systemClock } from "./net/retry";
import { fileReader } from "./settings/read-file";
import { readSettings, stsEndpoint, type Settings, type Target } from "./settings/settings";
import { CallSender } from "./oss/call-sender";
import { stackConfigNames, type ConfigNames, type Lookup, type Lookups } from "./settings/lookups";
import { ServerClock } from "./net/server-clock";
import { IdleSockets } from "./net/idle-sockets";
import { proxyFor } from "./net/proxy";
import { Transport } from "./net/transport";
import type { CredentialSpec } from "./credentials/spec";
import { version } from "./version";

const ecsMetadata = "http://100.100.100.200";

/** What `Connections` can be given besides config; all of it may be left out. */
export interface ConnectionsOptions extends Partial<ClientHooks> {
  /** Default: the environment of this process. */
  env?: NodeJS.ProcessEnv;
  /** Scheme and host of the metadata service; default: where ECS has it. */
  metadataEndpoint?: string;
  /** Milliseconds since 1970 by this machine's clock; default `Date.now`. */
  time?: () => number;
  /**
   * How config's keys are called where they were set; default: as they are looked up, in the stack's config.
   *
   * @internal
   */
  configNames?: ConfigNames;
  /**
   * How the default connection reaches OSS, where config says more of it than the alicloud provider knows.
   *
   * @internal
   */
  ownEntry?: ConnectionEntry;
  /** Config is the stack's own as it is now, not as the engine has it from the last `up`; default false. */
  isConfigCurrent?: boolean;
}

/** Like trust in certificates, proxies belong to the process, whatever environment settings are looked up in. */
const proxyOf = (url: string) => proxyFor(url, process.env);

/** The same URL. Throws ConfigurationError where it would be asked through a proxy that can't be used. */
export function withUsableProxy(url: string): string {
  proxyOf(url);
  return url;
}

/** Whether STS is asked for the credentials. Of a program it shows when it has printed what leads to them. */
const asksSts = ({ kind }: CredentialSpec) => kind === "role" || kind === "oidc";

/** What one target is reached with. */
export interface Access {
  settings: Settings;
  credentials: CredentialCache;
  transport: Transport;
  serverClock: ServerClock;
  origin: string;
  originNote: string | undefined;
}

/** The ways to buckets that one run uses: a client for each pair of region and connection, made when first needed. */
export class Connections {
  readonly #access = new Map<string, Access>();
  readonly #clients = new Map<Access, OssClient>();
  readonly #credentials = new Map<string, CredentialCache>();
  readonly #transports: Transport[] = [];
  readonly #idleSockets = new IdleSockets();
  readonly #lookups: Lookups;
  readonly #serverClocks = new Map<string, ServerClock>();

  /**
   * `config` looks up Pulumi config, such as `alicloud:region`: what the engine configured the provider's process
   * with, a program's own, or nothing. Environment and files are read here and nowhere else.
   */
  constructor(
    config: Lookup,
    /** What the connections were made with. */
    readonly options: ConnectionsOptions = {},
  ) {
    const { env = process.env, time = Date.now } = options;
    this.#lookups = {
      config,
      // Continuous integration sets variables it has no value for to the empty string.
      env: (name) => env[name] || undefined,
      file: fileReader(env.HOME ?? homedir()),
      now: time,
      configNames: options.configNames ?? stackConfigNames,
    };
  }

  /** Throws ConfigurationError where what is set for a target, or for a bucket of it, is missing, wrong or contradicts itself. */
  verify(target: Target & { bucket?: string }): void {
    this.#read(target);
  }

  /** The cloud that a target is in: in another one the same name stands for another bucket. Throws like {@link verify}. */
  cloud(target: Target): string {
    const { settings } = this.accessTo(target);
    return cloudOf(settings, settings.cname);
  }

  /** Throws ConfigurationError like {@link verify}. Credentials are asked for at the first call. */
  client(target: Target): OssClient {
    const access = this.accessTo(target);
    const client =
      this.#clients.get(access) ??
      new OssClient(new CallSender({ ...access.settings, ...access }, this.options));
    this.#clients.set(access, client);
    return client;
  }

  /** Resolves once no call to OSS is on the wire. What credentials are fetched with is not waited for: it changes nothing. */
  async idle(): Promise<void> {
    while (this.#transports.some(({ activeCalls }) => activeCalls > 0)) await pause(50);
  }

  /** Closes idle network connections. */
  close(): void {
    for (const transport of this.#transports) transport.close();
  }

  #read(target: Target & { bucket?: string }): { settings: Settings; spec: CredentialSpec } {
    const entry = connectionEntry(target.connection, this.#lookups, this.options.ownEntry);
    const spec = resolveCredentials(this.#lookups, entry, target.connection);
    const settings = readSettings(target, this.#lookups, entry, spec);
    // Said before anything is sent.
    withUsableProxy(settings.endpoint);
    if (asksSts(spec)) withUsableProxy(settings.stsEndpoint);
    return { spec, settings };
  }

  /**
   * What a target is reached with; made when first needed.
   *
   * @internal
   */
  protected accessTo(target: Target): Access {
    const key = JSON.stringify([target.region ?? "", target.connection ?? ""]);
    const access = this.#access.get(key) ?? this.#makeAccess(target);
    this.#access.set(key, access);
    return access;
  }

  #makeAccess(target: Target): Access {
    const { settings, spec } = this.#read(target);
    const transport = new Transport({
      ...settings,
      userAgent: `pulumi-oss-encryption/${version}`,
      proxyFor: proxyOf,
      idleSockets: this.#idleSockets,
    });
    this.#transports.push(transport);
    const serverClock = this.#serverClockOf(settings);
    const credentials = this.#credentialsOf(target, { settings, transport, serverClock });
    return {
      settings,
      credentials,
      transport,
      serverClock,
      origin: spec.origin,
      originNote: staleNote(spec, this.#lookups, this.options.isConfigCurrent),
    };
  }

  /** Each cloud has a clock of its own, and its STS and KMS go by that; a custom domain, which tells no cloud, by its own. */
  #serverClockOf(settings: Settings): ServerClock {
    const cloud = cloudOf(settings, false);
    const clock = this.#serverClocks.get(cloud) ?? new ServerClock(this.#lookups.now);
    this.#serverClocks.set(cloud, clock);
    return clock;
  }

  /** Keys hold in every region, so a connection's regions share them; the first one asked for brings them. */
  #credentialsOf(
    target: Target,
    { settings, transport, serverClock }: Pick<Access, "settings" | "transport" | "serverClock">,
  ): CredentialCache {
    const name = target.connection ?? "";
    const { metadataEndpoint = ecsMetadata, clock = systemClock } = this.options;
    const options: FetchOptions = {
      stsEndpoint: (profile) => withUsableProxy(stsEndpoint(this.#lookups, settings, profile)),
      metadataEndpoint,
      serverClock,
      run: (command) => runCommand(command, this.options.env ?? process.env),
      send: (url, request) => transport.request(url, request),
    };
    const fetch = async () => {
      const { spec } = this.#read(target);
      if (spec.kind === "keys") return { credentials: spec.credentials };
      // @alicloud/credentials needs a package that it does not declare: where nothing is hoisted, keys work without it.
      const { fetchCredentials } = await import("./credentials/fetch.js");
      try {
        return await fetchCredentials(spec, options);
      } catch (error) {
        if (!(error instanceof CredentialsError) || error.isTransient) throw error;
        if (isLastResort(innermost(spec))) throw noCredentials(this.#lookups);
        const note = staleNote(spec, this.#lookups, this.options.isConfigCurrent);
        throw note ? new CredentialsError(`${error.message} ${note}`, false) : error;
      }
    };
    const source = this.#credentials.get(name) ?? new CredentialCache(fetch, clock, () => serverClock.now());
    this.#credentials.set(name, source);
    return source;
  }
}
