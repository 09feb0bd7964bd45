import { OssError } from "../errors/oss-error";
import { parseXml } from "../requests/xml";

export type Tags = ReadonlyMap<string, string>;

const longestKey = 128;
const longestValue = 256;
const allowed = /^[\p{L}\p{N} +\-=._:/]*$/u;

/** Reads a bucket's tags. @throws OssError MalformedXML; InvalidTag for more or longer ones than there may be */
export function readBucketTags(body: string): Tags {
  return checkTags(readPairs(body), 20, isShort);
}

/** Reads an object's tags, which know fewer characters. @throws OssError MalformedXML or InvalidTag */
export function readObjectTags(body: string): Tags {
  return checkTags(readPairs(body), 10, isTag);
}

/** Reads `x-oss-tagging`, written like a query. */
export function readTagHeader(text = ""): Tags {
  return checkTags([...new URLSearchParams(text)], 10, isTag);
}

export function tagsToXml(tags: Tags) {
  return { Tagging: { TagSet: { Tag: [...tags].map(([Key, Value]) => ({ Key, Value })) } } };
}

type Pair = readonly [key: string, value: string];

/** Whether an object may have this tag. */
function isTag(pair: Pair): boolean {
  return isShort(pair) && pair.every(isTagText);
}

/** Whether key or value of an object's tag may be written so. */
export function isTagText(text: string): boolean {
  return allowed.test(text);
}

function isShort([key, value]: Pair): boolean {
  return key !== "" && key.length <= longestKey && value.length <= longestValue;
}

function readPairs(body: string): Pair[] {
  const listed = parseXml(body, "Tagging").child("TagSet")?.all("Tag") ?? [];
  return listed.map((tag) => [tag.text("Key") ?? "", tag.text("Value") ?? ""]);
}

function checkTags(pairs: readonly Pair[], most: number, isAllowed: (pair: Pair) => boolean): Tags {
  const tags = new Map(pairs);
  if (tags.size < pairs.length || pairs.length > most || !pairs.every(isAllowed)) {
    throw new OssError("InvalidTag");
  }
  return tags;
}
