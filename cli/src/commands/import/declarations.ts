import { isDeepStrictEqual } from "node:util";
import { isMap, parse, parseDocument } from "yaml";
import type { Plan } from "./plan";
import {
  entriesOf,
  importFile,
  nativeImportFile,
  program,
  proposalLines,
  rulesConfig,
  statement,
  yamlResources,
  yamlText,
  type YamlForm,
} from "./render";

type Declared = Pick<Plan, "resources" | "withoutRule">;

/** A file's text with more declarations in it. */
export interface Added {
  text: string;
  /** Names that it declares already, in another way: they are left as they are. */
  kept: string[];
}

/** The import that generated files begin with, in whichever form a formatter has left it. */
const importLine = /^import\s*\{\s*BucketEncryption\s*,?\s*\}\s*from\s*["']pulumi-oss-encryption["']/m;

/** Adds to a program that an import has written; undefined: the file is another one, and not to be touched. */
function addToProgram(text: string, { resources, withoutRule }: Declared): Added | undefined {
  if (!importLine.test(text)) return undefined;
  // A resource's name is made of a bucket's, so nothing in it means something else to a regular expression.
  const declares = (name: string, code: string) =>
    new RegExp(`new\\s+BucketEncryption\\(\\s*(["'\`])${name}\\1`).test(code);
  const isComment = (line: string) => /^\s*\/\//.test(line);
  const lines = text.trimEnd().split("\n");
  const code = lines.filter((line) => !isComment(line)).join("\n");
  const added = resources.filter(({ name }) => !declares(name, code));
  const kept = resources.filter((one) => !added.includes(one) && !code.includes(statement(one)));
  // What was proposed for a bucket without a rule has had its time once the bucket has one.
  const others = lines.filter((line) => !isComment(line) || !added.some(({ name }) => declares(name, line)));
  const proposed = withoutRule.filter(({ name }) => !declares(name, others.join("\n")));
  const more = program({ resources: added, withoutRule: proposed }).split("\n").slice(2, -1);
  return { text: `${[...others, ...more].join("\n")}\n`, kept: kept.map(({ name }) => name) };
}

/** Adds to a YAML file that an import has written; undefined: the file is another one, and not to be touched. */
export function addToYaml(
  form: YamlForm,
  text: string,
  { resources, withoutRule }: Declared,
): Added | undefined {
  const comments = proposalLines(form);
  const { declarations, proposals } = withoutProposals(text, comments);
  const document = parseDocument(declarations);
  const entries = document.getIn(form.path);
  const proposed = uncommented(proposals, comments.prefix);
  if (document.errors.length > 0 || !isMap(entries) || proposed === undefined) return undefined;

  const known = entries.toJSON() as Record<string, unknown>;
  const kept: string[] = [];
  for (const one of resources) {
    if (!Object.hasOwn(known, one.name)) document.setIn([...form.path, one.name], form.entry(one));
    else if (!isDeepStrictEqual(known[one.name], form.entry(one))) kept.push(one.name);
  }
  const declared = new Set([...Object.keys(known), ...resources.map(({ name }) => name)]);
  const all = { ...proposed, ...entriesOf(form, withoutRule) };
  const open = Object.entries(all).filter(([name]) => !declared.has(name));
  return { text: document.toString({ lineWidth: 0 }) + comments.of(Object.fromEntries(open)), kept };
}

/** Takes the comments below the heading out of the rest, where some may have lost their signs to become entries. */
function withoutProposals(
  text: string,
  { prefix, heading }: { prefix: string; heading: string },
): { declarations: string; proposals: string[] } {
  const declarations: string[] = [];
  const proposals: string[] = [];
  let isBelowHeading = false;
  for (const line of text.split("\n")) {
    if (`${line}\n` === heading) isBelowHeading = true;
    else if (isBelowHeading && line.startsWith(prefix)) proposals.push(line);
    else declarations.push(line);
  }
  return { declarations: declarations.join("\n"), proposals };
}

/** The entries in comments; undefined: somebody has written something else there. */
function uncommented(lines: readonly string[], prefix: string): Record<string, unknown> | undefined {
  try {
    const entries: unknown = parse(lines.map((line) => line.slice(prefix.length)).join("\n"));
    if (entries !== null && typeof entries !== "object") return undefined;
    return { ...entries };
  } catch {
    return undefined;
  }
}

/** Whether nothing is lost with an import file: all in it is in the stack by now, or to be imported again. */
export function isSpentImport(text: string, names: ReadonlySet<string>): boolean {
  try {
    const { resources } = JSON.parse(text) as { resources: { name: string }[] };
    return resources.every(({ name }) => names.has(name));
  } catch {
    return false;
  }
}

export interface Program {
  /** Name of the file. */
  name: string;
  render: (declared: Declared) => string;
  add: (text: string, declared: Declared) => Added | undefined;
  /** The file for `pulumi import`. */
  imports: (declared: Declared) => string;
  /** What is left to do before the next `pulumi up`, which removes what is in the state and not declared. */
  next: (file: string, isNew: boolean) => string | undefined;
}

const yamlFile = (name: string, form: YamlForm) => ({
  name,
  render: (declared: Declared) => yamlText(form, declared),
  add: (text: string, declared: Declared) => addToYaml(form, text, declared),
});

/** What declares the buckets, by the value of `--program`; `yaml` is the plugin's resource. */
export const programs = {
  typescript: {
    name: "bucket-encryption.ts",
    render: program,
    add: addToProgram,
    imports: importFile,
    // A file that was there before is imported by the program already.
    next: (file, isNew) =>
      isNew
        ? `Before the next pulumi up, import the new file into the program: import "./${file.slice(0, -".ts".length)}";`
        : undefined,
  },
  config: {
    ...yamlFile("oss-encryption.rules.yaml", rulesConfig),
    imports: importFile,
    next: (file) =>
      `Before the next pulumi up, put the entries of ${file} into Pulumi.<stack>.yaml, beside those that are there.`,
  },
  yaml: {
    ...yamlFile("bucket-encryption.yaml", yamlResources),
    imports: nativeImportFile,
    next: (file) =>
      `Before the next pulumi up, declare the resources of ${file} in the program. One in YAML takes them as they are.`,
  },
} satisfies Record<string, Program>;
