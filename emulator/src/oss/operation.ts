import type { OutgoingHttpHeaders } from "node:http";
import type { Identity } from "../auth/accounts";
import type { Answer } from "../server/answer";
import type { RequestBody } from "../requests/request-body";
import type { EncryptionRule } from "../store/encryption-rule";
import { OssError } from "../errors/oss-error";
import type { OssRequest } from "../requests/oss-request";
import { isVersionId, type BucketAcl, type StoredObject, type Version } from "../store/object-versions";
import type { Bucket, Store } from "../store/store";
import { renderXml } from "../requests/xml";
import type { XmlContent } from "../errors/xml-content";

const longestKey = 1023;
const largestUpload = 5 * 1024 ** 3;

/** One request on its way through an operation. */
export interface Call {
  request: OssRequest;
  /** `undefined` for an anonymous request. */
  identity: Identity | undefined;
  store: Store;
  body: RequestBody;
  /** Time of the request, in milliseconds. */
  now: number;
  /** Region of the endpoint, of the signature, or the emulator's own, in this order. */
  region: string;
  /** Throws OssError where the sender may not read this object. */
  authorizeRead: (bucket: string, key: string) => void;
  /** Throws OssError where the sender may not delete this object of the bucket. */
  authorizeDelete: (key: string) => void;
  /** Sets a bucket's default rule. */
  writeRule: (bucket: Bucket, rule: EncryptionRule | undefined) => void;
  /** A bucket's default rule as this request gets to see it: reads may be stale. */
  readRule: (bucket: Bucket) => EncryptionRule | undefined;
}

/** One operation of OSS's API. Its place in the route table decides which requests it gets. */
export interface Operation {
  /** OSS's name for it. */
  name: string;
  method: "GET" | "PUT" | "POST" | "DELETE" | "HEAD" | "OPTIONS";
  on: "service" | "bucket" | "object";
  /** Query parameter that selects it, such as `encryption`. */
  subresource?: string;
  /** Request header that selects it among operations of the same method and sub-resource. */
  header?: string;
  /** RAM action needed; default `oss:` and the name. */
  action?: string;
  /** There are more operations of this sub-resource on OSS than here. */
  partial?: boolean;
  /** Works through any region's endpoint. */
  anyRegion?: boolean;
  /** The bucket needn't exist yet. */
  createsBucket?: boolean;
  /** Makes the bucket where there is none. */
  makesMissingBucket?: boolean;
  /** Asks by itself for permission, for each key that its body lists. */
  authorizesKeys?: boolean;
  /** Takes the headers that say how to encrypt. */
  encrypts?: boolean;
  /** ACLs that open it to everybody. */
  openTo?: readonly BucketAcl[];
  handle: (call: Call) => Answer | Promise<Answer>;
}

/** The bucket that a call is about. */
export function bucketOf({ request, store }: Call): Bucket {
  return store.bucket(request.bucket ?? "");
}

/** The object's name. @throws OssError InvalidObjectName where no object may have it */
export function objectKey({ request: { key = "" } }: Call): string {
  if (Buffer.byteLength(key) > longestKey || /^[/\\]/.test(key)) throw new OssError("InvalidObjectName");
  return key;
}

/** The version of an object that a call is about: the one that its `versionId` names, or the latest. */
export function findObject(call: Call): StoredObject {
  return findVersion(bucketOf(call), objectKey(call), call.request.query.get("versionId"));
}

/** @throws OssError NoSuchKey, NoSuchVersion, or MethodNotAllowed for the id of a delete marker */
export function findVersion(bucket: Bucket, key: string, id: string | undefined): StoredObject {
  checkVersionId(id);
  const version = id === undefined ? bucket.objects.latest(key) : bucket.objects.version(key, id);
  if (version !== undefined && version.type !== "DeleteMarker") return version;
  const missing = id === undefined ? "NoSuchKey" : "NoSuchVersion";
  const error = new OssError(version && id !== undefined ? "DeleteMarkerNamed" : missing, {
    Key: key,
    VersionId: id,
  });
  if (version) error.headers = { "x-oss-delete-marker": "true", ...versionHeader(bucket, version) };
  throw error;
}

/** @throws OssError InvalidArgument for what can't be the id of a version */
export function checkVersionId(id: string | undefined): void {
  if (id === undefined || isVersionId(id)) return;
  const argument = { ArgumentName: "versionId", ArgumentValue: id };
  throw new OssError("InvalidArgument", argument, "Invalid version id specified");
}

/** What answers about a version say of it, once the bucket's versioning was set. */
export function versionHeader(bucket: Bucket, { versionId }: Version): OutgoingHttpHeaders {
  return bucket.versioning === undefined ? {} : { "x-oss-version-id": versionId };
}

/** A moment in an answer's XML: whole seconds, with the milliseconds that clients insist on. */
export function isoTime(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, ".000Z");
}

/** The data of an upload. @throws OssError beyond OSS's limit, or where it doesn't fit in, other uploads under way included */
export async function readData({ body, store }: Call): Promise<Buffer> {
  const tooLarge = () => new OssError("EntityTooLarge");
  const limit = Math.min(largestUpload, store.free);
  const mostUploading = store.uploading + store.free;
  let received = 0;
  const count = (length: number) => {
    received += length;
    store.uploading += length;
    if (store.uploading > mostUploading) throw tooLarge();
  };
  const data = await body.bytes(limit, tooLarge, count).finally(() => (store.uploading -= received));
  if (data.length > store.free) throw tooLarge(); // others were stored meanwhile
  return data;
}

/** Account and name of the sender. @throws OssError for an anonymous request */
export function senderOf({ identity }: Call): Identity {
  if (identity === undefined) throw new OssError("AnonymousForbidden");
  return identity;
}

export function xmlAnswer(content: XmlContent, headers: OutgoingHttpHeaders = {}, status = 200): Answer {
  return {
    status,
    headers: { "content-type": "application/xml", ...headers },
    body: renderXml(content),
  };
}

/** Decodes a percent-encoded text that a request's header holds. @throws OssError InvalidArgument, naming it */
export function decodeArgument(
  text: string,
  argument: { ArgumentName: string; ArgumentValue: string },
): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new OssError("InvalidArgument", argument);
  }
}
