import { KmsCallError, OssEncryptionError, type Connections } from "pulumi-oss-encryption/oss";
import type { Place } from "./read-rules";

/** What KMS says of the CMK that a rule names. */
export interface KeyFound {
  /** In KMS's own word, such as `Enabled` or `Disabled`; `NotFound`: there is no such key; null: there is no telling. */
  state: string | null;
  /** Why there is no telling; null: there is. */
  reason: string | null;
  /** RAM action whose lack is why. */
  missing?: string;
}

/** Uploads with a key in any other state fail. */
export const isUsable = ({ state }: KeyFound) => state === null || state === "Enabled";

/** Looks keys up in KMS: each one once per way to it, and none where KMS could not be reached before. */
export class KeyReader {
  readonly #found = new Map<string, Promise<KeyFound>>();
  readonly #unreachable = new Map<string, KeyFound>();

  constructor(readonly connections: Connections) {}

  /** Looks a key up where the bucket is and as who reads the bucket. */
  read(keyId: string, { region, connection }: Omit<Place, "bucket">): Promise<KeyFound> {
    const way = JSON.stringify([region, connection]);
    const key = JSON.stringify([way, keyId]);
    const found = this.#found.get(key) ?? this.#read(keyId, way, { region, connection });
    this.#found.set(key, found);
    return found;
  }

  async #read(keyId: string, way: string, { region, connection }: Omit<Place, "bucket">): Promise<KeyFound> {
    const known = this.#unreachable.get(way);
    if (known) return known;
    try {
      const target = { ...(region ? { region } : {}), ...(connection ? { connection } : {}) };
      return { state: (await this.connections.kms(target).keyState(keyId)) ?? "NotFound", reason: null };
    } catch (error) {
      if (!(error instanceof OssEncryptionError)) throw error;
      const { status, missingAction } = error instanceof KmsCallError ? error.failure : {};
      const found = { state: null, reason: error.message };
      if (missingAction) return { ...found, missing: missingAction };
      if (status === 0) this.#unreachable.set(way, found);
      return found;
    }
  }
}
