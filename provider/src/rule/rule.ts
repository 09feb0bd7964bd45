// What is a rule: which are valid, which are equal, how is one told?

import { printable } from "../printable";

const sseAlgorithms = ["AES256", "KMS", "SM4"] as const;
/** Values OSS takes for `SSEAlgorithm`: AES256 and SM4 with keys managed by OSS, KMS with keys managed by KMS. */
export type SseAlgorithm = (typeof sseAlgorithms)[number];

/** The only value OSS takes for `KMSDataEncryption`; without it KMS-managed keys encrypt with AES256. */
export type KmsDataEncryption = "SM4";

/**
 * A bucket's default encryption rule. The strings are wide on purpose: what OSS returns is shown as it is,
 * also where it is newer than this code. What a program may declare is narrower, see {@link ruleFailures}.
 */
export interface EncryptionRule {
  /** `AES256`, `SM4` or `KMS`. */
  sseAlgorithm: string;
  /** CMK id; absent = the CMK that OSS manages in KMS. */
  kmsMasterKeyId?: string;
  /** Data algorithm under a KMS key; absent = AES256. */
  kmsDataEncryption?: string;
}

/** A rule as OSS shows it. */
export interface LiveRule extends EncryptionRule {
  /** Names of elements that this version does not know. A write makes the whole rule anew, so it drops them. */
  unknownElements?: string[];
}

/** What the engine hands to a provider in preview for a value that is not known yet. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isGiven = (value: unknown) => value !== undefined && value !== null && value !== "";

/**
 * Everything wrong with the three properties of a declared rule: sentences that name the property and what is allowed,
 * never the value. Unknown values are taken to be right.
 */
export function ruleFailures(props: Record<string, unknown>): string[] {
  const { sseAlgorithm, kmsMasterKeyId, kmsDataEncryption } = props;
  const failures: string[] = [];

  if (sseAlgorithm !== unknownValue && !(sseAlgorithms as readonly unknown[]).includes(sseAlgorithm)) {
    const given = isGiven(sseAlgorithm) ? "is not a method OSS knows" : "is required";
    failures.push(`sseAlgorithm ${given}: use "AES256", "SM4" or "KMS" (upper case)`);
  }
  const kms = sseAlgorithm === "KMS" || sseAlgorithm === unknownValue;
  // What is unknown may turn out to be absent.
  if (isGiven(kmsMasterKeyId) && kmsMasterKeyId !== unknownValue) {
    if (!kms) {
      failures.push(`kmsMasterKeyId applies to sseAlgorithm "KMS" only: leave it out`);
    } else if (!isKeyId(kmsMasterKeyId)) {
      failures.push("kmsMasterKeyId must be a CMK id: a string without spaces or control characters");
    }
  }
  if (isGiven(kmsDataEncryption) && kmsDataEncryption !== unknownValue) {
    if (!kms) {
      failures.push(`kmsDataEncryption applies to sseAlgorithm "KMS" only: leave it out`);
    } else if (kmsDataEncryption !== "SM4") {
      failures.push(`kmsDataEncryption must be "SM4", or be left out for AES256`);
    }
  }
  return failures;
}

function isKeyId(value: unknown): boolean {
  // Lone surrogates can't be written as UTF-8 and would come back changed.
  return typeof value === "string" && /^[^\s\p{Cc}\p{Cs}\ufffe\uffff]+$/u.test(value);
}

/** The one form in which a rule is compared, sent and kept: absent properties are absent, not empty. */
export function normalRule(rule: {
  sseAlgorithm: string;
  kmsMasterKeyId?: string | null | undefined;
  kmsDataEncryption?: string | null | undefined;
}): EncryptionRule {
  const { sseAlgorithm, kmsMasterKeyId, kmsDataEncryption } = rule;
  return {
    sseAlgorithm,
    ...(kmsMasterKeyId ? { kmsMasterKeyId } : {}),
    // AES256 is what OSS uses without the element, so spelling it out changes nothing.
    ...(kmsDataEncryption && kmsDataEncryption !== "AES256" ? { kmsDataEncryption } : {}),
  };
}

/** The properties in which two rules differ, in the order of {@link EncryptionRule}; none: they are equal. */
export function ruleDifferences(a: EncryptionRule, b: EncryptionRule): (keyof EncryptionRule)[] {
  const [left, right] = [normalRule(a), normalRule(b)];
  return (["sseAlgorithm", "kmsMasterKeyId", "kmsDataEncryption"] as const).filter(
    (property) => left[property] !== right[property],
  );
}

/** Whether two rules, or the absence of one, mean the same. */
export function sameRule(a: EncryptionRule | undefined, b: EncryptionRule | undefined): boolean {
  return a && b ? ruleDifferences(a, b).length === 0 : a === b;
}

/**
 * A rule in one line for people, such as `KMS with CMK 9468da86-…, data SM4`.
 * A rule that a program declared may hold a key id the program keeps secret: `hideKey` leaves it out.
 */
export function describeRule(rule: EncryptionRule | undefined, options: { hideKey?: boolean } = {}): string {
  if (!rule) return "none";
  const { sseAlgorithm, kmsMasterKeyId, kmsDataEncryption } = normalRule(rule);
  if (sseAlgorithm !== "KMS") return printable(sseAlgorithm);
  const named = options.hideKey ? "the CMK it names" : `CMK ${printable(kmsMasterKeyId ?? "")}`;
  const key = kmsMasterKeyId ? named : "the CMK managed by OSS";
  return `KMS with ${key}${kmsDataEncryption ? `, data ${printable(kmsDataEncryption)}` : ""}`;
}

/** The elements of a rule that this version does not know, for a sentence: `what this version does not know (KeyRotation)`. */
export const describeUnknownElements = (names: readonly string[]): string =>
  `what this version does not know (${names.map((name) => printable(name).slice(0, 64)).join(", ")})`;
