import { providerText, resourceType } from "pulumi-oss-encryption/oss";
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
    return { type: resourceType, name: one.name, id: one.bucket, inputs: state, outputs: state };
  });
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

/** The same as the stack config that the program of this project's repository reads. */
export function rulesConfig({ resources, withoutRule }: Pick<Plan, "resources" | "withoutRule">): string {
  const entries = (declarations: readonly Declaration[]) =>
    Object.fromEntries(declarations.map((one) => [one.name, rest(one)]));
  const yaml = stringify({ config: { "oss-encryption:rules": entries(resources) } }, { lineWidth: 0 });
  return yaml + proposalLines.of(entries(withoutRule));
}

const proposal =
  "These buckets have no default rule. Remove the comment signs, and the next pulumi up gives them one:";

/** The lines of the config that are a comment below the entries. */
export const proposalLines = {
  prefix: "    # ",
  heading: `    # ${proposal}\n`,
  of: (entries: Record<string, unknown>) =>
    Object.keys(entries).length === 0
      ? ""
      : proposalLines.heading +
        lines(
          stringify(entries, { lineWidth: 0 })
            .trimEnd()
            .split("\n")
            .map((line) => proposalLines.prefix + line),
        ),
};

const lines = (all: readonly string[]) => `${all.join("\n")}\n`;
