import { importId, pluginResourceType, providerText, dynamicResourceType } from "pulumi-oss-encryption/oss";
import { stringify } from "yaml";
import type { Declaration, Plan } from "./plan";

/** What is declared of a bucket besides its name; in state and config nothing may be `undefined` or null. */
export const rest = ({ rule, region, connection }: Declaration) => ({
  ...rule,
  ...(region ? { region } : {}),
  ...(connection ? { connection } : {}),
});

/** A bucket's inputs in the normal form in which states hold them. */
const inputs = (one: Declaration) => ({ bucket: one.bucket, ...rest(one) });

/**
 * The file for `pulumi import --file`. With `outputs` the engine reads nothing: it takes the resource as it is written
 * here, which a dynamic resource needs (pulumi 3.254 and later).
 */
export function importFile({ resources }: Pick<Plan, "resources">): string {
  const entries = resources.map((one) => {
    const state = { ...inputs(one), __provider: providerText };
    return { type: dynamicResourceType, name: one.name, id: one.bucket, inputs: state, outputs: state };
  });
  return `${JSON.stringify({ resources: entries }, undefined, 2)}\n`;
}

/**
 * The file for `pulumi import --file` with the plugin's resource: the engine has the plugin read it. The id says how the
 * bucket is reached.
 */
export function nativeImportFile({ resources }: Pick<Plan, "resources">): string {
  const entries = resources.map((one) => ({ type: pluginResourceType, name: one.name, id: importId(one) }));
  return `${JSON.stringify({ resources: entries }, undefined, 2)}\n`;
}

/** TypeScript that declares what the import file imports. */
export function program({ resources, withoutRule }: Pick<Plan, "resources" | "withoutRule">): string {
  const all = ['import { BucketEncryption } from "pulumi-oss-encryption";', "", ...resources.map(statement)];
  if (withoutRule.length > 0) {
    all.push("", `// ${proposal}`, ...withoutRule.map((one) => `// ${statement(one)}`));
  }
  return lines(all);
}

/** The line that declares one. */
export function statement(one: Declaration): string {
  const properties = Object.entries(inputs(one)).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `new BucketEncryption(${JSON.stringify(one.name)}, { ${properties.join(", ")} });`;
}

/** Declarations in a YAML file: where its map of entries is, and what of a bucket an entry holds. */
export interface YamlForm {
  path: readonly string[];
  entry: (one: Declaration) => unknown;
}

/** Stack config that the program of this project's repository reads. */
export const rulesConfig: YamlForm = { path: ["config", "oss-encryption:rules"], entry: rest };

/** Resources of the plugin, as a program in YAML has them. */
export const yamlResources: YamlForm = {
  path: ["resources"],
  entry: (one) => ({ type: pluginResourceType, properties: inputs(one) }),
};

/** The file's text; buckets without a rule are proposed in comments below the entries. */
export function yamlText(
  form: YamlForm,
  { resources, withoutRule }: Pick<Plan, "resources" | "withoutRule">,
): string {
  const content = form.path.reduceRight<unknown>(
    (inner, key) => ({ [key]: inner }),
    entriesOf(form, resources),
  );
  return stringify(content, { lineWidth: 0 }) + proposalLines(form).of(entriesOf(form, withoutRule));
}

export const entriesOf = ({ entry }: YamlForm, declarations: readonly Declaration[]) =>
  Object.fromEntries(declarations.map((one) => [one.name, entry(one)]));

const proposal =
  "These buckets have no default rule. Remove the comment signs, and the next pulumi up gives them one:";

/** The lines of a file that are a comment below the entries, as far in as those are. */
export function proposalLines({ path }: YamlForm) {
  const prefix = `${"  ".repeat(path.length)}# `;
  const heading = `${prefix}${proposal}\n`;
  const commented = (entries: Record<string, unknown>) =>
    stringify(entries, { lineWidth: 0 })
      .trimEnd()
      .split("\n")
      .map((line) => prefix + line);
  return {
    prefix,
    heading,
    of: (entries: Record<string, unknown>) =>
      Object.keys(entries).length === 0 ? "" : heading + lines(commented(entries)),
  };
}

const lines = (all: readonly string[]) => `${all.join("\n")}\n`;
