import { ConfigurationError } from "../errors";

type Kind = "string" | "boolean" | "object" | "string or number";

export type Fields = Record<string, unknown>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a setting holds that is an object, or the JSON text of one; undefined: it holds anything else. */
export function asObject(value: unknown): Fields | undefined {
  if (typeof value !== "string") return isObject(value) ? value : undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    // The parser's message would quote the value, which may hold a secret.
    return undefined;
  }
}

/**
 * The fields of a setting that must be an object, or its JSON text. Empty and absent fields pass.
 * Throws ConfigurationError, naming `place` and the field but no value, where a field isn't known or of another kind.
 */
export function readFields(value: unknown, place: string, kinds: Readonly<Record<string, Kind>>): Fields {
  const known = Object.keys(kinds).join(", ");
  const fields = asObject(value);
  if (!fields) throw new ConfigurationError(`${place} must be an object with ${known}.`);
  for (const [name, field] of Object.entries(fields)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (!kind) throw new ConfigurationError(`${place} has no ${name}; allowed are ${known}.`);
    if (field === undefined || field === null || field === "") continue;
    if (!isOfKind(field, kind)) {
      throw new ConfigurationError(`${place}: ${name} must be ${kind === "object" ? "an" : "a"} ${kind}.`);
    }
  }
  return fields;
}

function isOfKind(value: unknown, kind: Kind): boolean {
  if (kind === "object") return isObject(value);
  return kind.split(" or ").includes(typeof value);
}
