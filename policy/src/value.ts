import { UnknownValueError } from "@pulumi/policy";

/** A value that only the update will know. */
export const UNKNOWN = Symbol("known at the update");
export type Unknown = typeof UNKNOWN;

export type Text = string | undefined | Unknown;
export type Props = Record<string, unknown>;

/** What `pulumi policy analyze --file` shows in place of a secret that it can't decrypt. */
const REDACTED = "[secret]";

/**
 * Reads one property. Absent, null and "" (how the alicloud provider writes "absent") are `undefined`.
 * The SDK throws where a value is unknown; caught here, it ends neither this judgement nor the next one.
 */
export function read(props: Props, key: string): unknown {
  try {
    const value = props[key];
    if (value === REDACTED) return UNKNOWN;
    return value === null || value === "" ? undefined : value;
  } catch (error) {
    if (error instanceof UnknownValueError) return UNKNOWN;
    throw error;
  }
}

export function readText(props: Props, key: string): Text {
  const value = read(props, key);
  return typeof value === "string" || value === UNKNOWN ? value : undefined;
}
