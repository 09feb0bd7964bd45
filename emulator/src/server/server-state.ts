import { randomBytes } from "node:crypto";
import { defaultAccount, type Account } from "../auth/accounts";
import type { EmulatorOptions } from "../options";
import { Store } from "../oss/store";
import { Faults } from "./faults";
import { RateLimiter } from "./rate-limiter";
import { RequestLog } from "./request-log";

/** What all requests to one emulator share. */
export interface ServerState extends Pick<
  EmulatorOptions,
  "roles" | "oidcTokens" | "ecsRole" | "tokenLifetime"
> {
  readonly store: Store;
  /** By access key id. */
  readonly accounts: Map<string, Account>;
  /** Id of the account that owns what is made without a request. */
  readonly owner: string;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly region: string;
  readonly hosts: { domains: readonly string[]; customDomains: Readonly<Record<string, string>> };
  readonly consistencyDelay: number;
  readonly metaLimiter: RateLimiter;
  readonly totalLimiter: RateLimiter;
  readonly metadataToken: string;
  readonly metadataTokenRequired: boolean;
  readonly latency: () => number;
  readonly now: () => number;
  /** Certificate (PEM) of the emulator's own authority. */
  readonly certificateAuthority: () => Promise<string>;
  /** Aborted when the emulator closes: nothing waits longer than that. */
  readonly closing: AbortSignal;
}

export function createState(
  options: EmulatorOptions,
  { closing, certificateAuthority }: Pick<ServerState, "closing" | "certificateAuthority">,
): ServerState {
  const { latency = 0, random = Math.random, roles, oidcTokens, ecsRole, tokenLifetime, qps } = options;
  const [least, most] = typeof latency === "number" ? [latency, latency] : latency;
  const domains = (options.domains ?? ["localhost"]).map((name) => name.toLowerCase()); // as host names are compared
  const accounts = options.accounts?.length ? options.accounts : [defaultAccount];
  return {
    ...(roles && { roles }),
    ...(oidcTokens && { oidcTokens }),
    ...(ecsRole !== undefined && { ecsRole }),
    ...(tokenLifetime !== undefined && { tokenLifetime }),
    store: new Store(options.maxStoredBytes ?? 1024 ** 3),
    accounts: new Map(accounts.map((account) => [account.accessKeyId, account])),
    owner: accounts[0]?.id ?? defaultAccount.id,
    faults: new Faults(),
    log: new RequestLog(options.maxLoggedRequests ?? 100_000, options.onRequest),
    region: options.region ?? "cn-hangzhou",
    hosts: { domains, customDomains: options.customDomains ?? {} },
    consistencyDelay: options.consistencyDelay ?? 0,
    metaLimiter: new RateLimiter(qps?.meta ?? Infinity),
    totalLimiter: new RateLimiter(qps?.total ?? Infinity),
    metadataToken: randomBytes(24).toString("base64"),
    metadataTokenRequired: options.metadataTokenRequired ?? false,
    latency: () => least + (most - least) * random(),
    now: options.clock ?? Date.now,
    certificateAuthority,
    closing,
  };
}
