import { OssError } from "../../errors/oss-error";
import { readObjectAcl } from "../object-upload";
import { bucketOf, findObject, versionHeader, xmlAnswer, type Operation } from "../operation";

export const getObjectAcl: Operation = {
  name: "GetObjectAcl",
  method: "GET",
  on: "object",
  subresource: "acl",
  handle(call) {
    const bucket = bucketOf(call);
    const object = findObject(call);
    const { owner } = bucket;
    const answer = xmlAnswer({
      AccessControlPolicy: {
        Owner: { ID: owner, DisplayName: owner },
        AccessControlList: { Grant: object.acl },
      },
    });
    return { ...answer, headers: { ...answer.headers, ...versionHeader(bucket, object) } };
  },
};

export const putObjectAcl: Operation = {
  name: "PutObjectAcl",
  method: "PUT",
  on: "object",
  subresource: "acl",
  handle(call) {
    const acl = readObjectAcl(call.request.headers);
    if (acl === undefined) throw new OssError("InvalidArgument", { ArgumentName: "x-oss-object-acl" });
    const object = findObject(call);
    object.acl = acl;
    return { status: 200, headers: versionHeader(bucketOf(call), object) };
  },
};
