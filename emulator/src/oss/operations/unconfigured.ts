import type { ErrorName } from "../../errors/error-codes";
import { bucketOf, xmlAnswer, type Operation } from "../operation";
import { OssError } from "../../errors/oss-error";
import type { XmlContent } from "../../errors/xml-content";
import type { Answer } from "../../server/answer";
import type { Bucket } from "../../store/store";

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
  handle: (call) => answerUnset(answer, bucketOf(call)),
}));

/** Answers about a bucket on which something isn't configured. @throws OssError where that is an error */
export function answerUnset(answer: ErrorName | XmlContent, { name }: Bucket): Answer {
  if (typeof answer === "string") throw new OssError(answer, { BucketName: name });
  return xmlAnswer(answer);
}
