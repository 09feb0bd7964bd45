// What is kept?

import type { EncryptionRule } from "./encryption-rule";
import { EventualValue } from "./eventual-value";
import { ObjectVersions, type BucketAcl, type StoredObject, type Versioning } from "./object-versions";
import { OssError } from "../errors/oss-error";
import { isBucketName } from "../requests/addressing";

/** What an upload says about the object to be. */
export type ObjectSettings = Pick<StoredObject, "headers" | "storageClass" | "encryption" | "acl" | "tags">;

/** A multipart upload that is neither completed nor aborted. */
export interface Upload extends ObjectSettings {
  readonly id: string;
  readonly key: string;
  readonly initiated: Date;
  readonly parts: Map<number, Part>;
  /** Parts come in their order, so that OSS can tell the MD5 of the whole. */
  readonly sequential: boolean;
}

export type Part = Pick<StoredObject, "data" | "etag" | "crc64" | "lastModified"> & { readonly md5: string };

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
  readonly objects: ObjectVersions;
  readonly uploads: Map<string, Upload>;
  versioning?: Versioning;
  tags: ReadonlyMap<string, string>;
  /** Configurations that are kept as they were sent, by sub-resource. */
  readonly documents: Map<string, string>;
}

/** State of a customer master key in KMS. */
export interface Key {
  /** What rules name it by. */
  id: string;
  /** Objects are encrypted and decrypted with enabled keys only. */
  state: "Enabled" | "Disabled" | "PendingDeletion";
  /** Another name for it in KMS, such as `alias/logs`. */
  alias?: string;
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

  /** @throws OssError NoSuchBucket; InvalidBucketName where no bucket may have this name */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) {
      throw new OssError(isBucketName(name) ? "NoSuchBucket" : "InvalidBucketName", { BucketName: name });
    }
    return bucket;
  }

  addBucket(settings: Pick<Bucket, "name" | "owner" | "region" | "createdAt"> & Partial<Bucket>): Bucket {
    const bucket: Bucket = {
      acl: "private",
      storageClass: "Standard",
      dataRedundancyType: "LRS",
      encryption: new EventualValue<EncryptionRule | undefined>(undefined),
      objects: new ObjectVersions(),
      uploads: new Map(),
      tags: new Map(),
      documents: new Map(),
      ...settings,
    };
    this.buckets.set(bucket.name, bucket);
    return bucket;
  }

  /** Bytes of objects and parts that still fit in, beside what is coming in. */
  get free(): number {
    let used = 0;
    for (const { objects, uploads } of this.buckets.values()) {
      for (const [, version] of objects.versions()) {
        if (version.type !== "DeleteMarker") used += version.data.length;
      }
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
