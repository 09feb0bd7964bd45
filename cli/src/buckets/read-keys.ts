import { KmsCallError, OssEncryptionError } from "pulumi-oss-encryption/oss";
import { targetOf, type BucketAddress, type ConnectionsOf } from "../bucket-address";

/** What KMS says of the CMK that a rule names. */
export interface KeyFound {
  /** In KMS's own word, such as `Enabled` or `Disabled`; `NotFound`: there is no such key; null: it could not be read. */
  state: string | null;
  /** Why the state could not be read; null: it was. */
  reason: string | null;
  /** RAM action whose lack is why. */
  missing?: string;
}

/** Uploads with a key in any other state fail. */
export const isUsable = ({ state }: KeyFound) => state === null || state === "Enabled";

type KeyAddress = Omit<BucketAddress, "bucket">;

/** Looks keys up in KMS: each one once per region and connection, and none where KMS could not be reached before. */
export class KeyReader {
  readonly #found = new Map<string, Promise<KeyFound>>();
  readonly #unreachable = new Map<string, KeyFound>();

  constructor(readonly connections: ConnectionsOf) {}

  /** Looks a key up where the bucket is and as who reads the bucket. */
  read(keyId: string, address: KeyAddress): Promise<KeyFound> {
    const target = JSON.stringify([address.provider, address.region, address.connection]);
    const key = JSON.stringify([target, keyId]);
    const found = this.#found.get(key) ?? this.#read(keyId, address, target);
    this.#found.set(key, found);
    return found;
  }

  async #read(keyId: string, address: KeyAddress, target: string): Promise<KeyFound> {
    const known = this.#unreachable.get(target);
    if (known) return known;
    try {
      const state = await this.connections.of(address).kms(targetOf(address)).keyState(keyId);
      return { state: state ?? "NotFound", reason: null };
    } catch (error) {
      if (!(error instanceof OssEncryptionError)) throw error;
      const { status, missingAction } = error instanceof KmsCallError ? error.failure : {};
      const found = { state: null, reason: error.message };
      if (missingAction) return { ...found, missing: missingAction };
      if (status === 0) this.#unreachable.set(target, found);
      return found;
    }
  }
}
