import { endpointsOf } from "../../requests/addressing";
import { tagsToXml } from "../tags";
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
    const wanted = readTagFilter(query);
    const isTagged = ({ tags }: Bucket) =>
      wanted.every(([key, value]) => tags.has(key) && (value ?? tags.get(key)) === tags.get(key));
    if (!/^[a-z0-9-]*$/.test(prefix)) {
      throw new OssError("InvalidArgument", { ArgumentName: "prefix", ArgumentValue: prefix });
    }
    const matching = [...call.store.buckets.values()]
      .filter(({ owner, name }) => owner === account && name.startsWith(prefix) && name > marker)
      .filter(isTagged)
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
        Buckets: {
          Bucket: page.map((bucket) => ({
            ...describe(bucket),
            ...(wanted.length > 0 && tagsToXml(bucket.tags)), // shown where tags are asked for
          })),
        },
      },
    });
  },
};

/** Tags that buckets must have: `tag-key` and `tag-value`, or several as `tagging="key":"value","key":"value"`. */
function readTagFilter(query: ReadonlyMap<string, string>): [key: string, value: string | undefined][] {
  const key = query.get("tag-key");
  const listed = [...(query.get("tagging") ?? "").matchAll(/"([^"]*)":"([^"]*)"/g)];
  return [
    ...(key === undefined ? [] : [[key, query.get("tag-value")] as [string, string | undefined]]),
    ...listed.map(([, name = "", value]) => [name, value] as [string, string | undefined]),
  ];
}

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
