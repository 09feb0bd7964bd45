import type { AlicloudResource } from "./alicloud";

/** Arguments of the import: dynamic resources have no schema to generate code from, and the program decides on protection. */
export const importArguments = (file: string, stack: string) => [
  "import",
  "--file",
  file,
  "--stack",
  stack,
  "--generate-code=false",
  "--protect=false",
  "--yes",
  "--skip-preview",
];

/** Resources that one command takes out of a state: a command line has a limit. */
const mostDropped = 500;

/**
 * Arguments of the commands, mostly one, that take resources out of a state and leave the rules in OSS as they are. One
 * command takes out all of its resources or none.
 */
export function dropArguments(resources: readonly AlicloudResource[], stack: string): string[][] {
  const commands: string[][] = [];
  for (let done = 0; done < resources.length; done += mostDropped) {
    const some = resources.slice(done, done + mostDropped);
    const force = some.some(({ isProtected }) => isProtected) ? ["--force"] : [];
    commands.push(["state", "delete", ...some.map(({ urn }) => urn), "--stack", stack, "--yes", ...force]);
  }
  return commands;
}
