import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { OssError } from "../errors/oss-error";
import { parseXml } from "../requests/xml";

/** A bucket's default encryption rule, or how one object is encrypted, in the names of the wire format. */
export interface EncryptionRule {
  /** AES256, SM4: keys managed by OSS; KMS: keys managed by KMS. */
  SSEAlgorithm: "AES256" | "KMS" | "SM4";
  /** With KMS only; absent: the CMK that OSS manages. */
  KMSMasterKeyID?: string;
  /** With KMS only; absent: AES256. */
  KMSDataEncryption?: "SM4";
}

/** The three values before they have been looked at. An empty text counts as absent. */
interface Raw {
  algorithm: string | undefined;
  keyId: string | undefined;
  dataEncryption: string | undefined;
}

/** The headers that carry a rule, in requests (PutBucket, object uploads) and in answers. */
export const encryptionHeaders = {
  algorithm: "x-oss-server-side-encryption",
  keyId: "x-oss-server-side-encryption-key-id",
  dataEncryption: "x-oss-server-side-data-encryption",
} as const;

/** The key id that answers show for the CMK which OSS manages in KMS. */
export const managedKeyId = "00000000-0000-4000-8000-0000000055e0";

/**
 * Reads the body of PutBucketEncryption.
 *
 * @throws OssError as the real service words it; nothing is trimmed or changed in case
 */
export function ruleFromXml(body: string): EncryptionRule {
  const element = parseXml(body, "ServerSideEncryptionRule").child("ApplyServerSideEncryptionByDefault");
  const algorithm = element?.text("SSEAlgorithm");
  if (element === undefined || algorithm === undefined) throw new OssError("MalformedXML");
  return checkRule({
    algorithm,
    keyId: element.text("KMSMasterKeyID"),
    dataEncryption: element.text("KMSDataEncryption"),
  });
}

/** Reads the rule that PutBucket's headers ask for, `undefined` if they don't ask for one. */
export function ruleFromHeaders(headers: IncomingHttpHeaders): EncryptionRule | undefined {
  const raw = rawHeaders(headers);
  return raw.algorithm ? checkRule(raw) : undefined;
}

/** Reads the encryption that an object's own headers ask for, `undefined` if they don't ask for one. */
export function objectEncryption(headers: IncomingHttpHeaders): EncryptionRule | undefined {
  const raw = rawHeaders(headers);
  if (!raw.algorithm) return undefined;
  if (!isAlgorithm(raw.algorithm)) throw new OssError("InvalidObjectEncryption");
  return checkRule(raw);
}

/** @throws OssError for an operation that takes no encryption headers but got one */
export function refuseEncryption(headers: IncomingHttpHeaders): void {
  const given = Object.values(encryptionHeaders).find((name) => headers[name] !== undefined);
  if (given !== undefined) throw new OssError("MisplacedEncryptionHeader", { ArgumentName: given });
}

/** Elements in the order of the documentation; unset ones are left out. */
export function ruleToXml(rule: EncryptionRule) {
  const { SSEAlgorithm, KMSDataEncryption, KMSMasterKeyID } = rule;
  return {
    ServerSideEncryptionRule: {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm, KMSDataEncryption, KMSMasterKeyID },
    },
  };
}

/** The headers of an answer about an object: with KMS the key id is always shown. */
export function ruleToHeaders(rule: EncryptionRule | undefined): OutgoingHttpHeaders {
  if (rule === undefined) return {};
  return {
    [encryptionHeaders.algorithm]: rule.SSEAlgorithm,
    ...(rule.SSEAlgorithm === "KMS" && { [encryptionHeaders.keyId]: rule.KMSMasterKeyID ?? managedKeyId }),
    ...(rule.KMSDataEncryption && { [encryptionHeaders.dataEncryption]: rule.KMSDataEncryption }),
  };
}

function rawHeaders(headers: IncomingHttpHeaders): Raw {
  const read = (name: string) => headers[name]?.toString();
  return {
    algorithm: read(encryptionHeaders.algorithm),
    keyId: read(encryptionHeaders.keyId),
    dataEncryption: read(encryptionHeaders.dataEncryption),
  };
}

function isAlgorithm(text: string): text is EncryptionRule["SSEAlgorithm"] {
  return text === "AES256" || text === "KMS" || text === "SM4";
}

function checkRule({ algorithm, keyId, dataEncryption }: Raw): EncryptionRule {
  if (algorithm === undefined || !isAlgorithm(algorithm)) {
    throw new OssError("InvalidEncryptionAlgorithmError");
  }
  if (algorithm !== "KMS") {
    if (keyId) {
      throw new OssError("KeyIdWithoutKms", { ArgumentName: "KMSMasterKeyID", ArgumentValue: keyId });
    }
    return { SSEAlgorithm: algorithm }; // the data encryption is dropped without a word, as the real service does
  }
  if (dataEncryption && dataEncryption !== "SM4") throw new OssError("InvalidDataEncryptionAlgorithmError");
  return {
    SSEAlgorithm: algorithm,
    ...(keyId && { KMSMasterKeyID: keyId }),
    ...(dataEncryption && { KMSDataEncryption: "SM4" }),
  };
}
