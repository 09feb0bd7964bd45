import { type Props, type Text, type Unknown, unknownValue, read, readText } from "./value";

export const bucketType = "alicloud:oss/bucket:Bucket";

/** BucketEncryption as programs in TypeScript and JavaScript declare it, and behind the provider plugin. */
const bucketEncryptionTypes = [
  "pulumi-nodejs:dynamic/oss:BucketEncryption",
  "oss-encryption:index:BucketEncryption",
];

/** Resource types that exist to declare the rule of one bucket. */
const declaringTypes = [
  ...bucketEncryptionTypes,
  "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption",
];

/** Where a Bucket declares its rule inline. */
export const inlineProperty = "serverSideEncryptionRule";

/**
 * Whether a Bucket leaves its rule to others. The engine then keeps in its inputs the rule that it had, whatever the
 * program says. The alicloud provider understands no other spelling: neither *, nor ["…"], nor a path into the rule.
 */
export const ignoresInline = (opts: { ignoreChanges: readonly string[] }): boolean =>
  opts.ignoreChanges.includes(inlineProperty);

/** A default encryption rule, whoever declares it: the property names are the same everywhere. */
export interface EncryptionRule {
  algorithm: Text;
  keyId: Text;
  /** Only with algorithm KMS; absent means AES256. */
  dataAlgorithm: Text;
}

export const isBucketEncryption = (type: string): boolean => bucketEncryptionTypes.includes(type);

export const isDeclaration = (type: string): boolean => declaringTypes.includes(type);

/**
 * Whether these inputs declare the resource. `pulumi policy analyze` also shows what a program only reads, with
 * `Bucket.get` and the like: then the state has no inputs, or not the required ones.
 */
export function isDeclared(type: string, inputs: Props): boolean {
  if (type === bucketType) return Object.keys(inputs).length > 0;
  return ruleProps(type, inputs) !== undefined;
}

/** The part of a resource's properties that holds an encryption rule; `undefined` where it declares none. */
export function ruleProps(type: string, props: Props): Props | undefined | Unknown {
  const declared = isDeclaration(type) ? props : undefined;
  const rule = type === bucketType ? read(props, inlineProperty) : declared;
  if (rule === unknownValue) return unknownValue;
  if (typeof rule !== "object" || read(rule as Props, "sseAlgorithm") === undefined) return undefined;
  return rule as Props;
}

export function encryptionRule(props: Props): EncryptionRule {
  return {
    algorithm: readText(props, "sseAlgorithm"),
    keyId: readText(props, "kmsMasterKeyId"),
    dataAlgorithm: readText(props, "kmsDataEncryption"),
  };
}

/** How messages call a resource: `Bucket "logs"`. The name is the one in the program, so no property is repeated. */
export function label(resource: { type: string; name: string }): string {
  return `${resource.type.slice(resource.type.lastIndexOf(":") + 1)} "${resource.name}"`;
}

/** What the policies point to. */
export const documentation = "https://www.alibabacloud.com/help/en/oss/user-guide/server-side-encryption-8";
