import type { Policy, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { readConfig, withScope } from "../config/policy-config";
import { inputsOf, noteInputs } from "../stack/declared-inputs";
import { reporter } from "../report";
import { inScope, within } from "../scope";
import { type StackView, viewOf } from "../stack/view";
import { type Sentences, Undecided } from "../undecided";
import type { Text } from "../value";
import type { Verdict } from "../verdict";

/** The verdict on one resource of the stack, and the sentence to show for it. */
export interface Finding extends Sentences {
  verdict: Verdict;
  urn: string;
  /** The bucket name that decides whether the policy applies. */
  bucket: Text;
  /** Advice to give at once where the verdict is undecided. */
  advice?: string | undefined;
}

export interface StackPolicy extends Omit<Policy, "configSchema"> {
  judge: (view: StackView) => readonly Finding[];
}

/** A policy about the stack as a whole: it notes what each resource declares, and judges at the end. */
export function stackPolicy({
  judge,
  ...policy
}: StackPolicy): ResourceValidationPolicy & StackValidationPolicy {
  return {
    ...policy,
    configSchema: { properties: withScope({}) },
    validateResource: (args) => {
      noteInputs(args);
      args.notApplicable("This policy judges the stack as a whole, once all resources are known.");
    },
    validateStack: (args, reportViolation) => {
      const config = readConfig(args, policy.name, {});
      const report = reporter(reportViolation);
      const undecided = new Undecided();
      for (const finding of judge(viewOf(args.resources, inputsOf))) {
        const verdict = within(inScope(config, finding), finding.verdict);
        const advice = verdict === "undecided" && finding.advice;
        if (advice) report.undecided(advice, finding.urn);
        else undecided.judge(report, finding.urn, verdict, finding);
      }
      undecided.tell(report);
    },
  };
}
