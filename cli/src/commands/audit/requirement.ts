import { describeRule, type EncryptionRule } from "pulumi-oss-encryption/oss";
import { UserError } from "../../user-error";

/** What every bucket's default rule has to be. */
export interface Requirement {
  /** As it was asked for, such as `kms` or `AES256,KMS`. */
  text: string;
  /** Why a rule does not fulfil it; undefined: it does. */
  failure: (rule: EncryptionRule | null) => string | undefined;
}

const isKms = ({ sseAlgorithm }: EncryptionRule) => sseAlgorithm === "KMS";

const named: Record<string, { isFulfilled: (rule: EncryptionRule) => boolean; wanted: string }> = {
  declared: { isFulfilled: () => true, wanted: "any default rule" },
  kms: { isFulfilled: isKms, wanted: "KMS" },
  "customer-managed-key": {
    isFulfilled: (rule) => isKms(rule) && rule.kmsMasterKeyId !== undefined,
    wanted: "KMS with a CMK of one's own",
  },
};

const algorithms = ["AES256", "KMS", "SM4"];

/** Reads the value of `--require`. Throws {@link UserError} for anything that is not one. */
export function requirement(text: string): Requirement {
  const known = Object.hasOwn(named, text) ? named[text] : listed(text);
  if (!known) {
    throw new UserError(
      `--require must be ${Object.keys(named).join(", ")}, or a list of algorithms such as AES256,KMS ` +
        `(known: ${algorithms.join(", ")}).`,
    );
  }
  const { isFulfilled, wanted } = known;
  const failure = (rule: EncryptionRule | null) => {
    if (!rule) return "no default rule";
    return isFulfilled(rule) ? undefined : `${describeRule(rule)} instead of ${wanted}`;
  };
  return { text, failure };
}

function listed(text: string) {
  const wanted = text.split(",").map((name) => name.trim());
  if (!wanted.every((name) => algorithms.includes(name))) return undefined;
  return {
    isFulfilled: ({ sseAlgorithm }: EncryptionRule) => wanted.includes(sseAlgorithm),
    wanted: wanted.join(" or "),
  };
}
