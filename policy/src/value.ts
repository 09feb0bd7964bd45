/** A value that only the update will know. */
export const unknownValue = Symbol("known at the update");
export type Unknown = typeof unknownValue;

export type Text = string | undefined | Unknown;
export type Props = Record<string, unknown>;

/** What `pulumi policy analyze --file` shows in place of a secret that it can't decrypt. */
const redacted = "[secret]";

/** Reads one property. Absent, null and "" (how the alicloud provider writes "absent") are `undefined`. */
export function read(props: Props, key: string): unknown {
  const value = readRaw(props, key);
  if (value === redacted) return unknownValue;
  return value === null || value === "" ? undefined : value;
}

/** Whether only the update will know one of the properties. */
export function hasUnknown(props: Props): boolean {
  return Object.keys(props).some((key) => readRaw(props, key) === unknownValue);
}

/** The SDK throws where a value is unknown; caught here, it ends neither this judgement nor the next one. */
function readRaw(props: Props, key: string): unknown {
  try {
    return props[key];
  } catch (error) {
    if (isOfUnknown(error)) return unknownValue;
    throw error;
  }
}

/** Told by its mark, not by its class: in a pack that takes another version of the SDK, that one throws. */
function isOfUnknown(error: unknown): boolean {
  return error instanceof Error && "unknownTypeSentinel" in error;
}

export function readText(props: Props, key: string): Text {
  const value = read(props, key);
  return typeof value === "string" || value === unknownValue ? value : undefined;
}
