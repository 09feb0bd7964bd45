import { randomBytes } from "node:crypto";
import { defaultAccount, startAccounts } from "./auth/accounts";
import type { EmulatorOptions } from "./options";
import { Faults } from "./server/faults";
import { RateLimiter } from "./server/rate-limiter";
import { RequestLog } from "./server/request-log";
import type { ServerState } from "./server/server-state";
import { Store } from "./store/store";

/** What an emulator with these options starts from, every default filled in; `Control.reset` puts in what changes later. */
export function createState(
  options: EmulatorOptions,
  { closing, certificateAuthority }: Pick<ServerState, "closing" | "certificateAuthority">,
): ServerState {
  const { latency = 0, random = Math.random, roles, oidcTokens, ecsRole, tokenLifetime, qps } = options;
  const [least, most] = typeof latency === "number" ? [latency, latency] : latency;
  const domains = (options.domains ?? ["localhost"]).map((name) => name.toLowerCase()); // as host names are compared
  return {
    roles,
    oidcTokens,
    ecsRole,
    tokenLifetime,
    store: new Store(options.maxStoredBytes ?? 1024 ** 3),
    accounts: new Map(),
    owner: startAccounts(options.accounts)[0]?.id ?? defaultAccount.id,
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
