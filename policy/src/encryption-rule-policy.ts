import type { Policy, ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { type ConfigOf, type Properties, readConfig, withScope } from "./config";
import { BUCKET, type EncryptionRule, INLINE, encryptionRule, label, ruleProps } from "./encryption-rule";
import { reporter } from "./report";
import { inScope, within } from "./scope";
import { type Props, UNKNOWN, readText } from "./value";
import type { Verdict } from "./verdict";

/** What is asked of every encryption rule, wherever it is declared. */
export interface Requirement<P extends Properties> extends Omit<Policy, "configSchema"> {
  properties: P;
  judge: (rule: EncryptionRule, config: ConfigOf<P>) => Verdict;
  /** Completes the sentence "Whether the rule of …". */
  asks: string;
  /** The violation as one imperative sentence; `of("x")` is property x and whose it is. */
  violation: (of: (property: string) => string) => string;
  /** Puts a rule right that breaks the requirement, in place. */
  remedy?: (rule: Props, config: ConfigOf<P>) => void;
}

export function encryptionRulePolicy<P extends Properties>(
  requirement: Requirement<P>,
): ResourceValidationPolicy {
  const { properties, judge, asks, violation, remedy, ...policy } = requirement;

  const judged = (args: ResourceValidationArgs, rule: Props | typeof UNKNOWN): Verdict => {
    const config = readConfig(args, policy.name, properties);
    const scope = inScope(config, { urn: args.urn, bucket: readText(args.props, "bucket") });
    return within(scope, rule === UNKNOWN ? "undecided" : judge(encryptionRule(rule), config));
  };

  const remediateResource = (args: ResourceValidationArgs) => {
    const rule = ruleProps(args.type, args.props);
    if (rule === undefined || rule === UNKNOWN || judged(args, rule) !== "no") return undefined;
    remedy?.(rule, readConfig(args, policy.name, properties));
    return args.props;
  };

  return {
    ...policy,
    configSchema: { properties: withScope(properties) },
    validateResource: (args, reportViolation) => {
      const rule = ruleProps(args.type, args.props);
      if (rule === undefined) return args.notApplicable("The resource declares no encryption rule.");
      const verdict = judged(args, rule);
      const report = reporter(reportViolation);
      const path = args.type === BUCKET ? `${INLINE}.` : "";
      if (verdict === "no") report.violation(violation((key) => `${path}${key} of ${label(args)}`));
      if (verdict === "undecided")
        report.undecided(
          `Expect the verdict at the update: whether the rule of ${label(args)} ${asks} depends on a value that is not known yet.`,
        );
    },
    ...(remedy && { remediateResource }),
  };
}
