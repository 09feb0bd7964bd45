import { randomUUID } from "node:crypto";
import { access, link, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../user-error";

export interface WriteOptions {
  /** Names of files that may be replaced where they exist. */
  replace?: readonly string[];
  signal: AbortSignal;
}

/**
 * Writes files of a folder, all or none, and none by half: under other names first, which are changed when everything
 * is on the disk. Throws {@link UserError} where one exists already or can't be written.
 */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
  { replace = [], signal }: WriteOptions,
): Promise<void> {
  const added = Object.keys(files).filter((name) => !replace.includes(name));
  await refuseExisting(folder, added);
  const id = randomUUID();
  const temporary = (name: string) => join(folder, `.${name}.${id}.tmp`);
  try {
    for (const [name, text] of Object.entries(files)) {
      signal.throwIfAborted();
      await using file = await open(temporary(name), "wx");
      await file.writeFile(text, { signal });
      await file.sync();
    }
    for (const name of Object.keys(files)) {
      await moveIntoPlace(temporary(name), join(folder, name), replace.includes(name));
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || signal.aborted) throw error;
    if (code === "EEXIST") throw exists(folder, added);
    throw new UserError(`${folder} can't be written to (${code}): nothing was written.`);
  } finally {
    // What went wrong before must not be hidden by what goes wrong here.
    for (const name of Object.keys(files)) await rm(temporary(name), { force: true }).catch(() => undefined);
  }
}

export function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** A link, unlike a renaming, fails where somebody has made the file meanwhile. */
async function moveIntoPlace(from: string, to: string, mayReplace: boolean): Promise<void> {
  await (mayReplace ? rename(from, to) : link(from, to));
}

/** Throws {@link UserError} where one of the files exists: better before the work than after it. */
export async function refuseExisting(folder: string, names: readonly string[]): Promise<void> {
  const found = await Promise.all(
    names.map((name) =>
      access(join(folder, name)).then(
        () => [name],
        () => [],
      ),
    ),
  );
  if (found.flat().length > 0) throw exists(folder, found.flat());
}

const exists = (folder: string, names: readonly string[]) =>
  new UserError(
    `${names.map((name) => join(folder, name)).join(", ")}: exists already; --force replaces it.`,
  );
