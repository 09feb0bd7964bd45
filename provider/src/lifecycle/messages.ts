import { OssCallError } from "../errors";
import { printable } from "../printable";
import type { Inputs } from "../rule/inputs";
import { describeRule, sameRule, type EncryptionRule, type LiveRule } from "../rule/rule";

/** Another rule is about to be replaced by the declared one; undefined: none is. */
export function replacedRule(declared: Inputs, live: LiveRule | undefined): string | undefined {
  if (!live || sameRule(live, declared)) return undefined;
  // The program may keep its key secret, also where another property is what differs.
  const replaced = describeRule(live, { hideKey: live.kmsMasterKeyId === declared.kmsMasterKeyId });
  const { unknownElements = [] } = live;
  const lost = unknownElements.length > 0 ? `; ${unknownInWords(unknownElements)} will be lost` : "";
  return (
    `bucket ${declared.bucket}: its default rule ${replaced} is replaced by ` +
    `${describeRule(declared, { hideKey: true })}${lost}`
  );
}

/** An import takes over a rule that says more than this version can declare. */
export function unknownInImport(bucket: string, { unknownElements = [] }: LiveRule): string | undefined {
  if (unknownElements.length === 0) return undefined;
  return `bucket ${bucket}: its default rule has ${unknownInWords(unknownElements)}; the next change of the rule drops it`;
}

const unknownInWords = (names: readonly string[]) =>
  `what this version does not know (${names.map((name) => printable(name).slice(0, 64)).join(", ")})`;

export const stillDeclared = (bucket: string) =>
  `bucket ${bucket}: the program still declares it, so its default rule stays`;

export const bucketReplaced = (bucket: string) =>
  `bucket ${bucket}: the bucket itself is being replaced, so its default rule stays as long as it does`;

export const removedRule = (bucket: string, rule: EncryptionRule) =>
  `bucket ${bucket}: default rule removed (was ${describeRule(rule, { hideKey: true })}); ` +
  "objects keep the encryption they have";

/** A rule that isn't this stack's to take back. */
export function otherRuleStays(bucket: string, declared: EncryptionRule, live: LiveRule): string {
  const hideKey = live.kmsMasterKeyId === declared.kmsMasterKeyId;
  return (
    `bucket ${bucket}: its default rule is ${describeRule(live, { hideKey })}, not ` +
    `${describeRule(declared, { hideKey: true })} as this stack's state has it, so it stays; ` +
    "with --refresh (pulumi destroy --refresh) it would have been removed"
  );
}

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
