import { readFile, writeFile } from "node:fs/promises";

/** A page with other figures between its marks. @throws Error with its path where it has no marks */
export function withFigures(page: string, figures: string, path: string, name = "bench"): string {
  const marks = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
  if (!marks.test(page)) throw new Error(`${path} lacks the marks <!-- ${name} --> and <!-- /${name} -->.`);
  return page.replace(marks, (_, start: string, end: string) => `${start}\n${figures}\n\n${end}`);
}

/** Puts figures between the marks of the page at a path. @throws Error like {@link withFigures} */
export async function writeFigures(path: string, figures: string, name?: string): Promise<void> {
  await writeFile(path, withFigures(await readFile(path, "utf8"), figures, path, name));
}

/** For before the work, which takes up to an hour: a page without marks is a mistake that shows at once. @throws Error like {@link withFigures} */
export async function checkMarks(path: string, name?: string): Promise<void> {
  withFigures(await readFile(path, "utf8"), "", path, name);
}
