/** What names of buckets and patterns of them are made of: `*` stands for any text, `?` for one character. */
export const isPattern = (text: string): boolean => /^[a-z0-9_*?-]+$/.test(text);

/** Whether names fit a pattern, which must be one. */
export function matcher(pattern: string): (name: string) => boolean {
  const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  return (name) => expression.test(name);
}
