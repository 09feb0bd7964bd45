import { nameEncoder } from "../object-lists";
import { bucketOf, xmlAnswer, type Operation } from "../operation";
import { OssError } from "../../errors/oss-error";
import { parseXml } from "../../requests/xml";

const longestBody = 2 * 1024 ** 2;
const mostKeys = 1000;

/** Keys that don't exist count as deleted. */
export const deleteMultipleObjects: Operation = {
  name: "DeleteMultipleObjects",
  method: "POST",
  on: "bucket",
  subresource: "delete",
  action: "oss:DeleteObject",
  async handle(call) {
    const { objects } = bucketOf(call);
    const encode = nameEncoder(call.request.query);
    const request = parseXml(await call.body.text(longestBody), "Delete");
    const keys = request.all("Object").map((object) => object.text("Key"));
    if (keys.length === 0 || keys.length > mostKeys) throw new OssError("MalformedXML");
    const deleted = keys.filter((key) => key !== undefined && key !== "") as string[];
    if (deleted.length < keys.length) throw new OssError("MalformedXML");
    for (const key of deleted) objects.delete(key);
    if (request.text("Quiet") === "true") return { status: 200 };
    return xmlAnswer({
      DeleteResult: {
        EncodingType: call.request.query.get("encoding-type"),
        Deleted: deleted.map((key) => ({ Key: encode(key) })),
      },
    });
  },
};
