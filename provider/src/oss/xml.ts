import { parseStringPromise } from "xml2js";

/** An answer's body is not what OSS documents; `message` completes the sentence "OSS answered with …". */
export class UnexpectedBodyError extends Error {
  override name = "UnexpectedBodyError";
}

export type Element = Record<string, unknown>;

export const isElement = (value: unknown): value is Element =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The root element of a body, which must have this name. */
export async function parse(body: Buffer, root: string): Promise<Element> {
  const text = body.toString("utf8");
  if (text.trim() === "") throw new UnexpectedBodyError("an empty body");
  // OSS sends no document type; refusing it here is simpler than trusting a parser's handling of entities.
  if (/<!DOCTYPE/i.test(text)) throw new UnexpectedBodyError("a document type declaration, which is refused");
  let document: unknown;
  try {
    document = await parseStringPromise(text, { explicitArray: false, ignoreAttrs: true });
  } catch {
    throw new UnexpectedBodyError("a body that is not well-formed XML");
  }
  const element = isElement(document) ? document[root] : undefined;
  if (!isElement(element)) throw new UnexpectedBodyError(`a body that is not a <${root}>`);
  return element;
}

/** The text of a child; `undefined` where there is none. */
export function leaf(element: Element, name: string): string | undefined {
  const value = element[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string") throw new UnexpectedBodyError(`a ${name} that is not plain text`);
  return value;
}

/** The children of one name. */
export function children(element: Element, name: string): Element[] {
  // An empty element is read as an empty text.
  const found = [element[name] ?? []].flat().filter((child) => child !== "");
  if (!found.every(isElement)) throw new UnexpectedBodyError(`a ${name} that is plain text`);
  return found;
}
