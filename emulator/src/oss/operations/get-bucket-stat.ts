import { bucketOf, xmlAnswer, type Operation } from "../operation";

export const getBucketStat: Operation = {
  name: "GetBucketStat",
  method: "GET",
  on: "bucket",
  subresource: "stat",
  handle(call) {
    const { objects, uploads } = bucketOf(call);
    const all = [...objects.values()];
    const inClass = (name: string) => all.filter(({ storageClass }) => storageClass === name);
    return xmlAnswer({
      BucketStat: {
        Storage: size(all),
        ObjectCount: all.length,
        MultipartUploadCount: uploads.size,
        LiveChannelCount: 0,
        LastModifiedTime: Math.floor(call.now / 1000),
        StandardStorage: size(inClass("Standard")),
        StandardObjectCount: inClass("Standard").length,
        InfrequentAccessStorage: size(inClass("IA")),
        InfrequentAccessRealStorage: size(inClass("IA")),
        InfrequentAccessObjectCount: inClass("IA").length,
        ArchiveStorage: size(inClass("Archive")),
        ArchiveRealStorage: size(inClass("Archive")),
        ArchiveObjectCount: inClass("Archive").length,
      },
    });
  },
};

function size(objects: { data: Buffer }[]): number {
  return objects.reduce((sum, { data }) => sum + data.length, 0);
}
