import { Builder } from "xml2js";
import { normalRule, type EncryptionRule, type LiveRule } from "../rule/rule";
import { isElement, leaf, parse, UnexpectedBodyError } from "./xml";

/** What OSS says in the body of an error answer. */
export interface ErrorBody {
  code: string;
  message?: string;
  requestId?: string | undefined;
  ec?: string;
  /** Where the bucket is to be addressed instead, in a wrong-endpoint answer. */
  endpoint?: string;
  /** What time it is for OSS, where it refused a request for its own. */
  serverTime?: string;
}

/** The body of PutBucketEncryption. ali-oss's own `putBucketEncryption` drops KMSDataEncryption and escapes nothing. */
export function encodeRule(rule: EncryptionRule): Buffer {
  const { sseAlgorithm, kmsMasterKeyId, kmsDataEncryption } = normalRule(rule);
  const xml = new Builder({ renderOpts: { pretty: false } }).buildObject({
    ServerSideEncryptionRule: {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: sseAlgorithm,
        ...(kmsDataEncryption ? { KMSDataEncryption: kmsDataEncryption } : {}),
        ...(kmsMasterKeyId ? { KMSMasterKeyID: kmsMasterKeyId } : {}),
      },
    },
  });
  return Buffer.from(xml);
}

const knownElements = ["SSEAlgorithm", "KMSMasterKeyID", "KMSDataEncryption"];

/** The rule in the body of GetBucketEncryption; throws {@link UnexpectedBodyError} for anything else. */
export async function decodeRule(body: Buffer): Promise<LiveRule> {
  const root = await parse(body, "ServerSideEncryptionRule");
  const { ApplyServerSideEncryptionByDefault: rule, ...others } = root;
  if (!isElement(rule)) throw new UnexpectedBodyError("a rule without ApplyServerSideEncryptionByDefault");
  const sseAlgorithm = leaf(rule, "SSEAlgorithm");
  if (!sseAlgorithm) throw new UnexpectedBodyError("a rule without SSEAlgorithm");
  const unknown = [...Object.keys(others), ...Object.keys(rule)].filter(
    (name) => !knownElements.includes(name),
  );
  return {
    ...normalRule({
      sseAlgorithm,
      kmsMasterKeyId: leaf(rule, "KMSMasterKeyID"),
      kmsDataEncryption: leaf(rule, "KMSDataEncryption"),
    }),
    ...(unknown.length > 0 ? { unknownElements: unknown } : {}),
  };
}

/** OSS's error in a body; throws {@link UnexpectedBodyError} where the body holds none. */
export async function decodeError(body: Buffer): Promise<ErrorBody> {
  const error = await parse(body, "Error");
  const code = leaf(error, "Code");
  if (!code) throw new UnexpectedBodyError("an error without Code");
  const optional = {
    message: leaf(error, "Message"),
    requestId: leaf(error, "RequestId"),
    ec: leaf(error, "EC"),
    endpoint: leaf(error, "Endpoint"),
    serverTime: leaf(error, "ServerTime"),
  };
  return { code, ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value)) };
}
