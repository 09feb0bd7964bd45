import { OssEncryptionError } from "../errors";
import type { Call } from "./call";
import { normalRule, type EncryptionRule } from "../rule/rule";
import type { CallSender } from "./call-sender";
import {
  decodeBuckets,
  decodeKeys,
  decodeOldVersions,
  type ListedBucket,
  type ObjectVersion,
  type Page,
} from "./wire-lists";

/** A page of 1,000 buckets, or of 200 objects with the longest keys there are, stays below. */
const largestBody = 1024 * 1024;

/** What there is, without changing any of it. Failures are `OssEncryptionError`s: `OssCallError`s where OSS was called. */
export class OssInventory {
  constructor(
    /** @internal */
    readonly calls: CallSender,
  ) {}

  /** All buckets of the account, in all regions, page by page in the order of their names. */
  listBuckets(prefix = ""): AsyncGenerator<ListedBucket[]> {
    return pages("ListBuckets", (marker) => {
      const query = { "max-keys": "1000", ...(prefix ? { prefix } : {}), ...(marker ? { marker } : {}) };
      const call: Call = { operation: "ListBuckets", method: "GET", query, largestBody };
      return this.calls.send(call, { status: 200, decode: decodeBuckets });
    });
  }

  /** The keys of a bucket's objects, page by page in their order. `pageSize`: 1 to 200. */
  listKeys(bucket: string, pageSize = 200): AsyncGenerator<string[]> {
    return pages(`ListObjectsV2 of bucket ${bucket}`, (token) => {
      const query = {
        "list-type": "2",
        "encoding-type": "url",
        "max-keys": String(pageSize),
        ...(token ? { "continuation-token": token } : {}),
      };
      const call: Call = {
        operation: "ListObjectsV2",
        action: "oss:ListObjects",
        method: "GET",
        bucket,
        query,
        largestBody,
      };
      return this.calls.send(call, { status: 200, decode: decodeKeys });
    });
  }

  /**
   * The versions of a bucket's objects that are not current, page by page in the order of their keys, without delete markers;
   * none where the bucket has never kept versions. `pageSize`: 1 to 200.
   */
  listOldVersions(bucket: string, pageSize = 200): AsyncGenerator<ObjectVersion[]> {
    return pages(`ListObjectVersions of bucket ${bucket}`, (next) => {
      const [key, version] = next === undefined ? [] : (JSON.parse(next) as string[]);
      const query = {
        "encoding-type": "url",
        "max-keys": String(pageSize),
        ...(key ? { "key-marker": key } : {}),
        ...(version ? { "version-id-marker": version } : {}),
      };
      const call: Call = {
        operation: "ListObjectVersions",
        method: "GET",
        bucket,
        subresource: "versions",
        query,
        largestBody,
      };
      return this.calls.send(call, { status: 200, decode: decodeOldVersions });
    });
  }

  /** The encryption that an object carries, or a version of it; `undefined`: none. */
  headObject(bucket: string, object: string, versionId?: string): Promise<EncryptionRule | undefined> {
    const call: Call = {
      operation: "HeadObject",
      action: versionId === undefined ? "oss:GetObject" : "oss:GetObjectVersion",
      method: "HEAD",
      bucket,
      object,
      ...(versionId === undefined ? {} : { query: { versionId } }),
    };
    return this.calls.send(call, {
      status: 200,
      decode: (_body, headers) => {
        const header = (name: string) => headers[`x-oss-server-side-${name}`]?.toString();
        const sseAlgorithm = header("encryption");
        if (!sseAlgorithm) return Promise.resolve(undefined);
        const kms = {
          kmsMasterKeyId: header("encryption-key-id"),
          kmsDataEncryption: header("data-encryption"),
        };
        return Promise.resolve(normalRule({ sseAlgorithm, ...kms }));
      },
    });
  }

  /** Where a bucket is. Known for sure after a call about it succeeded. */
  regionOf(bucket: string): string {
    return this.calls.regionOf(bucket);
  }
}

async function* pages<T>(
  operation: string,
  read: (next: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T[]> {
  const seen = new Set<string>();
  let next: string | undefined;
  do {
    const page = await read(next);
    yield page.items;
    next = page.next;
    // Followed, it would go round for ever; taken for the end, the rest would be missing without a word.
    if (next !== undefined && seen.has(next)) {
      throw new OssEncryptionError(
        `${operation} failed: the list goes round in a circle instead of to its end.`,
      );
    }
    seen.add(next ?? "");
  } while (next !== undefined);
}
