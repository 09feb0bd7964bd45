import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../support/repository";

/** Every page for users, by path. */
export function pages(): Record<string, string> {
  const folders = ["", "docs", "examples", "provider", "emulator", "policy", "cli"];
  const paths = folders.flatMap((folder) =>
    readdirSync(join(repository, folder))
      .filter((name) => name.endsWith(".md") && name !== "CHANGELOG.md")
      .map((name) => join(folder, name)),
  );
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(repository, path), "utf8")]));
}

/** The code blocks of a page in one of these languages. */
export function blocks(page: string, ...languages: string[]): string[] {
  return [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .filter(([, language]) => languages.includes(language ?? ""))
    .map(([, , text]) => text ?? "");
}
