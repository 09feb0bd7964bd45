/** A command as a shell takes it. */
export function shellLine(command: string, args: readonly string[]): string {
  const quoted = args.map((arg) =>
    /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`,
  );
  return [command, ...quoted].join(" ");
}

/** Arguments that also name the project's folder, where it is not the one that the shell is in. */
export const inFolder = (args: readonly string[], cwd: string): readonly string[] =>
  cwd === "." ? args : [...args, "--cwd", cwd];

/** What to do about the lock that an engine leaves where it is ended between locking a stack and heeding signals. */
export const unlockAdvice = (stack: string, cwd: string): string =>
  "If pulumi says that the stack is locked, first run " +
  `${shellLine("pulumi", inFolder(["cancel", "--stack", stack, "--yes"], cwd))}.`;
