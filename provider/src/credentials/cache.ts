import { CredentialsError } from "../errors";
import type { Fetched } from "./fetch";
import { retrying, type Clock } from "../net/retry";
import type { Credentials } from "../net/credentials";

/** Temporary credentials are replaced this long before they expire, or after four fifths of a shorter life. */
const earlyMs = 5 * 60_000;

/** How long fetching may take with its retries. */
const timeoutMs = 30_000;
const mostTries = 3;

/** After nothing was found: the next calls of the same run need not wait for the same time-outs. */
const failureLastsMs = 10_000;

/** Credentials of one connection: fetched once for all calls that wait, kept, and replaced in time. */
export class CredentialCache {
  #current: (Fetched & { renewAt: number }) | undefined;
  #pending: Promise<Credentials> | undefined;
  #failed: { error: Error; until: number } | undefined;

  constructor(
    /** Resolves the spec anew each time: a profile may have been rotated since. */
    readonly fetch: () => Promise<Fetched>,
    readonly clock: Clock,
    /** Milliseconds since 1970. */
    readonly time: () => number,
  ) {}

  /** Credentials that are good for now. Throws {@link CredentialsError} or ConfigurationError. */
  async get(): Promise<Credentials> {
    const now = this.time();
    if (this.#current && now < this.#current.renewAt) return this.#current.credentials;
    const old = this.#current;
    try {
      if (this.#failed && now < this.#failed.until) throw this.#failed.error;
      return await this.#renew();
    } catch (error) {
      // Early renewal failed: the old ones are still good for a while.
      if (old?.expiresAt && this.time() < old.expiresAt) return old.credentials;
      throw error;
    }
  }

  /** Replaces credentials that OSS refused; whether there are others now. Calls that hold the same ones share the work. */
  async replace(refused: Credentials): Promise<boolean> {
    if (this.#current?.credentials === refused) this.#current = undefined;
    const fresh = await this.get();
    return fresh.accessKeyId !== refused.accessKeyId || fresh.securityToken !== refused.securityToken;
  }

  #renew(): Promise<Credentials> {
    this.#pending ??= this.#fetchWithRetries().finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  async #fetchWithRetries(): Promise<Credentials> {
    const result = await retrying<Fetched | Error>(
      async (tries) => {
        try {
          return { done: await this.fetch() };
        } catch (error) {
          if (!(error instanceof Error)) throw error;
          const again = error instanceof CredentialsError && error.isTransient && tries < mostTries;
          return again ? { again: error } : { done: error };
        }
      },
      timeoutMs,
      this.clock,
    );
    const now = this.time();
    if (result instanceof Error) {
      this.#failed = { error: result, until: now + failureLastsMs };
      throw result;
    }
    this.#failed = undefined;
    const { expiresAt = Infinity } = result;
    this.#current = { ...result, renewAt: expiresAt - Math.min(earlyMs, (expiresAt - now) / 5) };
    return result.credentials;
  }
}
