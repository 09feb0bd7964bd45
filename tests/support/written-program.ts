import type { PulumiProject } from "../../tools/pulumi-project";

/** What a program may use without more ado. */
const prelude = `
const pulumi = require("@pulumi/pulumi");
const { BucketEncryption } = require("pulumi-oss-encryption");
const { Bucket } = require("./bucket");
const rule = (name, args, opts) => new BucketEncryption(name, args, opts);
const other = (name) => new pulumi.ProviderResource("pulumi-nodejs", name, {});
`;

/**
 * A bucket, made and deleted with Alibaba Cloud's own SDK, as a small dynamic resource: another storage class replaces
 * it, the old one deleted first, since two can't have one name.
 */
const bucket = `
const pulumi = require("@pulumi/pulumi");
const client = () => new (require("ali-oss"))({
  accessKeyId: process.env.OSS_ACCESS_KEY_ID,
  accessKeySecret: process.env.OSS_ACCESS_KEY_SECRET,
  endpoint: process.env.OSS_ENDPOINT,
  region: "oss-cn-hangzhou",
  authorizationV4: true,
});
exports.client = client;
const provider = {
  diff: async (_id, olds, news) => {
    const replaces = ["bucket", "storageClass"].filter((key) => olds[key] !== news[key]);
    return { changes: replaces.length > 0, replaces, deleteBeforeReplace: true };
  },
  create: async (inputs) => {
    await client().putBucket(inputs.bucket, { storageClass: inputs.storageClass });
    return { id: inputs.bucket, outs: inputs };
  },
  delete: async (id) => {
    await client().deleteBucket(id);
  },
};
exports.Bucket = class Bucket extends pulumi.dynamic.Resource {
  constructor(name, args, opts) {
    super(provider, name, args, opts);
  }
};
`;

/** A default rule as a hand-written dynamic resource has it: with code of its own in the state, an id of its own, and no read. */
export const handWritten = `
const { client } = require("./bucket");
class HandWritten extends pulumi.dynamic.Resource {
  constructor(name, args) {
    const provider = {
      create: async (inputs) => {
        await client().putBucketEncryption(inputs.bucket, { SSEAlgorithm: inputs.sseAlgorithm });
        return { id: inputs.bucket + "-encryption", outs: inputs };
      },
      delete: async () => {
        throw new Error("code of the hand-written resource runs");
      },
    };
    super(provider, name, args);
  }
}
`;

/** Writes the project's program: JavaScript, which starts a second faster than TypeScript. */
export const writeProgram = (project: PulumiProject, text: string): Promise<void> =>
  project.write({ "index.js": prelude + text, "bucket.js": bucket });
