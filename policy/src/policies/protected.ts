import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { readConfig, withScope } from "../config/policy-config";
import { isBucketEncryption, isDeclared, label, documentation } from "../encryption-rule";
import { reporter } from "../report";
import { inScope, within } from "../scope";
import { Undecided } from "../undecided";
import { readText } from "../value";
import { verdict } from "../verdict";

const undecided = new Undecided();

const name = "oss-bucket-encryption-protected";

/** Every BucketEncryption has the resource option `protect`. Off until a level is given. */
export const protectedFromDeletion: ResourceValidationPolicy & StackValidationPolicy = {
  name,
  displayName: "OSS default encryption is protected from deletion",
  // retainOnDelete would do as well, but the engine tells policies only of protect.
  description: "Check that every BucketEncryption has the resource option protect.",
  enforcementLevel: "disabled",
  severity: "low",
  tags: ["oss", "encryption"],
  remediationSteps: "Add { protect: true } to the resource options.",
  url: documentation,
  configSchema: { properties: withScope({}) },
  validateResource: (args, reportViolation) => {
    if (!isBucketEncryption(args.type) || !isDeclared(args.type, args.props)) {
      return args.notApplicable("The resource declares no BucketEncryption.");
    }
    const scope = inScope(readConfig(args, name, {}), {
      urn: args.urn,
      bucket: readText(args.props, "bucket"),
    });
    undecided.judge(reporter(reportViolation), args.urn, within(scope, verdict(args.opts.protect)), {
      violation: `Add { protect: true } to the options of ${label(args)}: removing it would remove the bucket's default encryption.`,
      undecided: `whether ${label(args)} has to be protected depends on a bucket name that is not known yet`,
    });
  },
  validateStack: (_args, reportViolation) => undecided.tell(reporter(reportViolation)),
};
