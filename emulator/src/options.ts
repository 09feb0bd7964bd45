import type { Account } from "./auth/accounts";
import type { Role } from "./auth/sessions";
import type { EncryptionRule } from "./store/encryption-rule";
import type { BucketAcl } from "./store/object-versions";
import type { Key } from "./store/store";
import type { Fault } from "./server/fault";
import type { KeyPair } from "./server/listener";
import type { RateLimits } from "./server/rate-limiter";
import type { LoggedRequest } from "./server/request-log";

/** How a bucket is made without a request. */
export interface BucketSettings {
  /** Bare region, such as `cn-hangzhou`; default: the emulator's. */
  region?: string;
  /** Id of the account that owns it; default: the first account. */
  account?: string;
  /** Default rule; absent: none. */
  encryption?: EncryptionRule;
  /** Default `private`. */
  acl?: BucketAcl;
}

/** How an emulator starts. Every field may be left out. */
export interface EmulatorOptions {
  /** Port on 127.0.0.1; default 0: any free one. */
  port?: number;
  /** Who may send requests; default: one account, `defaultAccount`. Entries with the same `id` are identities of one account. */
  accounts?: readonly Account[];
  /** Region of buckets made through a host that names none (an IP address) with a V1 signature; default `cn-hangzhou`. */
  region?: string;
  /** Suffixes to use like `aliyuncs.com`; default `["localhost"]`. */
  domains?: readonly string[];
  /** Custom domains (CNAME): host name → bucket. */
  customDomains?: Readonly<Record<string, string>>;
  /** Customer master keys in KMS. Rules may name others, as on OSS, but no object can be encrypted with those. */
  keys?: readonly (string | Key)[];
  /** RAM roles for STS and ECS; default: every role of a known account exists, and may do everything in it. */
  roles?: readonly Role[];
  /** Tokens that AssumeRoleWithOIDC takes; default: any. */
  oidcTokens?: readonly string[];
  /** Name of the RAM role that the ECS metadata service (Host: 100.100.100.200) gives keys for; default: none, it answers 404. */
  ecsRole?: string;
  /** Whether the metadata service insists on its token (IMDSv2); default false. */
  metadataTokenRequired?: boolean;
  /** Milliseconds until temporary keys end, whatever a client asks for; default: what it asks for. */
  tokenLifetime?: number;
  /** Key and certificate (PEM) to show TLS clients; default: made by an authority of the emulator's own, for every host name. */
  tls?: KeyPair;
  /** Milliseconds that a client has for the head of a request; default 10,000. */
  headersTimeout?: number;
  /** Milliseconds that a client has for a whole request; default 300,000. */
  requestTimeout?: number;
  /** Milliseconds that every answer takes longer; a pair is a range to draw from. Default 0. */
  latency?: number | readonly [number, number];
  /** Eventual consistency: milliseconds until readers see a rule that was written or removed. Default 0. */
  consistencyDelay?: number;
  /** Bytes of objects and parts that may be kept in memory; default 1 GiB. Uploads beyond it get OSS's EntityTooLarge. */
  maxStoredBytes?: number;
  /** Requests that the log keeps, the latest ones; default 100,000. */
  maxLoggedRequests?: number;
  /** Requests per second and account; default: no limits. Beyond them OSS answers 503 MetaOperationQpsLimitExceeded or TotalQpsLimitExceeded. */
  qps?: RateLimits;
  /** Buckets to start with. */
  buckets?: readonly (BucketSettings & { name: string })[];
  /** Faults to start with; see `Emulator.fault`. */
  faults?: readonly Fault[];
  /** Called with each request when it is done. */
  onRequest?: (request: LoggedRequest) => void;
  /** Milliseconds since 1970; default `Date.now`. */
  clock?: () => number;
  /** A number from 0 to below 1, for latencies; default `Math.random`. */
  random?: () => number;
}
