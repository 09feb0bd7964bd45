import { bucketOf, type Operation } from "../operation";
import { OssError } from "../oss-error";

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
