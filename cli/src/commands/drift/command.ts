import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { confirm } from "../../terminal/ask";
import { checkStack } from "./check-stack";
import { engineSignal } from "../../pulumi/engine-signal";
import { fixStack, hasDrifted } from "./fix-stack";
import { Project } from "../../pulumi/project";
import { report, stackBlocks, verdict, type StackReport, type Verdict } from "./report";
import { exitCodes, type ExitCode } from "../../exit-codes";
import { UserError } from "../../user-error";
import { jsonOption, markdownOption, printReport } from "../../output/format";
import { renderText } from "../../output/text";
import { exampleHelp, type Context } from "../../subcommand";

const description = `Compare every bucket of a stack with the default encryption declared for it.

Runs the engine's own refresh as a preview: neither the state nor OSS is changed, and other
resources of the stack are not looked at. What counts as declared is what the last \`pulumi up\`
put into the state. Exit code: 0 no drift, 2 drift, 1 it could not be told.`;

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
        .argParser(nameOfStack)
        .conflicts("all"),
    )
    .option("--all", "check all stacks of the project")
    .option("--cwd <folder>", "folder of the Pulumi project", ".")
    .option("--run-program", "run the program, so that the provider uses the stack's current config")
    .addOption(jsonOption())
    .addOption(markdownOption())
    .option("--fix", "put the declared rules of drifted buckets back, by a targeted pulumi up")
    .option("--yes", "with --fix: don't ask")
    .addHelpText("after", exampleHelp(examples))
    .action(async (flags) => {
      if (flags.yes && !flags.fix) throw new UserError("--yes goes with --fix.");
      if (flags.fix && !flags.yes && !context.stdin.isTTY) {
        throw new UserError("--fix asks before it writes, and there is no terminal: add --yes.");
      }
      const stacks = await run(flags, context);
      context.progress.clear();
      printReport(report(stacks), flags, context.stdout);
      context.finish(exitCodeOf[verdict(stacks)]);
    });

/** An unset variable of a shell must not stand for the selected stack. */
function nameOfStack(name: string, names: string[] | undefined): string[] {
  if (name === "") throw new InvalidArgumentError("A stack has a name.");
  return [...(names ?? []), name];
}

interface Flags {
  stack?: string[] | undefined;
  all?: true | undefined;
  cwd: string;
  runProgram?: true | undefined;
  fix?: true | undefined;
  yes?: true | undefined;
}

async function run(flags: Flags, context: Context): Promise<StackReport[]> {
  const { progress, signal } = context;
  progress.update("Looking for the Pulumi engine …");
  const project = await Project.open(flags.cwd, context.env);
  const names = flags.stack ?? (flags.all ? await project.stackNames() : [await selected(project)]);
  if (names.length === 0) throw new UserError(`The project in ${flags.cwd} has no stacks.`);

  const reports: StackReport[] = [];
  for (const name of new Set(names)) {
    signal.throwIfAborted();
    progress.update(`Stack ${name}: reading its state …`);
    try {
      reports.push(await checkOne(project, name, flags, context));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UserError)) throw error;
      reports.push({ stack: name, status: "failed", reason: error.message });
    }
  }
  return reports;
}

async function selected(project: Project): Promise<string> {
  const name = await project.selectedStack();
  if (name === undefined) throw new UserError("No stack is selected: name one with --stack, or use --all.");
  return name;
}

async function checkOne(
  project: Project,
  name: string,
  flags: Flags,
  context: Context,
): Promise<StackReport> {
  const { progress, stdin, stderr } = context;
  const stack = await project.stack(name);
  const options = {
    runProgram: flags.runProgram ?? false,
    signal: context.signal,
    engineSignal: engineSignal(context.signal, stdin),
    onProgress: (read: number, total: number) =>
      progress.update(`Stack ${name}: ${read} of ${total} buckets read`),
  };
  const found = await checkStack(stack, options);
  const { buckets } = found;
  if (buckets.length === 0) return { stack: name, status: "empty", expected: !flags.all };
  if (!flags.fix || !buckets.some(hasDrifted)) return { stack: name, status: "checked", ...found };

  const ask = (drifted: typeof buckets) => {
    progress.say(renderText(stackBlocks({ stack: name, status: "checked", buckets: drifted }), stderr));
    const what = drifted.length === 1 ? "the declared rule" : `the ${drifted.length} declared rules`;
    return confirm(`Put ${what} back?`, { stdin, stderr, signal: context.signal });
  };
  progress.update(`Stack ${name}: comparing the program with the state …`);
  const fixed = await fixStack(stack, buckets, {
    ...options,
    confirm: (drifted) => (flags.yes ? Promise.resolve(true) : ask([...drifted])),
  });
  return { stack: name, status: "checked", ...found, buckets: fixed };
}
