import { OssCallError, type OssEncryptionError } from "../errors";
import type { Inputs } from "../rule/inputs";
import {
  describeRule,
  describeUnknownElements,
  sameRule,
  type EncryptionRule,
  type LiveRule,
} from "../rule/rule";

/** Another rule is about to be replaced by the declared one; undefined: none is. `isOwnKey`: state has the live one's key. */
export function replacedRule(
  declared: Inputs,
  live: LiveRule | undefined,
  isOwnKey: boolean,
): string | undefined {
  if (!live || sameRule(live, declared)) return undefined;
  // The program may keep its key secret, also where another property is what differs.
  const hideKey = isOwnKey || live.kmsMasterKeyId === declared.kmsMasterKeyId;
  const replaced = describeRule(live, { hideKey });
  const next = describeRule(declared, { hideKey: true });
  const { unknownElements = [] } = live;
  const lost = unknownElements.length > 0 ? `; ${describeUnknownElements(unknownElements)} will be lost` : "";
  return (
    `bucket ${declared.bucket}: its default rule ${replaced} is replaced by ` +
    `${next === replaced ? "the same with another CMK" : next}${lost}`
  );
}

/** An import takes over a rule that says more than this version can declare. */
export function unknownInImport(bucket: string, { unknownElements = [] }: LiveRule): string | undefined {
  if (unknownElements.length === 0) return undefined;
  return `bucket ${bucket}: its default rule has ${describeUnknownElements(unknownElements)}; the next change of the rule drops it`;
}

export const stillDeclared = (bucket: string) =>
  `bucket ${bucket}: the program still declares it, so its default rule stays`;

export const mayBeDeclared = (bucket: string) =>
  `bucket ${bucket}: the program declares a bucket of this name at another address, which may be the same one, so its ` +
  "default rule stays";

export const bucketReplaced = (bucket: string) =>
  `bucket ${bucket}: the bucket itself is being replaced, so its default rule stays as long as it does`;

export const removedRule = (bucket: string, rule: EncryptionRule) =>
  `bucket ${bucket}: default rule removed (was ${describeRule(rule, { hideKey: true })}); ` +
  "objects keep the encryption they have";

/** A rule that isn't this stack's to take back. Its key may be one that the program keeps secret, too. */
export function otherRuleStays(bucket: string, declared: EncryptionRule, live: LiveRule): string {
  const found = describeRule(live, { hideKey: true });
  const known = describeRule(declared, { hideKey: true });
  const difference =
    found === known
      ? "names another CMK than this stack's state has"
      : `is ${found}, not ${known} as this stack's state has it`;
  return (
    `bucket ${bucket}: its default rule ${difference}, so it stays; ` +
    "with --refresh (pulumi destroy --refresh) it would have been removed"
  );
}

export const waitingForRemoval = (bucket: string) =>
  `bucket ${bucket}: waiting for another provider resource, which is removing its default rule`;

export const removalHangs = (bucket: string, waitedMs: number) =>
  `bucket ${bucket}: another provider resource has been removing its default rule for ${waitedMs / 60_000} minutes, ` +
  "so this one has written nothing. Run pulumi up again.";

/** The processes of one engine command can't tell each other what they do. */
export const withoutNotes = ({ message }: OssEncryptionError) =>
  `${message} Without that folder a rule may be lost when its resource moves to another provider resource; ` +
  "pulumi up --refresh puts it back.";

/** Looks of a preview that failed, in one line for each reason. */
export function failedLooks(failures: readonly Error[]): string[] {
  const byReason = new Map<string, Error[]>();
  for (const failure of failures) {
    const reason = reasonOf(failure);
    byReason.set(reason, [...(byReason.get(reason) ?? []), failure]);
  }
  return [...byReason.values()].map(([first, ...others]) => {
    const more = others.length > 0 ? ` (and the same for ${others.length} more)` : "";
    return `whether a default rule is about to be replaced is not known${more}: ${first?.message ?? ""}`;
  });
}

/** What failures of many buckets may have in common. */
export function reasonOf(failure: Error): string {
  if (!(failure instanceof OssCallError)) return failure.message;
  const { code, network, status } = failure.failure;
  return code ?? network ?? String(status);
}
