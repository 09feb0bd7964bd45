import type {
  Policy,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { type ConfigOf, type Properties, readConfig, withScope } from "../config/policy-config";
import {
  bucketType,
  type EncryptionRule,
  inlineProperty,
  encryptionRule,
  ignoresInline,
  label,
  ruleProps,
} from "../encryption-rule";
import { inputsOf, noteInputs } from "../stack/declared-inputs";
import { declaredFor, bucketReferences } from "../stack/bucket-reference";
import { type Reporter, reporter } from "../report";
import { type Scope, inScope, within } from "../scope";
import { viewOf } from "../stack/view";
import { Undecided } from "../undecided";
import { type Props, unknownValue, type Unknown, readText } from "../value";
import type { Verdict } from "../verdict";

/** What is asked of every encryption rule, wherever it is declared. */
export interface Requirement<P extends Properties> extends Omit<Policy, "configSchema"> {
  properties: P;
  judge: (rule: EncryptionRule, config: ConfigOf<P>) => Verdict;
  /** Completes "whether the rule of …". */
  asks: string;
  /** The violation as one imperative sentence; `of("x")` is property x and whose it is. */
  violation: (of: (property: string) => string) => string;
  /** Puts a rule right that breaks the requirement, in place. */
  remedy?: (rule: Props, config: ConfigOf<P>) => void;
}

/** The resource that declares a rule. */
interface Declarer {
  urn: string;
  label: string;
  props: Props;
}

const inline = `${inlineProperty}.`;

const declarerOf = (args: ResourceValidationArgs): Declarer => ({
  urn: args.urn,
  label: label(args),
  props: args.props,
});

/** Whether what these inputs hold isn't written to a bucket that exists. */
const leavesRule = (args: ResourceValidationArgs) => args.type === bucketType && ignoresInline(args.opts);

export function encryptionRulePolicy<P extends Properties>(
  requirement: Requirement<P>,
): ResourceValidationPolicy & StackValidationPolicy {
  const { properties, judge, asks, violation, remedy, ...policy } = requirement;

  const judged = (config: ConfigOf<P> & Scope, { urn, props }: Declarer, rule: Props | Unknown): Verdict => {
    const scope = inScope(config, { urn, bucket: readText(props, "bucket") });
    return within(scope, rule === unknownValue ? "undecided" : judge(encryptionRule(rule), config));
  };

  const undecided = new Undecided();

  const tell = (report: Reporter, { urn, label }: Declarer, verdict: Verdict, path = "") =>
    undecided.judge(report, urn, verdict, {
      violation: violation((key) => `${path}${key} of ${label}`),
      undecided: `whether the rule of ${label} ${asks} depends on a value that is not known yet`,
    });

  const remediateResource = (args: ResourceValidationArgs) => {
    if (leavesRule(args)) return undefined;
    const rule = ruleProps(args.type, args.props);
    const config = readConfig(args, policy.name, properties);
    if (rule === undefined || rule === unknownValue || judged(config, declarerOf(args), rule) !== "no") {
      return undefined;
    }
    remedy?.(rule, config);
    return args.props;
  };

  return {
    ...policy,
    configSchema: { properties: withScope(properties) },
    validateResource: (args, reportViolation) => {
      noteInputs(args);
      const rule = ruleProps(args.type, args.props);
      if (rule === undefined) return args.notApplicable("The resource declares no encryption rule.");
      if (leavesRule(args)) {
        return args.notApplicable("Whether the Bucket's own rule counts is seen in the stack as a whole.");
      }
      const declarer = declarerOf(args);
      const verdict = judged(readConfig(args, policy.name, properties), declarer, rule);
      tell(reporter(reportViolation), declarer, verdict, args.type === bucketType ? inline : "");
    },
    // A rule that a Bucket has, but leaves to others, counts only if no other resource declares one.
    validateStack: (args, reportViolation) => {
      const config = readConfig(args, policy.name, properties);
      const report = reporter(reportViolation);
      const view = viewOf(args.resources, inputsOf);
      const references = bucketReferences(view);
      for (const bucket of view.buckets.filter(({ ignoresInline }) => ignoresInline)) {
        const props = inputsOf(bucket.urn) ?? {};
        const rule = ruleProps(bucketType, props);
        const elsewhere = declaredFor(references, bucket);
        if (rule === undefined || elsewhere === "yes") continue;
        const own = judged(config, { ...bucket, props }, rule);
        const verdict = own === "no" && elsewhere === "undecided" ? elsewhere : own;
        tell(report, { ...bucket, props }, verdict, inline);
      }
      undecided.tell(report);
    },
    ...(remedy && { remediateResource }),
  };
}
