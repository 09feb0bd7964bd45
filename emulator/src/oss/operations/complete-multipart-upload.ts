import { createHash } from "node:crypto";
import { crc64 } from "../crc64";
import { ruleToHeaders } from "../encryption-rule";
import { bucketOf, xmlAnswer, type Call, type Operation } from "../operation";
import { OssError } from "../oss-error";
import type { Part, Upload } from "../store";
import { parseXml } from "../xml";
import { findUpload } from "./multipart-upload";
import { checkOverwrite } from "./put-object";

const longestBody = 2 * 1024 ** 2;
const leastPartSize = 100 * 1024;

/** Joins the parts that the request lists, or all of them with `x-oss-complete-all: yes`. */
export const completeMultipartUpload: Operation = {
  name: "CompleteMultipartUpload",
  method: "POST",
  on: "object",
  subresource: "uploadId",
  action: "oss:PutObject",
  async handle(call) {
    const bucket = bucketOf(call);
    const upload = findUpload(call);
    const { id, key, encryption, headers, storageClass } = upload;
    checkOverwrite(call, bucket, key);
    const parts = await chosenParts(call, upload);
    if (parts.slice(0, -1).some(({ data }) => data.length < leastPartSize))
      throw new OssError("EntityTooSmall");
    call.store.checkKey(encryption);

    const data = Buffer.concat(parts.map((part) => part.data));
    const md5 = createHash("md5").update(parts.map(({ etag }) => etag).join(""));
    const etag = `"${md5.digest("hex").toUpperCase()}-${parts.length}"`;
    const checksum = crc64(data);
    const lastModified = new Date(call.now);
    bucket.uploads.delete(id);
    bucket.objects.set(key, {
      ...{ type: "Multipart", data, etag, crc64: checksum, lastModified, headers, storageClass, encryption },
    });
    const answer = xmlAnswer({
      CompleteMultipartUploadResult: {
        Location: `http://${call.request.host}/${encodeURIComponent(key)}`,
        Bucket: bucket.name,
        Key: key,
        ETag: etag,
      },
    });
    const extra = { etag, "x-oss-hash-crc64ecma": checksum, ...ruleToHeaders(encryption) };
    return { ...answer, headers: { ...answer.headers, ...extra } };
  },
};

async function chosenParts({ request, body }: Call, { parts }: Upload): Promise<Part[]> {
  if (request.headers["x-oss-complete-all"] === "yes")
    return [...parts].sort(([a], [b]) => a - b).map(([, part]) => part);
  const listed = parseXml(await body.text(longestBody), "CompleteMultipartUpload").all("Part");
  if (listed.length === 0) throw new OssError("MalformedXML");
  let previous = 0;
  return listed.map((element) => {
    const number = Number(element.text("PartNumber"));
    if (!(number > previous)) throw new OssError("InvalidPartOrder");
    previous = number;
    const part = parts.get(number);
    if (
      part?.etag.slice(1, -1) !== element.text("ETag")?.replaceAll('"', "").toUpperCase() ||
      part === undefined
    )
      throw new OssError("InvalidPart", { PartNumber: number });
    return part;
  });
}
