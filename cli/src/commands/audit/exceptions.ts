import { parse } from "yaml";
import { isPattern } from "../../buckets/bucket-pattern";
import { readText } from "../../output/files";
import { UserError } from "../../user-error";

/** A bucket, or several, that need not fulfil what is required for some time. */
export interface Exception {
  /** Name of a bucket, or a pattern: `*` stands for any text, `?` for one character. */
  bucket: string;
  reason: string;
  /** The last day that it holds on, by UTC: `2026-12-31`. */
  until: string;
}

/** Reads a file of exceptions, in YAML or JSON. Throws {@link UserError}, naming the entry and what is wrong with it. */
export async function readExceptions(file: string): Promise<Exception[]> {
  return parseExceptions(await readText("--exceptions", file), file);
}

export function parseExceptions(text: string, file: string): Exception[] {
  const refuse = (what: string) => new UserError(`--exceptions: ${file} ${what}.`);
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    throw refuse("is neither YAML nor JSON");
  }
  const { exceptions } = (content ?? {}) as Record<string, unknown>;
  if (!Array.isArray(exceptions)) throw refuse("must have a list named exceptions");
  return exceptions.map((entry: unknown, index) => {
    const mistake = mistakeIn(entry);
    if (mistake !== undefined) throw refuse(`has a mistake in exception ${index + 1}: ${mistake}`);
    const { bucket, reason, until } = entry as Exception;
    return { bucket, reason, until };
  });
}

const fields = ["bucket", "reason", "until"];

function mistakeIn(entry: unknown): string | undefined {
  if (typeof entry !== "object" || entry === null) return `it must have ${fields.join(", ")}`;
  const unknown = Object.keys(entry).find((name) => !fields.includes(name));
  if (unknown !== undefined) return `${unknown} is not one of ${fields.join(", ")}`;
  const { bucket, reason, until } = entry as Record<string, unknown>;
  if (typeof bucket !== "string" || !isPattern(bucket)) {
    return "bucket must be a bucket's name, or a pattern with * and ?";
  }
  if (typeof reason !== "string" || reason.trim() === "") return "reason must be a text";
  if (typeof until !== "string" || !isDay(until)) return "until must be a day such as 2026-12-31";
  return undefined;
}

function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text)
  );
}

/** Whether an exception holds no more at a time. */
export const isOver = ({ until }: Exception, time: Date) => time.toISOString().slice(0, 10) > until;
