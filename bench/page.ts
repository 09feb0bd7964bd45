/** A page with other figures between its marks. @throws Error with its path where it has no marks */
export function withFigures(page: string, figures: string, path: string, name = "bench"): string {
  const marks = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
  if (!marks.test(page)) throw new Error(`${path} lacks the marks <!-- ${name} --> and <!-- /${name} -->.`);
  return page.replace(marks, (_, start: string, end: string) => `${start}\n${figures}\n\n${end}`);
}
