import { bucketOf, xmlAnswer, type Operation } from "../operation";
import { OssError } from "../../errors/oss-error";
import { parseXml } from "../../requests/xml";

export const getBucketVersioning: Operation = {
  name: "GetBucketVersioning",
  method: "GET",
  on: "bucket",
  subresource: "versioning",
  handle: (call) => xmlAnswer({ VersioningConfiguration: { Status: bucketOf(call).versioning } }),
};

/** From now on uploads and deletes keep the versions before, or no longer. It can be suspended, not taken back. */
export const putBucketVersioning: Operation = {
  name: "PutBucketVersioning",
  method: "PUT",
  on: "bucket",
  subresource: "versioning",
  async handle(call) {
    const status = parseXml(await call.body.text(), "VersioningConfiguration").text("Status");
    if (status !== "Enabled" && status !== "Suspended") throw new OssError("MalformedXML");
    bucketOf(call).versioning = status;
    return { status: 200 };
  },
};
