import { createHash } from "node:crypto";
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { OssEncryptionError } from "../errors";
import { mayBeSame, type Place } from "./place";

/** What a process tells the others of the same engine command about a bucket. */
export interface Note {
  event:
    | "declared"
    /** Declared, whole, and as it is in state. */
    | "settled"
    /** Declared, and made sure of in OSS. */
    | "live"
    | "removal began"
    | "removal ended"
    /** The rule has been removed, or may have been. */
    | "removed";
  /** Digest of the declared rule, with `settled`. */
  rule?: string;
}

/** A note of another process. */
export interface OthersNote extends Note {
  process: number;
  cloud: string;
}

/** What the processes of one engine command know of each other: the engine starts one for each provider resource. */
export interface RunNotes {
  add(place: Place, note: Note): void;
  /** Notes of the other processes that still run, about a bucket, oldest first for each of them. */
  about(place: Place): OthersNote[];
}

const mostTries = 100;

/** For a process that has no others beside it. */
export const noNotes: RunNotes = { add: () => undefined, about: () => [] };

/** A file of another process, as far as it has been read. */
interface Read {
  offset: number;
  rest: string;
  notes: { bucket: string; note: OthersNote }[];
}

/**
 * Notes in one file for each process, in a private folder named after the engine's address, which is the same in all
 * processes of a command and differs between two commands. They hold digests of buckets and rules, since a program may
 * keep names and keys secret. Files of processes that have ended don't count, and are removed by the next one.
 */
export class NoteFiles implements RunNotes {
  readonly #folder: string;
  readonly #file: string;
  readonly #others = new Map<string, Read>();
  /** A disk that was full may have taken half a line. */
  #isTorn = false;

  /** Throws OssEncryptionError where there can be no such folder. */
  constructor(
    engineAddress: string,
    private readonly root: string = join(tmpdir(), `pulumi-oss-encryption-${owner()}-${hostname()}`),
    private readonly pid: number = process.pid,
  ) {
    this.#folder = join(root, engineAddress.replace(/[^\w.-]/g, "_"));
    this.#file = join(this.#folder, String(pid));
    // Anything there is of an earlier process with this number.
    this.#write("", "w");
    removeLeftovers(root);
  }

  add({ bucket, cloud }: Place, note: Note): void {
    const line = JSON.stringify({ bucket: digest(bucket), cloud, ...note });
    const start = this.#isTorn ? "\n" : "";
    this.#isTorn = true;
    this.#write(`${start}${line}\n`, "a");
    this.#isTorn = false;
  }

  /** Until the first file is in them, another process that ends or begins may take the empty folders away. */
  #write(text: string, flag: "w" | "a"): void {
    for (let tries = 1; ; tries++) {
      try {
        for (const folder of [this.root, this.#folder]) makePrivateFolder(folder);
        writeFileSync(this.#file, text, { flag, mode: 0o600 });
        return;
      } catch (error) {
        if (error instanceof OssEncryptionError) throw error;
        const { code = "unknown error" } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" && tries < mostTries) continue;
        throw new OssEncryptionError(`${this.#file} can't be written (${code}).`, { cause: error });
      }
    }
  }

  about(place: Place): OthersNote[] {
    const asked = { bucket: digest(place.bucket), cloud: place.cloud };
    return readFolder(this.#folder)
      .map(Number)
      .filter((pid) => pid !== this.pid && isAlive(pid))
      .flatMap((pid) => this.#read(pid).notes)
      .filter(({ bucket, note }) => mayBeSame({ bucket, cloud: note.cloud }, asked))
      .map(({ note }) => note);
  }

  /** Takes the notes away, and the folders with the last ones. */
  close(): void {
    rmSync(this.#file, { force: true });
    for (const folder of [this.#folder, this.root]) removeIfEmpty(folder);
  }

  /** Files only grow, so what has been read once is kept. */
  #read(pid: number): Read {
    const name = String(pid);
    const read = this.#others.get(name) ?? { offset: 0, rest: "", notes: [] };
    this.#others.set(name, read);
    const added = readFrom(join(this.#folder, name), read.offset);
    read.offset += added.length;
    const lines = (read.rest + added.toString("utf8")).split("\n");
    read.rest = lines.pop() ?? "";
    for (const { bucket, ...note } of lines.flatMap(parsed)) {
      read.notes.push({ bucket, note: { ...note, process: pid } });
    }
    return read;
  }
}

/** Nothing of half a line: what it was to note was not done. */
function parsed(line: string): (OthersNote & { bucket: string })[] {
  try {
    return [JSON.parse(line) as OthersNote & { bucket: string }];
  } catch {
    return [];
  }
}

/** What stands in notes for something that a program may keep secret. */
export const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Part of a folder's name in a place that users share. */
const owner = () => String(process.getuid?.() ?? "user");

function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  // Somebody else's would let them hide what is declared here. Windows has temporary folders of its own for each user.
  const isOwn = process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o077) === 0);
  if (!stat.isDirectory() || !isOwn) {
    throw new OssEncryptionError(
      `${folder} must be a folder that belongs to the user who runs Pulumi, and to nobody else: remove it, or set TMPDIR.`,
    );
  }
}

/** Files of processes that have ended, and folders of engines whose processes all have; as far as that can be done. */
function removeLeftovers(root: string): void {
  for (const name of readFolder(root)) {
    const folder = join(root, name);
    try {
      const ended = readFolder(folder).filter((file) => !isAlive(Number(file)));
      for (const file of ended) rmSync(join(folder, file), { force: true });
    } catch {
      // Nothing that this package has made.
    }
    removeIfEmpty(folder);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What is in a folder; nothing where there is none. */
function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Another process has notes there, or was quicker.
  }
}

function readFrom(file: string, offset: number): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
  try {
    const chunks: Buffer[] = [];
    for (let at = offset; ;) {
      const chunk = Buffer.alloc(64 * 1024);
      const length = readSync(descriptor, chunk, 0, chunk.length, at);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
      at += length;
    }
  } finally {
    closeSync(descriptor);
  }
}
