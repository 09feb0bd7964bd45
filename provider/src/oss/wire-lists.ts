import { children, leaf, parse, UnexpectedBodyError } from "./xml";

/** A bucket as a list shows it. */
export interface ListedBucket {
  /** Its name. */
  bucket: string;
  /** Bare region id, such as `cn-hangzhou`. */
  region: string;
}

/** A part of a list, and where the next part begins; without `next` it is the last. */
export interface Page<T> {
  items: T[];
  next?: string;
}

/** The body of ListBuckets. */
export async function decodeBuckets(body: Buffer): Promise<Page<ListedBucket>> {
  const root = await parse(body, "ListAllMyBucketsResult");
  const [buckets] = children(root, "Buckets");
  const items = children(buckets ?? {}, "Bucket").map((bucket) => ({
    bucket: leaf(bucket, "Name") ?? missing("Name"),
    region: (leaf(bucket, "Location") ?? missing("Location")).replace(/^oss-/, ""),
  }));
  return page(items, leaf(root, "IsTruncated"), leaf(root, "NextMarker"));
}

/** The keys in the body of ListObjectsV2, asked for with `encoding-type=url`: XML can't hold every key. */
export async function decodeKeys(body: Buffer): Promise<Page<string>> {
  const root = await parse(body, "ListBucketResult");
  const items = children(root, "Contents").map((object) => decodeKey(leaf(object, "Key") ?? missing("Key")));
  return page(items, leaf(root, "IsTruncated"), leaf(root, "NextContinuationToken"));
}

/** A version of an object that is not the current one. */
export interface ObjectVersion {
  /** The object's name. */
  key: string;
  /** Of the version; `null` is the one that was there before the bucket kept versions. */
  versionId: string;
}

/** The versions that are not current in the body of ListObjectVersions, asked for with `encoding-type=url`. */
export async function decodeOldVersions(body: Buffer): Promise<Page<ObjectVersion>> {
  const root = await parse(body, "ListVersionsResult");
  const items = children(root, "Version")
    .filter((version) => leaf(version, "IsLatest") === "false")
    .map((version) => ({
      key: decodeKey(leaf(version, "Key") ?? missing("Key")),
      versionId: leaf(version, "VersionId") ?? missing("VersionId"),
    }));
  const key = leaf(root, "NextKeyMarker");
  const next = key && JSON.stringify([decodeKey(key), leaf(root, "NextVersionIdMarker") ?? ""]);
  return page(items, leaf(root, "IsTruncated"), next);
}

function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    throw new UnexpectedBodyError("a Key that is not encoded as asked for");
  }
}

function page<T>(items: T[], isTruncated: string | undefined, next: string | undefined): Page<T> {
  if (isTruncated !== "true") return { items };
  // Taken for the last page, buckets would be missing from an audit without a word.
  if (!next) throw new UnexpectedBodyError("a list that goes on without saying where");
  return { items, next };
}

function missing(name: string): never {
  throw new UnexpectedBodyError(`an entry without ${name}`);
}
