import { OssError } from "../errors/oss-error";
import { parseXml } from "../requests/xml";

export type Tags = ReadonlyMap<string, string>;

const longestKey = 128;
const longestValue = 256;

/** Reads a body of tags. @throws OssError MalformedXML; InvalidTag for more or longer ones than there may be */
export function readTags(body: string, most: number): Tags {
  const listed = parseXml(body, "Tagging").child("TagSet")?.all("Tag") ?? [];
  return checkTags(
    listed.map((tag) => [tag.text("Key") ?? "", tag.text("Value") ?? ""] as const),
    most,
  );
}

/** Reads `x-oss-tagging`, written like a query. */
export function readTagHeader(text = ""): Tags {
  return checkTags([...new URLSearchParams(text)], 10);
}

export function tagsToXml(tags: Tags) {
  return { Tagging: { TagSet: { Tag: [...tags].map(([Key, Value]) => ({ Key, Value })) } } };
}

function checkTags(pairs: readonly (readonly [key: string, value: string])[], most: number): Tags {
  const wrong = pairs.find(
    ([key, value]) => key === "" || key.length > longestKey || value.length > longestValue,
  );
  const tags = new Map(pairs);
  if (wrong || tags.size < pairs.length || pairs.length > most) throw new OssError("InvalidTag");
  return tags;
}
