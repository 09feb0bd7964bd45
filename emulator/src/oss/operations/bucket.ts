import { isBucketName } from "../../requests/addressing";
import { ruleFromHeaders } from "../../store/encryption-rule";
import { OssError } from "../../errors/oss-error";
import { readBucketAcl } from "../acl";
import { makeBucket } from "../make-bucket";
import { bucketOf, type Call, type Operation } from "../operation";
import type { Bucket } from "../../store/store";
import { parseXml } from "../../requests/xml";

/** Creates a bucket in the region of the endpoint. Its owner may repeat it, which changes the ACL and, with SSE headers, the rule. */
export const putBucket: Operation = {
  name: "PutBucket",
  method: "PUT",
  on: "bucket",
  createsBucket: true,
  encrypts: true,
  async handle(call) {
    const name = call.request.bucket ?? "";
    if (!isBucketName(name)) throw new OssError("InvalidBucketName", { BucketName: name });
    const { headers } = call.request;
    const rule = ruleFromHeaders(headers);
    const acl = readBucketAcl(headers);
    const storageClass = headers["x-oss-storage-class"]?.toString();
    const settings = {
      ...(storageClass && { storageClass }),
      ...readConfiguration(await call.body.text()),
    };
    const bucket = existing(call, name) ?? makeBucket(call, settings);
    if (acl !== undefined) bucket.acl = acl;
    if (rule !== undefined) call.writeRule(bucket, rule);
    return { status: 200, headers: { location: `/${name}` } };
  },
};

function existing({ store, region, identity }: Call, name: string): Bucket | undefined {
  const bucket = store.buckets.get(name);
  if (bucket && (bucket.owner !== identity?.account || bucket.region !== region)) {
    throw new OssError("BucketAlreadyExists", { BucketName: name });
  }
  return bucket;
}

function readConfiguration(body: string): Partial<Bucket> {
  if (body.trim() === "") return {};
  const configuration = parseXml(body, "CreateBucketConfiguration");
  const storageClass = configuration.text("StorageClass");
  const dataRedundancyType = configuration.text("DataRedundancyType");
  return { ...(storageClass && { storageClass }), ...(dataRedundancyType && { dataRedundancyType }) };
}

/** Whether it is there, and where. */
export const headBucket: Operation = {
  name: "HeadBucket",
  method: "HEAD",
  on: "bucket",
  action: "oss:GetBucketInfo",
  handle: (call) => ({ status: 200, headers: { "x-oss-bucket-region": bucketOf(call).region } }),
};

export const deleteBucket: Operation = {
  name: "DeleteBucket",
  method: "DELETE",
  on: "bucket",
  handle(call) {
    const { name, objects, uploads } = bucketOf(call);
    if (objects.size + uploads.size > 0) throw new OssError("BucketNotEmpty", { BucketName: name });
    call.store.buckets.delete(name);
    return { status: 204 };
  },
};
