/**
 * Splits a `process_command` into program and arguments as the aliyun command line does (config/command_split.go): quotes
 * group, and a backslash takes the next character as it is, but not on Windows, where it stands in paths. No shell reads
 * the command, and shell-quoting libraries know variables and operators, which here are plain characters. Undefined: a
 * quote that is not closed, or a backslash at the end.
 */
export function splitCommand(command: string, isWindows: boolean): string[] | undefined {
  const token = isWindows
    ? /(\s+)|'([^']*)'|"((?:\\"|[^"])*)"|([^\s'"]+)/gy
    : /(\s+)|'([^']*)'|"((?:\\[^]|[^"\\])*)"|((?:\\[^]|[^\s'"\\])+)/gy;
  const words: string[] = [];
  let word: string | undefined;
  let end = 0;
  for (const [text, space, single, double, plain] of command.trim().matchAll(token)) {
    end += text.length;
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const part =
      single ??
      unescape(double, isWindows ? '"' : '\n"\\$`') ??
      unescape(plain, isWindows ? "" : undefined) ??
      "";
    // An escaped line end alone begins no word.
    if (part !== "" || plain === undefined) word = (word ?? "") + part;
  }
  if (end !== command.trim().length) return undefined;
  return word === undefined ? words : [...words, word];
}

/** Takes the backslash off the characters of `among`, or of all; a line end goes with it. */
const unescape = (text: string | undefined, among?: string) =>
  text?.replace(/\\([^])/g, (both, one: string) => {
    if (among !== undefined && !among.includes(one)) return both;
    return one === "\n" ? "" : one;
  });
