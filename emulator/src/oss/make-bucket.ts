import { OssError } from "../errors/oss-error";
import { isBucketName } from "../requests/addressing";
import type { Bucket } from "../store/store";
import { senderOf, type Call } from "./operation";

/** Makes the bucket that a call is about, in the region of the endpoint. @throws OssError InvalidBucketName */
export function makeBucket(call: Call, settings: Partial<Bucket> = {}): Bucket {
  const name = call.request.bucket ?? "";
  if (!isBucketName(name)) throw new OssError("InvalidBucketName", { BucketName: name });
  return call.store.addBucket({
    name,
    owner: senderOf(call).account,
    region: call.region,
    createdAt: new Date(call.now),
    ...settings,
  });
}
