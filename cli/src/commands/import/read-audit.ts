import { readFile } from "node:fs/promises";
import type { BucketAddress } from "../../bucket-address";
import { UserError } from "../../user-error";

/** The buckets in the JSON that `audit --json` printed. Throws {@link UserError} where the file isn't one. */
export async function readAudit(file: string): Promise<BucketAddress[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(
      `--from: ${file} can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).`,
    );
  }
  return parseAudit(text, file);
}

export function parseAudit(text: string, file: string): BucketAddress[] {
  const refuse = () => new UserError(`--from: ${file} is not what oss-encryption audit --json prints.`);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw refuse();
  }
  const { version, buckets } = (content ?? {}) as Record<string, unknown>;
  if (version !== 1 || !Array.isArray(buckets)) throw refuse();
  return buckets.map((entry: unknown) => {
    const { bucket, region, connection } = (entry ?? {}) as Record<string, unknown>;
    if (typeof bucket !== "string") throw refuse();
    return {
      bucket,
      region: typeof region === "string" ? region : null,
      connection: typeof connection === "string" ? connection : null,
    };
  });
}
