import { OssError } from "../../errors/oss-error";
import { parseXml } from "../../requests/xml";
import type { Bucket } from "../../store/store";
import { nameEncoder } from "../object-lists";
import { bucketOf, checkVersionId, xmlAnswer, type Operation } from "../operation";

const longestBody = 2 * 1024 ** 2;
const mostKeys = 1000;

/** Keys and versions that don't exist count as deleted. Where one may not be deleted, none is. */
export const deleteMultipleObjects: Operation = {
  name: "DeleteMultipleObjects",
  method: "POST",
  on: "bucket",
  subresource: "delete",
  authorizesKeys: true,
  async handle(call) {
    const bucket = bucketOf(call);
    const encode = nameEncoder(call.request.query);
    const request = parseXml(await call.body.text(longestBody), "Delete");
    const listed = request.all("Object").map((object) => ({
      key: object.text("Key") ?? "",
      id: object.text("VersionId") || undefined,
    }));
    if (listed.length === 0 || listed.length > mostKeys) throw new OssError("MalformedXML");
    if (listed.some(({ key }) => key === "")) throw new OssError("MalformedXML");
    for (const { id } of listed) checkVersionId(id);
    for (const { key } of listed) call.authorizeDelete(key);
    const deleted = listed.map(({ key, id }) => ({ Key: encode(key), ...remove(bucket, key, id, call.now) }));
    if (request.text("Quiet") === "true") return { status: 200 };
    return xmlAnswer({
      DeleteResult: { EncodingType: call.request.query.get("encoding-type"), Deleted: deleted },
    });
  },
};

/** Deletes one of them, and says what the answer tells of it beside its key. */
function remove({ objects, versioning }: Bucket, key: string, id: string | undefined, now: number) {
  if (id === undefined) {
    const marker = objects.delete(key, versioning, now);
    return marker && { DeleteMarker: true, DeleteMarkerVersionId: marker.versionId };
  }
  const wasMarker = objects.deleteVersion(key, id)?.type === "DeleteMarker";
  return { VersionId: id, ...(wasMarker && { DeleteMarker: true, DeleteMarkerVersionId: id }) };
}
