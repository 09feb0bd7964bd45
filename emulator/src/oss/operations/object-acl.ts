import { OssError } from "../../errors/oss-error";
import { aclToXml, readObjectAcl } from "../acl";
import { bucketOf, findObject, versionHeader, xmlAnswer, type Operation } from "../operation";

export const getObjectAcl: Operation = {
  name: "GetObjectAcl",
  method: "GET",
  on: "object",
  subresource: "acl",
  handle(call) {
    const bucket = bucketOf(call);
    const object = findObject(call);
    return xmlAnswer(aclToXml(bucket.owner, object.acl), versionHeader(bucket, object));
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
