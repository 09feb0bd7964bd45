import { bucketOf, xmlAnswer, type Operation } from "../operation";

export const getBucketLocation: Operation = {
  name: "GetBucketLocation",
  method: "GET",
  on: "bucket",
  subresource: "location",
  anyRegion: true,
  handle: (call) => xmlAnswer({ LocationConstraint: `oss-${bucketOf(call).region}` }),
};
