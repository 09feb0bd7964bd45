import { bucketOf, findObject, versionHeader, xmlAnswer, type Call, type Operation } from "../operation";
import { readObjectTags, tagsToXml, type Tags } from "../tags";

export const getObjectTagging: Operation = {
  name: "GetObjectTagging",
  method: "GET",
  on: "object",
  subresource: "tagging",
  handle(call) {
    const object = findObject(call);
    return xmlAnswer(tagsToXml(object.tags), versionHeader(bucketOf(call), object));
  },
};

/** Replaces all tags. */
export const putObjectTagging: Operation = {
  name: "PutObjectTagging",
  method: "PUT",
  on: "object",
  subresource: "tagging",
  handle: async (call) => setTags(call, readObjectTags(await call.body.text()), 200),
};

export const deleteObjectTagging: Operation = {
  name: "DeleteObjectTagging",
  method: "DELETE",
  on: "object",
  subresource: "tagging",
  handle: (call) => setTags(call, new Map(), 204),
};

function setTags(call: Call, tags: Tags, status: number) {
  const object = findObject(call);
  object.tags = tags;
  return { status, headers: versionHeader(bucketOf(call), object) };
}
