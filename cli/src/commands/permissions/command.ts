import { Command, Option } from "@commander-js/extra-typings";
import { OssEncryptionError } from "pulumi-oss-encryption/oss";
import { identify, identityText, type Identity } from "../../buckets/identities";
import type { BucketAddress } from "../../bucket-address";
import { exitCodes, type ExitCode } from "../../exit-codes";
import { notEmpty, repeatable } from "../../option-values";
import { jsonText, type Block, type Cell, type Tone } from "../../output/document";
import { jsonOption, markdownOption, printReport } from "../../output/format";
import { renderText } from "../../output/text";
import { managedResources, secretText } from "../../pulumi/stack-state";
import { openSession, type Session } from "../../session";
import { exampleHelp, type Context } from "../../subcommand";
import { UserError } from "../../user-error";
import { check, type Tried } from "./check";
import { declaredRules } from "./declared";
import { neededByOthers, permissions as needed, policyDocument, type Permission } from "./policy";

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
        const { addresses, keys } = await scopeOf(options.bucket, stack, session, context);
        const buckets = addresses?.map(({ bucket }) => bucket);
        const all = needed({ buckets, keys, readOnly, objects });
        if (!options.check) {
          context.progress.clear();
          context.progress.say(renderText([reasons(all)], context.stderr).trimEnd());
          context.stdout.write(jsonText(policyDocument(all)));
          return;
        }
        context.progress.update("Trying what the credentials may do …");
        const toTry = addresses ?? (await anyBucket(session));
        const connectionRefs = toTry.length > 0 ? toTry : [{ connection: null }];
        const [identities, tried] = await Promise.all([
          identify(session.connections, connectionRefs),
          check(all, toTry, session.connections),
        ]);
        context.signal.throwIfAborted();
        context.progress.clear();
        const report = { json: { version: 1, identities, tried }, blocks: blocks(identities, tried) };
        printReport(report, options, context.stdout);
        context.finish(exitCodeOf(tried));
      } finally {
        session.close();
      }
    });

interface BucketScope {
  /** Undefined: all buckets of the account. */
  addresses?: BucketAddress[];
  /** CMKs of their rules; undefined: not known. */
  keys?: string[] | undefined;
}

/** The buckets that were named, or that the stack manages; before its first `up`, those that its program declares. */
async function scopeOf(
  buckets: string[] | undefined,
  stack: string | undefined,
  { project, states }: Session,
  { progress }: Context,
): Promise<BucketScope> {
  if (stack === undefined) {
    return buckets
      ? { addresses: buckets.map((bucket) => ({ bucket, region: null, connection: null })) }
      : {};
  }
  const state = states.get(stack);
  const managed = state ? managedResources(state) : [];
  if (managed.length > 0 || !project) {
    const keys = managed.flatMap(({ kmsMasterKeyId }) => kmsMasterKeyId ?? []);
    // What a policy and a look need is the true name, whatever else keeps it secret.
    const addresses = managed.map(({ address }) => address);
    return { addresses, keys: keys.includes(secretText) ? undefined : [...new Set(keys)] };
  }
  progress.update(`Stack ${stack}: asking the program what it declares …`);
  const { addresses, keys, unnamed } = await declaredRules(project, stack);
  if (addresses.length === 0) {
    const why = unnamed > 0 ? "only buckets whose names are not known yet" : "no bucket's encryption";
    throw new UserError(
      `Stack ${stack} manages nothing yet, and its program declares ${why}: name buckets with --bucket.`,
    );
  }
  if (unnamed > 0) {
    progress.say(`Not in this policy: ${unnamed} buckets whose names are known only once they are there.`);
  }
  return { addresses, keys };
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

function blocks(identities: readonly Identity[], tried: readonly Tried[]): Block[] {
  const rows = tried.map(({ action, bucket, result, reason }): Cell[] => [
    action,
    bucket || "(account)",
    { text: resultTexts[result], tone: tones[result] },
    reason ?? "",
  ]);
  return [
    { paragraph: { lines: identities.map(identityText) } },
    { table: { columns: ["action", "bucket", "result", "reason"], rows } },
  ];
}
