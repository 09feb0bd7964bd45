import type { Account } from "../auth/accounts";
import type { Role } from "../auth/sessions";
import type { Store } from "../store/store";
import type { Faults } from "./faults";
import type { RateLimiter } from "./rate-limiter";
import type { RequestLog } from "./request-log";

/** What all requests to one emulator share. */
export interface ServerState {
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
  /** Roles that exist; `undefined`: every role of a known account. */
  readonly roles: readonly Role[] | undefined;
  /** Tokens that AssumeRoleWithOIDC takes; `undefined`: any. */
  readonly oidcTokens: readonly string[] | undefined;
  /** Role that the ECS metadata service gives keys for. */
  readonly ecsRole: string | undefined;
  /** Milliseconds until temporary keys end; `undefined`: what a client asks for. */
  readonly tokenLifetime: number | undefined;
  readonly metadataToken: string;
  readonly metadataTokenRequired: boolean;
  readonly latency: () => number;
  readonly now: () => number;
  /** Certificate (PEM) of the emulator's own authority. */
  readonly certificateAuthority: () => Promise<string>;
  /** Aborted when the emulator closes: nothing waits longer than that. */
  readonly closing: AbortSignal;
}
