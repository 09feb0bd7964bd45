import type { EncryptionRule } from "./encryption-rule";
import { EventualValue } from "./eventual-value";
import { OssError } from "../errors/oss-error";

/** Who may read and write a bucket besides its owner. */
export type BucketAcl = "private" | "public-read" | "public-read-write";

/** A stored object. */
export interface StoredObject {
  readonly type: "Normal" | "Multipart" | "Appendable";
  data: Buffer;
  /** In quotes, upper case, as on the wire. */
  etag: string;
  crc64: string;
  lastModified: Date;
  /** Headers given back as they were sent: Content-Type, Cache-Control …, and user metadata. */
  headers: Readonly<Record<string, string>>;
  storageClass: string;
  encryption: EncryptionRule | undefined;
}

/** A multipart upload that is neither completed nor aborted. */
export interface Upload extends Pick<StoredObject, "headers" | "storageClass" | "encryption"> {
  readonly id: string;
  readonly key: string;
  readonly initiated: Date;
  readonly parts: Map<number, Part>;
}

export type Part = Pick<StoredObject, "data" | "etag" | "crc64" | "lastModified">;

export interface Bucket {
  readonly name: string;
  /** Account id. */
  readonly owner: string;
  /** Bare region, such as `cn-hangzhou`. */
  readonly region: string;
  readonly createdAt: Date;
  acl: BucketAcl;
  storageClass: string;
  dataRedundancyType: string;
  readonly encryption: EventualValue<EncryptionRule | undefined>;
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, Upload>;
  /** Absent until it was set for the first time. */
  versioning?: "Enabled" | "Suspended";
  tags: ReadonlyMap<string, string>;
}

/** State of a customer master key in KMS. */
export interface Key {
  /** What rules name it by. */
  id: string;
  /** Objects are encrypted and decrypted with enabled keys only. */
  state: "Enabled" | "Disabled" | "PendingDeletion";
  /** As KMS's CreateKey was given it. */
  description?: string;
}

/** Everything an emulator remembers, in memory. */
export class Store {
  readonly buckets = new Map<string, Bucket>();
  readonly keys = new Map<string, Key>();
  /** Bytes of uploads that are still coming in. */
  uploading = 0;

  /** @param capacity bytes of objects and parts that may be kept */
  constructor(private readonly capacity: number) {}

  /** @throws OssError NoSuchBucket */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw new OssError("NoSuchBucket", { BucketName: name });
    return bucket;
  }

  addBucket(settings: Pick<Bucket, "name" | "owner" | "region" | "createdAt"> & Partial<Bucket>): Bucket {
    const bucket: Bucket = {
      acl: "private",
      storageClass: "Standard",
      dataRedundancyType: "LRS",
      encryption: new EventualValue<EncryptionRule | undefined>(undefined),
      objects: new Map(),
      uploads: new Map(),
      tags: new Map(),
      ...settings,
    };
    this.buckets.set(bucket.name, bucket);
    return bucket;
  }

  /** Bytes of objects and parts that still fit in, beside what is coming in. */
  get free(): number {
    let used = 0;
    for (const { objects, uploads } of this.buckets.values()) {
      for (const { data } of objects.values()) used += data.length;
      for (const { parts } of uploads.values()) for (const { data } of parts.values()) used += data.length;
    }
    return this.capacity - used - this.uploading;
  }

  /** @throws OssError if KMS can't encrypt with the key that this encryption names */
  checkKey(encryption: EncryptionRule | undefined): void {
    const id = encryption?.KMSMasterKeyID;
    if (id === undefined) return;
    const state = this.keys.get(id)?.state;
    if (state === undefined) throw new OssError("KeyNotFound");
    if (state !== "Enabled") throw new OssError(state === "Disabled" ? "KeyDisabled" : "KeyPendingDeletion");
  }
}
