import { endpointsOf } from "../../requests/addressing";
import { isoTime, senderOf, xmlAnswer, type Operation } from "../operation";
import { OssError } from "../../errors/oss-error";
import type { Bucket } from "../../store/store";

/** All buckets of the sender's account in all regions. */
export const listBuckets: Operation = {
  name: "ListBuckets",
  method: "GET",
  on: "service",
  handle(call) {
    const { query } = call.request;
    const { account } = senderOf(call);
    const prefix = query.get("prefix") ?? "";
    const marker = query.get("marker") ?? "";
    const maxKeys = readMaxKeys(query.get("max-keys"));
    const matching = [...call.store.buckets.values()]
      .filter(({ owner, name }) => owner === account && name.startsWith(prefix) && name > marker)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const page = matching.slice(0, maxKeys);
    const truncated = matching.length > page.length;
    const limited = truncated || ["prefix", "marker", "max-keys"].some((name) => query.has(name));
    return xmlAnswer({
      ListAllMyBucketsResult: {
        ...(limited && {
          Prefix: prefix,
          Marker: marker,
          MaxKeys: maxKeys,
          IsTruncated: truncated,
          NextMarker: truncated ? page.at(-1)?.name : undefined,
        }),
        Owner: { ID: account, DisplayName: account },
        Buckets: { Bucket: page.map(describe) },
      },
    });
  },
};

function readMaxKeys(text = "100"): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number;
  throw new OssError("InvalidArgument", { ArgumentName: "max-keys", ArgumentValue: text });
}

function describe({ name, region, createdAt, storageClass }: Bucket) {
  return {
    CreationDate: isoTime(createdAt),
    ...endpointsOf(region),
    Location: `oss-${region}`,
    Name: name,
    Region: region,
    StorageClass: storageClass,
  };
}
