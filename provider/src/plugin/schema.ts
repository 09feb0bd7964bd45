import { pluginResourceType, dynamicResourceType } from "../state-contract";

export const getBucketEncryptionToken = "oss-encryption:index:getBucketEncryption";

const algorithmType = "oss-encryption:index:SseAlgorithm";

const string = (description: string) => ({ type: "string", description });
const algorithm = (description: string) => ({
  description,
  type: "string",
  // What OSS may know in a later version passes the SDKs; the provider says what is allowed now.
  oneOf: [{ type: "string" }, { type: "string", $ref: `#/types/${algorithmType}` }],
});

const kmsMasterKeyId =
  "Id of the CMK that encrypts, with `sseAlgorithm` `KMS` only. OSS does not check it: with an id that KMS does not know, " +
  "every upload without a method of its own fails. Default: the CMK that OSS manages in KMS.";
const kmsDataEncryption =
  "`SM4`: algorithm for the data under a KMS key, with `sseAlgorithm` `KMS` only. Default: AES256.";
const methods = "`AES256` or `SM4`: keys managed by OSS. `KMS`: keys managed by KMS.";

/** How a bucket is reached: inputs of the resource and of the function. */
const target = {
  region: string("Region of the bucket, such as `cn-shanghai`. Default: the provider's."),
  connection: string(
    "Name of the entry of the provider's `connections` through which the bucket is reached. Default: the provider's own settings.",
  ),
};

/** As an entry of `connections` has them, and as the alicloud provider has them. */
const configVariables = {
  region: string("Region of the buckets whose resource names none, such as `cn-hangzhou`."),
  endpoint: string("Host or URL of OSS instead of the region's public endpoint."),
  internal: { type: "boolean", description: "Use the region's endpoint inside the VPC." },
  cname: {
    type: "boolean",
    description: "`endpoint` is a custom domain bound to the one bucket reached this way.",
  },
  cloudBoxId: string("Id of a CloudBox; `endpoint` is then the box's."),
  signVersion: string(
    "`v1` for an OSS that is too old for the other: Apsara Stack, gateways. Default: `v4`.",
  ),
  pathStyle: { type: "boolean", description: "The bucket's name stands in the path, not before the host." },
  accessKey: { ...string("AccessKey id, with `secretKey`."), secret: true },
  secretKey: { ...string("AccessKey secret, with `accessKey`."), secret: true },
  securityToken: { ...string("STS token, with temporary keys."), secret: true },
  profile: string("Profile of the aliyun command line."),
  sharedCredentialsFile: string("File with that profile. Default: `~/.aliyun/config.json`."),
  ecsRoleName: string("RAM role of the ECS instance."),
  credentialsUri: string("URL of a service that hands out credentials."),
  assumeRole: {
    type: "object",
    additionalProperties: { type: "string" },
    description:
      "RAM role to take on: `roleArn`, `sessionName`, `sessionExpiration` (seconds), `policy`, `externalId`.",
  },
  assumeRoleWithOidc: {
    type: "object",
    additionalProperties: { type: "string" },
    description:
      "RAM role to take on with an OIDC token: `roleArn`, `roleSessionName`, `sessionExpiration` (seconds), `policy`, " +
      "`oidcProviderArn`, `oidcToken` or `oidcTokenFile`.",
  },
  clientConnectTimeout: { type: "integer", description: "Milliseconds to connect in. Default: 10000." },
  clientReadTimeout: { type: "integer", description: "Milliseconds to wait for an answer. Default: 30000." },
  maxRetryTimeout: {
    type: "integer",
    description: "Seconds that one operation may take with all its tries. Default: 60.",
  },
  connections: {
    type: "object",
    additionalProperties: { $ref: "pulumi.json#/Any" },
    description:
      "Other ways to buckets, by name: objects with `region`, `endpoint`, `internal`, `cname`, `cloudBoxId`, `signVersion`, " +
      "`pathStyle`, `profile`, `sharedCredentialsFile`, `ecsRoleName`, `credentialsUri`, `assumeRole`, `assumeRoleWithOidc`.",
  },
};

/** What the package provides, as every SDK is generated from it: https://www.pulumi.com/docs/iac/extending-pulumi/schema/. */
export function packageSchema(version: string) {
  const rule = {
    sseAlgorithm: algorithm(methods),
    kmsMasterKeyId: string(kmsMasterKeyId),
    kmsDataEncryption: string(kmsDataEncryption),
  };
  const bucket = string("Name of the bucket. Another bucket replaces the resource.");
  return {
    name: "oss-encryption",
    displayName: "OSS bucket encryption",
    version,
    description: "The default server-side encryption of Alibaba Cloud OSS buckets.",
    keywords: [
      "pulumi",
      "alibaba cloud",
      "alicloud",
      "aliyun",
      "oss",
      "encryption",
      "kms",
      "kind/native",
      "category/cloud",
    ],
    license: "Apache-2.0",
    meta: { moduleFormat: "(.*)" },
    config: { variables: configVariables },
    provider: {
      description:
        "How buckets are reached: one for each account, where they don't share one through `connections`.",
      inputProperties: configVariables,
    },
    types: {
      [algorithmType]: {
        type: "string",
        description: "Methods of a default rule.",
        enum: [
          { name: "AES256", value: "AES256", description: "Keys managed by OSS, AES256." },
          { name: "SM4", value: "SM4", description: "Keys managed by OSS, SM4." },
          { name: "KMS", value: "KMS", description: "Keys managed by KMS." },
        ],
      },
    },
    resources: {
      [pluginResourceType]: {
        description:
          "The default server-side encryption of an OSS bucket: objects uploaded without a method of their own get it. " +
          "Objects that exist keep the encryption they have.\n\n" +
          "## Import\n\n" +
          "By the bucket's name, with `@region` after it and `connection/` before it where they aren't the provider's:\n\n" +
          "```sh\n$ pulumi import oss-encryption:index:BucketEncryption logs logs-prod\n```\n",
        inputProperties: { bucket, ...rule, ...target },
        requiredInputs: ["bucket", "sseAlgorithm"],
        properties: { bucket, ...rule, sseAlgorithm: string(methods), ...target },
        required: ["bucket", "sseAlgorithm"],
        aliases: [{ type: dynamicResourceType }],
      },
    },
    functions: {
      [getBucketEncryptionToken]: {
        description: "A bucket's default rule as it is now.",
        inputs: {
          type: "object",
          properties: { bucket: string("Name of the bucket."), ...target },
          required: ["bucket"],
        },
        outputs: {
          type: "object",
          properties: {
            sseAlgorithm: string(`${methods} Absent: the bucket has no default rule.`),
            kmsMasterKeyId: string("Id of the CMK. Absent: the CMK that OSS manages in KMS, or no KMS."),
            kmsDataEncryption: string("`SM4`, or absent for AES256."),
          },
        },
      },
    },
    language: {
      nodejs: { packageName: "pulumi-oss-encryption-sdk", respectSchemaVersion: true },
      python: {
        packageName: "pulumi_oss_encryption",
        respectSchemaVersion: true,
        pyproject: { enabled: true },
      },
      go: { respectSchemaVersion: true, generateResourceContainerTypes: true },
      csharp: { respectSchemaVersion: true },
    },
  };
}
