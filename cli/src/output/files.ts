import { randomUUID } from "node:crypto";
import { access, link, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../user-error";

export interface WriteOptions {
  /** Names of files that may be replaced where they exist. */
  replace?: readonly string[];
  /** What to do where a file that may not be replaced exists, as the end of a sentence. */
  ifExists: string;
  signal: AbortSignal;
}

/**
 * Writes files of a folder, all or none, and none by half: under other names first, which are changed when everything
 * is on the disk. Throws {@link UserError} where one exists already or can't be written.
 */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
  { replace = [], ifExists, signal }: WriteOptions,
): Promise<void> {
  const added = Object.keys(files).filter((name) => !replace.includes(name));
  const replaced = Object.keys(files).filter((name) => replace.includes(name));
  await refuseExisting(folder, added, ifExists);
  const id = randomUUID();
  const temporary = (name: string) => join(folder, `.${name}.${id}.tmp`);
  const placed: string[] = [];
  try {
    for (const [name, text] of Object.entries(files)) {
      signal.throwIfAborted();
      await using file = await open(temporary(name), "wx");
      await file.writeFile(text, { signal });
      await file.sync();
    }
    // New ones first: they can be taken back.
    for (const name of [...added, ...replaced]) {
      const move = replace.includes(name) ? rename : add;
      await move(temporary(name), join(folder, name));
      placed.push(name);
    }
  } catch (error) {
    for (const name of placed.filter((one) => added.includes(one))) {
      await rm(join(folder, name), { force: true }).catch(() => undefined);
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || signal.aborted) throw error;
    if (code === "EEXIST") throw exists(folder, added, ifExists);
    const stay = placed.filter((one) => replaced.includes(one));
    const what = stay.length > 0 ? `only ${stay.join(", ")} was written` : "nothing was written";
    throw new UserError(`${folder} can't be written to (${code}): ${what}.`);
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

/** A file's text. Throws {@link UserError}, naming the option that the file is from, where it can't be read. */
export async function readText(option: string, path: string): Promise<string> {
  const text = await readTextIfAny(option, path);
  if (text === undefined) throw unreadable(option, path, "ENOENT");
  return text;
}

/** As {@link readText}; undefined: there is no such file. */
export async function readTextIfAny(option: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw unreadable(option, path, code);
  }
}

const unreadable = (option: string, path: string, code: string) =>
  new UserError(`${option}: ${path} can't be read (${code}).`);

/** How file systems without hard links, as on memory cards and network shares, refuse one. */
const noLinks = new Set<unknown>(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** A link, unlike a renaming, fails where somebody has made the file meanwhile; where there are none, the name is taken first. */
async function add(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!noLinks.has((error as NodeJS.ErrnoException).code)) throw error;
    await (await open(to, "wx")).close();
    await rename(from, to).catch(async (failure: unknown) => {
      await rm(to, { force: true });
      throw failure;
    });
  }
}

/** Throws {@link UserError} where one of the files exists: better before the work than after it. */
export async function refuseExisting(
  folder: string,
  names: readonly string[],
  ifExists: string,
): Promise<void> {
  const found = await Promise.all(
    names.map((name) =>
      access(join(folder, name)).then(
        () => [name],
        () => [],
      ),
    ),
  );
  if (found.flat().length > 0) throw exists(folder, found.flat(), ifExists);
}

const exists = (folder: string, names: readonly string[], ifExists: string) =>
  new UserError(`${names.map((name) => join(folder, name)).join(", ")}: exists already; ${ifExists}.`);
