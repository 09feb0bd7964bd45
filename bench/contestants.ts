import { join } from "node:path";
import type { Emulator } from "oss-emulator";
import { alicloudConfig } from "../tools/alicloud-plugin";
import { accessTo } from "../tools/emulator-access";
import { dynamicProvider } from "../tools/peak-memory";
import { bundlePlugin } from "../tools/plugin-archive";
import type { ProjectOptions } from "../tools/pulumi-project";
import type { Contestant } from "./options";

/** How one of those that are compared declares the rules of the buckets that buckets.json names. */
interface Entry extends Pick<ProjectOptions, "packages" | "files"> {
  title: string;
  /** The program; JavaScript, because TypeScript would add the same second to each. */
  program: string;
  /** Pulumi type of the resource. */
  type: string;
  /** Command line of the process that serves it. */
  process: RegExp;
  /** Whether it writes rules at all. */
  writes: boolean;
  access: (emulator: Emulator) => Pick<ProjectOptions, "env" | "config">;
  /** Puts what the project needs besides into its folder. */
  prepare?: (folder: string) => Promise<unknown>;
}

const each = (declaration: string) => `for (const bucket of require("./buckets.json")) ${declaration};\n`;

/** The SDK takes its time for each property that a resource has, set or not, so each has the same as ours. */
const none =
  "const none = { kmsMasterKeyId: undefined, kmsDataEncryption: undefined, region: undefined, connection: undefined };\n";

/** A provider that only answers. */
const doNothing = `
exports.provider = () => ({
  check: (olds, news) => Promise.resolve({ inputs: { ...news }, failures: [] }),
  diff: () => Promise.resolve({ changes: false }),
  create: ({ bucket, sseAlgorithm }) => Promise.resolve({ id: bucket, outs: { bucket, sseAlgorithm } }),
  read: (id, { bucket, sseAlgorithm }) => {
    const props = { bucket, sseAlgorithm };
    return Promise.resolve({ id, props, inputs: { ...props } });
  },
  update: (id, olds, { bucket, sseAlgorithm }) => Promise.resolve({ outs: { bucket, sseAlgorithm } }),
  delete: () => Promise.resolve(),
});
`;

export const entries: Record<Contestant, Entry> = {
  ours: {
    title: "BucketEncryption",
    type: "pulumi-nodejs:dynamic/oss:BucketEncryption",
    process: dynamicProvider,
    writes: true,
    program:
      `const { BucketEncryption } = require("pulumi-oss-encryption");\n` +
      each(`new BucketEncryption(bucket, { bucket, sseAlgorithm: "AES256" })`),
    access: (emulator) => ({ env: accessTo(emulator) }),
  },
  plugin: {
    title: "provider plugin",
    type: "oss-encryption:index:BucketEncryption",
    process: /pulumi-resource-oss-encryption/,
    writes: true,
    files: {
      "Pulumi.yaml":
        "name: project\nruntime: nodejs\nplugins:\n  providers:\n    - { name: oss-encryption, path: ./plugin }\n",
    },
    // As a release has it: in one file.
    prepare: (folder) => bundlePlugin(join(folder, "plugin", "pulumi-resource-oss-encryption"), "0.0.0"),
    program:
      `const { CustomResource } = require("@pulumi/pulumi");\n` +
      none +
      each(
        `new CustomResource("oss-encryption:index:BucketEncryption", bucket, { ...none, bucket, sseAlgorithm: "AES256" })`,
      ),
    access: (emulator) => ({ env: accessTo(emulator) }),
  },
  floor: {
    title: "do-nothing resource",
    type: "pulumi-nodejs:dynamic/oss:DoNothing",
    process: dynamicProvider,
    writes: false,
    packages: { "do-nothing": doNothing },
    program:
      `const { CustomResource } = require("@pulumi/pulumi");\n` +
      `const __provider = 'exports.handler = () => require("do-nothing").provider();';\n` +
      none +
      each(
        `new CustomResource("pulumi-nodejs:dynamic/oss:DoNothing", bucket, ` +
          `{ ...none, bucket, sseAlgorithm: "AES256", __provider })`,
      ),
    access: () => ({}),
  },
  alicloud: {
    title: "alicloud",
    type: "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption",
    process: /pulumi-resource-alicloud/,
    writes: true,
    program:
      `const alicloud = require("@pulumi/alicloud");\n` +
      each(`new alicloud.oss.BucketServerSideEncryption(bucket, { bucket, sseAlgorithm: "AES256" })`),
    access: (emulator) => ({ env: { HTTP_PROXY: emulator.url }, config: alicloudConfig(emulator) }),
  },
};
