import http from "node:http";
import https from "node:https";
import { createRequire } from "node:module";
import type { LookupFunction } from "node:net";

/** What the tests use of ali-oss, whose published types lack most of it. */
export interface AliOss {
  /** Without `successStatuses` every answer resolves, whatever its status. */
  request: (params: RawParams) => Promise<RawAnswer>;
  putBucket: (bucket: string, options?: object) => Promise<unknown>;
  deleteBucket: (bucket: string) => Promise<unknown>;
  getBucketInfo: (bucket: string) => Promise<{ bucket: Record<string, unknown> }>;
  listBuckets: (query: object) => Promise<{ buckets: { name: string }[] | null; isTruncated: boolean }>;
  putBucketEncryption: (bucket: string, rule: Record<string, string>) => Promise<unknown>;
  getBucketEncryption: (bucket: string) => Promise<{ encryption: Record<string, string> }>;
  deleteBucketEncryption: (bucket: string) => Promise<unknown>;
  useBucket: (bucket: string) => void;
  put: (key: string, data: Buffer, options?: object) => Promise<Result>;
  get: (key: string, options?: object) => Promise<Result & { content: Buffer }>;
  head: (key: string, options?: object) => Promise<Result>;
  copy: (key: string, source: string, options?: object) => Promise<Result>;
  delete: (key: string) => Promise<Result>;
  deleteMulti: (keys: string[], options?: object) => Promise<{ deleted: { Key: string }[] }>;
  list: (query: object) => Promise<Listing>;
  listV2: (query: object) => Promise<Listing & { nextContinuationToken: string | null }>;
  multipartUpload: (key: string, data: Buffer, options?: object) => Promise<Result>;
  signatureUrl: (key: string, options?: object) => string;
  signatureUrlV4: (method: string, expires: number, request: object, key: string) => Promise<string>;
}

interface Result {
  res: { status: number; headers: Record<string, string> };
}

interface Listing {
  objects?: { name: string; size: number }[];
  prefixes: string[] | null;
  isTruncated: boolean;
  nextMarker: string | null;
}

export interface RawParams {
  method: string;
  bucket?: string;
  object?: string;
  subres?: string | Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  content?: Buffer;
  mime?: string;
  timeout?: number | [number, number];
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  data: Buffer;
}

const Client = createRequire(__filename)("ali-oss") as new (options: Record<string, unknown>) => AliOss;

/** Where a client goes and with which keys: an emulator, or the real service. */
export interface Service {
  url: string;
  credentials: { accessKeyId: string; accessKeySecret: string };
}

/** A client with V4 signatures for cn-hangzhou, unless told otherwise. */
export function aliOss({ url, credentials }: Service, options: Record<string, unknown> = {}): AliOss {
  return new Client({
    ...credentials,
    endpoint: url,
    region: "oss-cn-hangzhou",
    authorizationV4: true,
    // ali-oss warns about tokens that it can't refresh.
    ...(options.stsToken !== undefined && {
      refreshSTSToken: () => options,
      refreshSTSTokenInterval: 3_600_000,
    }),
    ...options,
  });
}

/** Agents for which every host name is the loopback address. */
export function loopbackAgents(ca?: string): { agent: http.Agent; httpsAgent: https.Agent } {
  const lookup: LookupFunction = (_name, options, done) =>
    options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
  return {
    agent: new http.Agent({ lookup, keepAlive: true }),
    httpsAgent: new https.Agent({ lookup, keepAlive: true, ...(ca !== undefined && { ca }) }),
  };
}
