import { Argument, Command, type CommandUnknownOpts } from "@commander-js/extra-typings";

const summary = "print the script that completes this command in a shell";
const description = `Print the script that completes subcommands and options in a shell.

What it says is evaluated by the shell, for instance in ~/.bashrc or ~/.zshrc. The script calls
oss-encryption, which has to be on PATH then (npm install --global oss-encryption), and in bash
the functions of the package bash-completion.`;

const shells = ["zsh", "bash", "fish", "powershell"] as const;

/**
 * Adds the subcommand that prints the script, and the hidden one that the script asks. What reads all subcommands for it
 * is loaded for these two alone.
 */
export async function addCompletion(
  program: CommandUnknownOpts,
  subcommand: string | undefined,
): Promise<void> {
  if (subcommand !== "completion" && subcommand !== "complete") {
    program.addCommand(
      new Command("completion").summary(summary).addArgument(new Argument("<shell>").choices(shells)),
    );
    return;
  }
  // A suggestion is a line, with what it means in a few words.
  if (subcommand === "complete") {
    for (const command of program.commands) command.description(command.summary());
  }
  const { default: tab } = await import("@bomb.sh/tab/commander");
  tab(program as unknown as Parameters<typeof tab>[0], { completionCommandName: "completion" });
  program.commands
    .find((command) => command.name() === "completion")
    ?.summary(summary)
    .description(description);
}
