import { randomBytes } from "node:crypto";
import type { EncryptionRule } from "./encryption-rule";

/** Who may read and write a bucket besides its owner. */
export type BucketAcl = "private" | "public-read" | "public-read-write";

/** Absent until it was set for the first time. */
export type Versioning = "Enabled" | "Suspended" | undefined;

/** A stored object, or one of its versions. */
export interface StoredObject {
  readonly type: "Normal" | "Multipart" | "Appendable" | "Symlink";
  /** `null` where the bucket's versioning was not enabled when it was written. */
  readonly versionId: string;
  readonly data: Buffer;
  /** In quotes, upper case, as on the wire. */
  readonly etag: string;
  readonly crc64: string;
  /** As `Content-MD5` gives it; `undefined` where OSS doesn't know it. */
  readonly md5?: string | undefined;
  readonly lastModified: Date;
  /** Headers given back as they were sent: Content-Type, Cache-Control …, and user metadata. */
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly encryption: EncryptionRule | undefined;
  /** Of a symbolic link: the object that it names. */
  readonly target?: string;
  /** `default`: the bucket's. */
  acl: BucketAcl | "default";
  tags: ReadonlyMap<string, string>;
  /** Of an object in an archive class that somebody asked back: when it can be read, and until when. */
  restored?: { readonly from: Date; readonly until: Date };
}

/** What a delete leaves behind under versioning. */
export interface DeleteMarker {
  readonly type: "DeleteMarker";
  readonly versionId: string;
  readonly lastModified: Date;
}

export type Version = StoredObject | DeleteMarker;

/** A version in a listing: the latest one of its key hides the others. */
export type ListedVersion = readonly [key: string, version: Version, isLatest: boolean];

const withoutVersioning = "null";

/** A bucket's objects with all their versions. */
export class ObjectVersions {
  /** The latest version first; no list is empty. */
  private readonly byKey = new Map<string, readonly Version[]>();

  /** How many keys there are, with those that only versions are left of. */
  get size(): number {
    return this.byKey.size;
  }

  /** The object that a key names now; `undefined` also where its latest version is a delete marker. */
  current(key: string): StoredObject | undefined {
    const latest = this.latest(key);
    return latest?.type === "DeleteMarker" ? undefined : latest;
  }

  latest(key: string): Version | undefined {
    return this.byKey.get(key)?.[0];
  }

  version(key: string, id: string): Version | undefined {
    return this.byKey.get(key)?.find(({ versionId }) => versionId === id);
  }

  /** Adds the latest version of a key; without versioning, or where it is suspended, in the place of the one without an id. */
  put(key: string, object: Omit<StoredObject, "versionId">, versioning: Versioning): StoredObject {
    const stored = { ...object, versionId: newId(versioning) };
    this.add(key, stored);
    return stored;
  }

  /** Puts a version in the place of the one with the same id. */
  replace(key: string, object: StoredObject): void {
    const versions = this.byKey.get(key) ?? [];
    this.byKey.set(
      key,
      versions.map((one) => (one.versionId === object.versionId ? object : one)),
    );
  }

  /** Deletes what a key names; under versioning that adds a marker, which is given back. */
  delete(key: string, versioning: Versioning, now: number): DeleteMarker | undefined {
    if (versioning === undefined) {
      this.byKey.delete(key);
      return undefined;
    }
    const marker = {
      type: "DeleteMarker",
      versionId: newId(versioning),
      lastModified: new Date(now),
    } as const;
    this.add(key, marker);
    return marker;
  }

  /** Removes one version for good. @returns what it was, if there was one */
  deleteVersion(key: string, id: string): Version | undefined {
    const removed = this.version(key, id);
    this.set(key, this.without(key, id));
    return removed;
  }

  /** The objects that listings show, in no order. */
  *objects(): Generator<[key: string, object: StoredObject]> {
    for (const [key, [latest]] of this.byKey) {
      if (latest !== undefined && latest.type !== "DeleteMarker") yield [key, latest];
    }
  }

  /** Every version of every key; those of one key from the latest to the oldest. */
  *versions(): Generator<ListedVersion> {
    for (const [key, versions] of this.byKey) {
      for (const [index, version] of versions.entries()) yield [key, version, index === 0];
    }
  }

  private add(key: string, version: Version): void {
    this.set(key, [version, ...this.without(key, version.versionId)]);
  }

  private without(key: string, id: string): readonly Version[] {
    return (this.byKey.get(key) ?? []).filter(({ versionId }) => versionId !== id);
  }

  private set(key: string, versions: readonly Version[]): void {
    if (versions.length > 0) this.byKey.set(key, versions);
    else this.byKey.delete(key);
  }
}

/** Whether a text can be the id of a version. */
export function isVersionId(text: string): boolean {
  return text === withoutVersioning || /^CAEQ[\w-]{60}$/.test(text);
}

function newId(versioning: Versioning): string {
  return versioning === "Enabled" ? `CAEQ${randomBytes(45).toString("base64url")}` : withoutVersioning;
}
