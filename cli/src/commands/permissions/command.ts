import { Command, Option } from "@commander-js/extra-typings";
import { OssEncryptionError } from "pulumi-oss-encryption/oss";
import { identify, identityText, type Identity } from "../../buckets/identities";
import type { BucketAddress } from "../../bucket-address";
import { exitCodes, type ExitCode } from "../../exit-codes";
import { notEmpty, repeatable } from "../../option-values";
import { jsonText, type Block, type Cell, type Tone } from "../../output/document";
import { jsonOption, markdownOption, printReport, type Report } from "../../output/format";
import { renderText } from "../../output/text";
import { managedResources, secretText } from "../../pulumi/stack-state";
import { openSession, type Session } from "../../session";
import { exampleHelp, type Context } from "../../subcommand";
import { UserError } from "../../user-error";
import { check, type Tried } from "./check";
import { declaredResources } from "./declared-resources";
import { neededByOthers, permissions as needed, policyDocument, type Permission } from "./policy";
import { joined, leftOut, scopeOfProgram, scopeOfState, type BucketScope } from "./scope";

const description = `Print the least RAM policy that the provider and this command need.

The policy is JSON on stdout; what each action is for is said on stderr. --check tries with the
current credentials what can be tried by reading: whether they may write a rule is not tried.
OSS asks for no KMS action to declare a rule, and takes any CMK id: --check asks KMS whether the
CMK is there and enabled. Exit code: 0, or with --check 2 if something is missing or a CMK can't be
used, and 1 if not everything could be checked.`;

const examples = [
  ["oss-encryption permissions --stack prod", "For the buckets of a stack"],
  ["oss-encryption permissions --read-only", "To audit all buckets"],
  ["oss-encryption permissions --bucket logs --check", "Whether these credentials may read the rule"],
] as const;

export const permissions = (context: Context) =>
  new Command("permissions")
    .summary("print the RAM policy that is needed, or check it")
    .description(description)
    .addOption(new Option("--bucket <name>", "a bucket; repeatable (default: all)").argParser(repeatable))
    .addOption(
      new Option("--stack <name>", "the buckets that this stack manages, and its config")
        .argParser(notEmpty)
        .conflicts("bucket"),
    )
    .option("--cwd <folder>", "folder of the Pulumi project, with --stack", notEmpty, ".")
    .option("--read-only", "only what preview, refresh, drift and audit need")
    .option("--objects", "with what audit --objects needs")
    .option("--check", "check what the current credentials may do, without changing anything")
    .addOption(jsonOption())
    .addOption(markdownOption())
    .addHelpText("after", exampleHelp(examples))
    .action(async (options) => {
      if ((options.json ?? options.markdown) && !options.check) {
        throw new UserError("--json and --markdown need --check: without it the policy is printed, as JSON.");
      }
      const { cwd, stack, readOnly = false, objects = false } = options;
      const session = await openSession({ cwd, stack: stack ? [stack] : [] }, context);
      try {
        const scope = await scopeOf(options.bucket, stack, session, context);
        const all = needed({ ...scope, readOnly, objects });
        if (!options.check) {
          context.progress.clear();
          for (const line of leftOut(scope)) context.progress.say(line);
          context.progress.say(renderText([reasons(all)], context.stderr).trimEnd());
          context.stdout.write(jsonText(policyDocument(all)));
          return;
        }
        context.progress.update("Trying what the credentials may do …");
        const toTry = scope.addresses ?? (await anyBucket(session));
        const connectionRefs = toTry.length > 0 ? toTry : [{ connection: null }];
        const [found, tried] = await Promise.all([
          identify(session.connections, connectionRefs),
          check(all, toTry, scope.untriable, session.connections),
        ]);
        context.signal.throwIfAborted();
        context.progress.clear();
        printReport(checkReport(found, tried, scope), options, context.stdout);
        context.finish(exitCodeOf(tried));
      } finally {
        session.close();
      }
    });

/**
 * The buckets that were named, or that the next `up` of the stack has to do with; before its first one, those that its
 * program declares.
 */
async function scopeOf(
  buckets: string[] | undefined,
  stack: string | undefined,
  { project, states }: Session,
  { progress }: Context,
): Promise<BucketScope> {
  const named = buckets?.map((bucket) => ({ bucket, region: null, connection: null }));
  const state = states.get(stack ?? "");
  if (!project || !state || stack === undefined) {
    return { buckets, addresses: named, untriable: [], hidden: new Set() };
  }
  const ofState = scopeOfState(state);
  if (managedResources(state).length > 0) return ofState;
  progress.update(`Stack ${stack}: asking the program what it declares …`);
  const scope = joined(ofState, scopeOfProgram(await declaredResources(project, stack)));
  if (scope.buckets.length === 0) {
    const isAny = scope.untriable.length > 0;
    const what = isAny ? "only buckets whose names are secret or not known yet" : "no bucket's encryption";
    throw new UserError(
      `Stack ${stack} manages nothing yet, and its program declares ${what}: name buckets with --bucket.`,
    );
  }
  return scope;
}

/** One bucket stands for all; none where they may not be listed, which the check shows by itself. */
async function anyBucket({ connections }: Session): Promise<BucketAddress[]> {
  try {
    for await (const page of connections.own.inventory({}).listBuckets()) {
      return page.slice(0, 1).map((listed) => ({ ...listed, connection: null }));
    }
  } catch (error) {
    if (!(error instanceof OssEncryptionError)) throw error;
  }
  return [];
}

function reasons(all: readonly Permission[]): Block {
  const others = all.some(({ action }) => action.startsWith("kms:")) ? neededByOthers : [];
  const rows = [...all, ...others].map(({ action, reason }) => [action, reason]);
  return { table: { columns: ["action", "for"], rows } };
}

const tones: Record<Tried["result"], Tone> = {
  allowed: "good",
  missing: "bad",
  unknown: "unsure",
  untried: "quiet",
  keyUnusable: "bad",
};
const resultTexts = {
  allowed: "allowed",
  missing: "missing",
  unknown: "could not be checked",
  untried: "not tried",
  keyUnusable: "allowed, but the key is unusable",
};

function exitCodeOf(tried: readonly Tried[]): ExitCode {
  const results = new Set(tried.map(({ result }) => result));
  if (results.has("missing") || results.has("keyUnusable")) return exitCodes.findings;
  return results.has("unknown") ? exitCodes.failed : exitCodes.ok;
}

function checkReport(
  found: readonly Identity[],
  results: readonly Tried[],
  { hidden }: Pick<BucketScope, "hidden">,
): Report {
  const shown = <T extends string | null>(name: T) => (name !== null && hidden.has(name) ? secretText : name);
  const identities = found.map((one) => ({ ...one, connection: shown(one.connection) }));
  const tried = results.map((one) => ({ ...one, bucket: shown(one.bucket) }));
  const rows = tried.map(({ action, bucket, result, reason }): Cell[] => [
    action,
    bucket || "(account)",
    { text: resultTexts[result], tone: tones[result] },
    reason ?? "",
  ]);
  const blocks = [
    { paragraph: { lines: identities.map(identityText) } },
    { table: { columns: ["action", "bucket", "result", "reason"], rows } },
  ];
  return { json: { version: 1, identities, tried }, blocks };
}
