import type { Address } from "../settings/endpoint";
import type { ConfigNames } from "../settings/lookups";
import type { Clock } from "../net/retry";
import type { ServerClock } from "../net/server-clock";
import type { Transport } from "../net/transport";
import type { Credentials } from "../net/credentials";

/** One operation to be carried out. */
export interface Call {
  operation: string;
  /** RAM action that it needs; default: `oss:` and the operation. */
  action?: string;
  method: "GET" | "HEAD" | "PUT" | "DELETE";
  /** Absent: the call is about the account. */
  bucket?: string;
  object?: string;
  /** What of the bucket, such as `encryption`. */
  subresource?: string;
  query?: Record<string, string>;
  /** Bytes that the answer may have; default: enough for what is about one bucket. */
  largestBody?: number;
  content?: Buffer;
  /** Milliseconds with all retries; default: the connection's limit. */
  timeoutMs?: number | undefined;
  /** What of it must not show in a message. */
  secrets?: readonly string[];
}

/** How one connection reaches OSS: where, as whom, through what. */
export interface ClientOptions extends Address {
  /** The endpoint is a custom domain, so the bucket's name is not put before it. */
  cname: boolean;
  cloudBoxId: string | undefined;
  signVersion: "v1" | "v4";
  /** The bucket's name stands in the path, not before the host. */
  pathStyle: boolean;
  /** Milliseconds that one operation may take with all its retries. */
  retryTimeoutMs: number;
  credentials: {
    get(): Promise<Credentials>;
    /** Whether there are others than these, which OSS refused. */
    replace(refused: Credentials): Promise<boolean>;
  };
  /** Where the credentials come from, and what else is worth knowing of that when OSS refuses them. */
  origin: string;
  originNote?: string | undefined;
  configNames: ConfigNames;
  transport: Transport;
  serverClock: ServerClock;
}

export interface ClientHooks {
  /** Time and chance. */
  clock: Clock;
  /** Called before each try of a write; throws if it must not be sent, for instance because the engine is gone. */
  beforeWrite: () => Promise<void>;
  /** One line for a person. */
  log: (line: string) => void;
}
