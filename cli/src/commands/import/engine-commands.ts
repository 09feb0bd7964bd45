import type { AlicloudRule } from "../../pulumi/alicloud-rules";
import { urnParts } from "../../pulumi/urn-parts";

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

/**
 * Arguments of the commands, mostly one, that take resources out of a state and leave the rules in OSS as they are. One
 * command takes out all of its resources or none.
 */
export const dropArguments = (resources: readonly AlicloudRule[], stack: string): string[][] =>
  urnParts(resources).map((some) => {
    const force = some.some(({ isProtected }) => isProtected) ? ["--force"] : [];
    return ["state", "delete", ...some.map(({ urn }) => urn), "--stack", stack, "--yes", ...force];
  });
