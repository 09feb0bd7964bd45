import XMLBuilder from "fast-xml-builder";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { OssError } from "../errors/oss-error";
import type { XmlContent } from "../errors/xml-content";

const builder = new XMLBuilder({ suppressEmptyNode: false });
// References stay as they are: the parser knows only some of them, and XmlElement reads them all.
const parser = new XMLParser({
  processEntities: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: false,
});

/** Writes a document, elements in the order given. */
export function renderXml(content: XmlContent): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(content)}`;
}

/**
 * Reads a document and returns what its root element holds.
 *
 * @throws OssError MalformedXML: not well-formed, another root element, or a document type (whose entities nobody needs here)
 */
export function parseXml(body: string, root: string): XmlElement {
  const text = escapeCdata(body.trimStart());
  const unknownEntity = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i;
  if (/<!DOCTYPE/i.test(text) || unknownEntity.test(text) || XMLValidator.validate(text) !== true) {
    throw new OssError("MalformedXML");
  }
  let document: Record<string, unknown>;
  try {
    document = parser.parse(text) as Record<string, unknown>;
  } catch {
    throw new OssError("MalformedXML"); // nested or named beyond the parser's own limits
  }
  if (!Object.hasOwn(document, root)) throw new OssError("MalformedXML");
  return new XmlElement(document[root]);
}

/** Plain text instead of CDATA sections. One without an end stays, and what follows it: the document is refused. */
function escapeCdata(text: string): string {
  let escaped = "";
  let from = 0;
  for (;;) {
    const start = text.indexOf("<![CDATA[", from);
    const content = start + "<![CDATA[".length;
    const end = start < 0 ? -1 : text.indexOf("]]>", content);
    if (end < 0) return escaped + text.slice(from);
    escaped += text.slice(from, start) + escapeText(text.slice(content, end));
    from = end + "]]>".length;
  }
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Replaces the references to characters, those that XML forbids too: names of objects hold them. */
function readReferences(text: string): string {
  return text.replace(/&(#?\w+);/g, (_all, reference: string) => {
    if (!reference.startsWith("#")) return named[reference.toLowerCase()] ?? "";
    const code = /^#x/i.test(reference)
      ? Number.parseInt(reference.slice(2), 16)
      : Number(reference.slice(1));
    if (!(code <= 0x10ffff)) throw new OssError("MalformedXML");
    return String.fromCodePoint(code);
  });
}

/** An element of a parsed document. */
export class XmlElement {
  constructor(private readonly value: unknown) {}

  /** The child elements of this name, in order. */
  all(name: string): XmlElement[] {
    if (typeof this.value !== "object" || this.value === null || !Object.hasOwn(this.value, name)) return [];
    const children = (this.value as Record<string, unknown>)[name];
    return (Array.isArray(children) ? children : [children]).map((child) => new XmlElement(child));
  }

  /**
   * The one child element of this name, `undefined` if there is none.
   *
   * @throws OssError MalformedXML if there are several
   */
  child(name: string): XmlElement | undefined {
    const children = this.all(name);
    if (children.length > 1) throw new OssError("MalformedXML");
    return children[0];
  }

  /** The texts of the child elements of this name. @throws OssError MalformedXML if one holds elements */
  texts(name: string): string[] {
    return this.all(name).map(({ value }) => {
      if (typeof value !== "string") throw new OssError("MalformedXML");
      return readReferences(value);
    });
  }

  /**
   * The text of the one child element of this name.
   *
   * @throws OssError MalformedXML if it holds elements
   */
  text(name: string): string | undefined {
    const child = this.child(name);
    if (child !== undefined && typeof child.value !== "string") throw new OssError("MalformedXML");
    return child && readReferences(child.value as string);
  }
}
