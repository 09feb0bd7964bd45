// How is one policy configured?

import { hopelessPattern, type Scope, scopeProperties } from "../scope";

/** The part of JSON Schema that the policies' config uses; the engine gets it as it is. */
export type Property =
  | { type: "string"; description: string }
  | { type: "array"; items: { type: "string"; enum?: string[] }; description: string };

export type Properties = Readonly<Record<string, Property>>;

export type ConfigOf<P extends Properties> = {
  readonly [K in keyof P]?: P[K]["type"] extends "array" ? readonly string[] : string;
};

export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    // The SDK shows the stack of an error; of this one, the message is all that helps.
    this.stack = this.message;
  }
}

/** Everything wrong with one policy's config, each a sentence that names the policy and the property. */
export function configProblems(policy: string, properties: Properties, config: object): string[] {
  return Object.entries(config).flatMap(([key, value]: [string, unknown]) => {
    const property = properties[key];
    const wrong = property
      ? mismatch(key, property, value)
      : `is not a property of this policy; it takes ${["enforcementLevel", ...Object.keys(properties)].join(", ")}`;
    return wrong === undefined ? [] : [`${policy}: ${key} ${wrong}.`];
  });
}

/** The properties that a policy takes, among them those of its scope. */
export const withScope = <P extends Properties>(properties: P) => ({ ...scopeProperties, ...properties });

/** @throws ConfigError that lists everything wrong with the policy's config */
export function readConfig<P extends Properties>(
  args: { getConfig(): object },
  policy: string,
  properties: P,
): ConfigOf<P> & Scope {
  const config = args.getConfig();
  const problems = configProblems(policy, withScope(properties), config);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function mismatch(key: string, property: Property, value: unknown): string | undefined {
  if (property.type === "string") return isText(value) ? undefined : "must be a string that is not empty";
  if (!Array.isArray(value) || value.length === 0 || !value.every(isText)) {
    return "must be a list of at least one string, none of them empty";
  }
  if (key in scopeProperties) return hopelessPattern(key, value);
  const allowed = property.items.enum;
  if (!allowed || value.every((item) => allowed.includes(item))) return undefined;
  return `must list only ${allowed.join(", ")}`;
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
