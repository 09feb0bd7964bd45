// What does a program import?

import * as pulumi from "@pulumi/pulumi";
import type { KmsDataEncryption, SseAlgorithm } from "../rule/rule";
import { providerText, dynamicResourceType } from "../state-contract";
import { verifyInstall } from "./verify-install";

/** What a bucket's default encryption is declared with. */
export interface BucketEncryptionArgs {
  /** Name of the bucket. Another bucket replaces the resource. */
  bucket: pulumi.Input<string>;
  /** `"AES256"` or `"SM4"`: keys managed by OSS. `"KMS"`: keys managed by KMS. */
  sseAlgorithm: pulumi.Input<SseAlgorithm>;
  /**
   * Id of the CMK that encrypts, with `sseAlgorithm: "KMS"` only. OSS does not check it: with an id that KMS does not
   * know, every upload without a method of its own fails. Default, also for `""`: the CMK that OSS manages in KMS.
   */
  kmsMasterKeyId?: pulumi.Input<string | undefined>;
  /** `"SM4"`: algorithm for the data under a KMS key, with `sseAlgorithm: "KMS"` only. Default, also for `""`: AES256. */
  kmsDataEncryption?: pulumi.Input<KmsDataEncryption | undefined>;
  /**
   * Region of the bucket, such as `"cn-shanghai"`. Default, the first that is set: the connection's, the stack's
   * `alicloud:region`, the environment's (such as `ALIBABA_CLOUD_REGION`), the one in the endpoint's host name, the profile's.
   */
  region?: pulumi.Input<string | undefined>;
  /** Name of the entry of `oss-encryption:connections` through which the bucket is reached. Default: the stack's own settings. */
  connection?: pulumi.Input<string | undefined>;
}

/** Named to the SDK, so that a resource has them as outputs from the start, also where the engine only reads it. */
const outputs = {
  bucket: undefined,
  sseAlgorithm: undefined,
  kmsMasterKeyId: undefined,
  kmsDataEncryption: undefined,
  region: undefined,
  connection: undefined,
};

/**
 * The default server-side encryption of an OSS bucket: objects uploaded without a method of their own get it.
 * Objects that exist keep the encryption they have.
 *
 * @example Keys managed by OSS
 * ```ts
 * new BucketEncryption("logs", { bucket: "logs-prod", sseAlgorithm: "AES256" });
 * ```
 *
 * @example Keys managed by KMS, with a key of one's own
 * ```ts
 * new BucketEncryption("payroll", { bucket: bucket.id, sseAlgorithm: "KMS", kmsMasterKeyId: key.id });
 * ```
 *
 * @example Taking over what is there, without writing: a difference fails the preview
 * ```ts
 * new BucketEncryption("archive", { bucket: "archive", sseAlgorithm: "SM4" }, { import: "archive" });
 * ```
 */
export class BucketEncryption extends pulumi.CustomResource {
  /** Name of the bucket. */
  declare readonly bucket: pulumi.Output<string>;
  /** `AES256`, `SM4` or `KMS`. */
  declare readonly sseAlgorithm: pulumi.Output<string>;
  /** Id of the CMK; `undefined`: the CMK that OSS manages in KMS, or no KMS. */
  declare readonly kmsMasterKeyId: pulumi.Output<string | undefined>;
  /** `SM4`, or `undefined` for AES256. */
  declare readonly kmsDataEncryption: pulumi.Output<string | undefined>;
  /** Region, where it was given. */
  declare readonly region: pulumi.Output<string | undefined>;
  /** Name of the connection, where it was given. */
  declare readonly connection: pulumi.Output<string | undefined>;

  /** The rule of a bucket that this program does not manage; `id` is the bucket's name. Fails if there is no rule. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state: Pick<BucketEncryptionArgs, "region" | "connection"> = {},
    opts: pulumi.CustomResourceOptions = {},
  ): BucketEncryption {
    return new BucketEncryption(name, state as BucketEncryptionArgs, { ...opts, id });
  }

  /** Whether a value is a `BucketEncryption`, of whichever installed copy of this package. */
  static override isInstance(value: unknown): value is BucketEncryption {
    return (
      pulumi.CustomResource.isInstance(value) &&
      (value as { __pulumiType?: string }).__pulumiType === dynamicResourceType
    );
  }

  constructor(name: string, args: BucketEncryptionArgs, opts: pulumi.CustomResourceOptions = {}) {
    verifyInstall();
    refuseOtherProvider(opts.provider);
    // The engine can't import a dynamic resource: it would read without the code. So `check` does it, told by an input.
    const { import: importId, ...others } = opts;
    super(
      dynamicResourceType,
      name,
      {
        ...outputs,
        ...args,
        ...(importId === undefined ? {} : { __import: importId }),
        __provider: providerText,
      },
      others,
    );
  }
}

/** The engine would ask that provider, which says that it does not know the type. */
function refuseOtherProvider(provider: pulumi.ProviderResource | undefined): void {
  // The SDK keeps it to itself, so it may be gone one day.
  const name = (provider as { getPackage?(): string } | undefined)?.getPackage?.();
  if (name === undefined || name === "pulumi-nodejs") return;
  const error = new pulumi.RunError(
    `BucketEncryption can't take a provider of the package ${name}: leave the provider option out, and name the account ` +
      "or region by connection, an entry of oss-encryption:connections in the stack config.",
  );
  // As in parseRules: a stack would take the SDK many seconds to inspect.
  error.stack = "";
  throw error;
}
