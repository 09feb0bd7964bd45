import { Command, Option } from "@commander-js/extra-typings";
import { exitCodes, type ExitCode } from "../../exit-codes";
import { notEmpty, repeatable } from "../../option-values";
import { jsonOption, markdownOption, printReport } from "../../output/format";
import { renderText } from "../../output/text";
import { Project } from "../../pulumi/project";
import { exampleHelp, type Context } from "../../subcommand";
import { ask } from "../../terminal/ask";
import { UserError } from "../../user-error";
import type { ComparedBucket } from "./compare-buckets";
import { compareStack } from "./compare-stack";
import { fixStack, lookAgain } from "./fix-stack";
import { hasDrifted } from "./fixed-bucket";
import { lookAtAllAgain } from "./last-look";
import { driftReport, stackBlocks, verdict, type StackReport, type Verdict } from "./report";

const description = `Compare every bucket of a stack with the default encryption declared for it.

The declared rule is the one that the last \`pulumi up\` put into the state; the live one is read with
the credentials and the config that the provider would use. No program runs, other resources are
not looked at, and neither the state nor OSS is changed. Exit code: 0 no drift, 2 drift, or a change
of a bucket's resource that was begun and not ended, 1 not everything could be compared.`;

const examples = [
  ["oss-encryption drift --stack prod", "One stack"],
  ["oss-encryption drift --all --cwd infra --json", "All stacks of the project in a folder, for a program"],
  ["oss-encryption drift --stack prod --fix", "Put the declared rules back, asking first"],
] as const;

const exitCodeOf: Record<Verdict, ExitCode> = {
  none: exitCodes.ok,
  drift: exitCodes.findings,
  unknown: exitCodes.failed,
};

export const drift = (context: Context) =>
  new Command("drift")
    .summary("compare buckets with what is declared")
    .description(description)
    .addOption(
      new Option("--stack <name>", "a stack to check; repeatable (default: the selected one)")
        .argParser(repeatable)
        .conflicts("all"),
    )
    .option("--all", "check all stacks of the project")
    .option("--cwd <folder>", "folder of the Pulumi project", notEmpty, ".")
    .addOption(new Option("--run-program").hideHelp())
    .addOption(jsonOption())
    .addOption(markdownOption())
    .option("--fix", "put the declared rules of drifted buckets back, by a targeted pulumi up")
    .option("--yes", "with --fix: don't ask")
    .addHelpText("after", exampleHelp(examples))
    .action(async (options) => {
      if (options.yes && !options.fix) throw new UserError("--yes needs --fix.");
      if (options.fix && !options.yes && !context.stdin.isTTY) {
        throw new UserError("--fix asks before it writes, and there is no terminal: add --yes.");
      }
      if (options.runProgram) {
        context.progress.say(
          "oss-encryption: --run-program is no longer needed: drift reads by itself, with the stack's current config.",
        );
      }
      const stacks = await run(options, context);
      context.progress.clear();
      printReport(driftReport(stacks, options.cwd), options, context.stdout);
      context.finish(exitCodeOf[verdict(stacks)]);
    });

interface DriftOptions {
  stack?: string[] | undefined;
  all?: true | undefined;
  cwd: string;
  fix?: true | undefined;
  yes?: true | undefined;
}

async function run(options: DriftOptions, context: Context): Promise<StackReport[]> {
  const { progress, signal } = context;
  progress.update("Looking for the Pulumi engine …");
  const project = await Project.open(options.cwd, context);
  const names = await stackNames(project, options);
  const reports: StackReport[] = [];
  for (const name of new Set(names)) {
    signal.throwIfAborted();
    try {
      reports.push(await checkOne(project, name, options, context));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UserError)) throw error;
      reports.push({ stack: name, status: "failed", reason: error.message });
    }
  }
  return lookAtAllAgain(reports, async (name) => lookAgain(await project.stack(name), context));
}

async function stackNames(project: Project, { stack, all, cwd }: DriftOptions): Promise<string[]> {
  if (stack) return stack;
  if (all) {
    const names = await project.stackNames();
    if (names.length === 0) throw new UserError(`The project in ${cwd} has no stacks.`);
    return names;
  }
  const selected = await project.selectedStack();
  if (selected === undefined) {
    throw new UserError("No stack is selected: name one with --stack, or use --all.");
  }
  return [selected];
}

async function checkOne(
  project: Project,
  name: string,
  options: DriftOptions,
  context: Context,
): Promise<StackReport> {
  const { progress, signal, stdin, stderr } = context;
  const stack = await project.stack(name);
  const compared = await compareStack(stack, context);
  const { buckets } = compared;
  if (buckets.length === 0) return { stack: name, status: "empty", expected: !options.all };
  if (!options.fix || !buckets.some(hasDrifted)) return { stack: name, status: "checked", buckets };

  const askPerson = (drifted: readonly ComparedBucket[]) => {
    const shown: StackReport = { stack: name, status: "checked", buckets: [...drifted] };
    progress.say(renderText(stackBlocks(shown), stderr));
    const what = drifted.length === 1 ? "the declared rule" : `the ${drifted.length} declared rules`;
    return ask(`Put ${what} back?`, { stdin, stderr, signal });
  };
  const fixed = await fixStack(stack, compared, {
    context,
    cwd: options.cwd,
    ask: options.yes ? () => Promise.resolve(true) : askPerson,
  });
  return { stack: name, status: "checked", buckets: fixed };
}
