import type { ErrorName } from "../../errors/error-codes";
import { bucketOf, xmlAnswer, type Operation } from "../operation";
import { OssError } from "../../errors/oss-error";
import type { XmlContent } from "../../errors/xml-content";

/** What OSS answers about a bucket on which something was never configured: an error, or a document that says so. */
const answers: readonly [subresource: string, operation: string, answer: ErrorName | XmlContent][] = [
  ["cname", "ListCname", { ListCnameResult: {} }],
  ["inventory", "ListBucketInventory", "NoSuchInventory"],
  ["policyStatus", "GetBucketPolicyStatus", { PolicyStatus: { IsPublic: false } }],
  ["replication", "GetBucketReplication", "NoSuchReplicationConfiguration"],
  [
    "resourceGroup",
    "GetBucketResourceGroup",
    { BucketResourceGroupConfiguration: { ResourceGroupId: "rg-default" } },
  ],
  ["worm", "GetBucketWorm", "NoSuchWORMConfiguration"],
];

/** Reads of what this emulator can't configure. */
export const unconfiguredReads: readonly Operation[] = answers.map(([subresource, name, answer]) => ({
  name,
  method: "GET",
  on: "bucket",
  subresource,
  partial: true,
  handle(call) {
    const { name: bucket } = bucketOf(call);
    if (typeof answer === "string") throw new OssError(answer, { BucketName: bucket });
    return xmlAnswer(answer);
  },
}));
