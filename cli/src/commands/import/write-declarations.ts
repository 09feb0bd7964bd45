import { join } from "node:path";
import { readTextIfAny, writeFiles } from "../../output/files";
import type { ManagedResource } from "../../pulumi/stack-state";
import { UserError } from "../../user-error";
import { isSpentImport, programs, type Program } from "./declarations";
import type { Plan } from "./plan";

const importName = "oss-encryption.import.json";

export interface WrittenFiles {
  /** All files that were written, with their folder. */
  files: string[];
  /** The one for `pulumi import`, with its folder; undefined: there was nothing to import. */
  importFile?: string;
  /** What is left to do with the file that declares the buckets; undefined: nothing. */
  next?: string | undefined;
  /** Names that the file declared already, in another way. */
  kept: string[];
}

/**
 * Writes the import file and the declarations. What an earlier import has declared stays: more is added to its file, and
 * a file that is somebody else's is left alone and another one written beside it.
 */
export async function writeDeclarations(
  { resources, withoutRule }: Pick<Plan, "resources" | "withoutRule">,
  managed: readonly ManagedResource[],
  { out, program }: { out: string; program: keyof typeof programs },
  signal: AbortSignal,
): Promise<WrittenFiles> {
  if (resources.length === 0) return { files: [], kept: [] };
  const names = new Set([...resources, ...managed].map(({ name }) => name));
  const imports = await placeFor(out, importName, (text) => (isSpentImport(text, names) ? text : undefined));
  const { name, render, add, imports: renderImports, next }: Program = programs[program];
  const declared = await placeFor(out, name, (text) => add(text, { resources, withoutRule }));
  const files = {
    [imports.name]: renderImports({ resources, withoutRule }),
    [declared.name]: declared.found?.text ?? render({ resources, withoutRule }),
  };
  const replace = [imports, declared].filter(({ found }) => found !== undefined).map((one) => one.name);
  // The names were free a moment ago; another run finds others.
  await writeFiles(out, files, { replace, ifExists: "run the command again", signal });
  return {
    files: Object.keys(files).map((file) => join(out, file)),
    importFile: join(out, imports.name),
    next: next(declared.name, declared.found === undefined),
    kept: declared.found?.kept ?? [],
  };
}

/** More files of one name than anybody has. */
const mostFiles = 1_000;

/** The name, or with a number the first one that is free or that `use` can do something with: then what it made of it. */
async function placeFor<T>(
  folder: string,
  name: string,
  use: (text: string) => T | undefined,
): Promise<{ name: string; found?: T }> {
  for (let number = 1; number <= mostFiles; number++) {
    const numbered = number === 1 ? name : name.replace(/(?=\.\w+$)/, `-${number}`);
    const text = await readTextIfAny("--out", join(folder, numbered));
    if (text === undefined) return { name: numbered };
    const found = use(text);
    if (found !== undefined) return { name: numbered, found };
  }
  throw new UserError(`--out: ${folder} has ${mostFiles} files named like ${name}.`);
}
