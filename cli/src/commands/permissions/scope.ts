import type { Deployment } from "@pulumi/pulumi/automation";
import { unknownValue } from "pulumi-oss-encryption/oss";
import type { BucketAddress } from "../../bucket-address";
import { plural } from "../../output/document";
import { addressOf, isHidden, ownResources, plain, secretText, shown } from "../../pulumi/stack-state";

/** What a policy and a check are about. */
export interface BucketScope {
  /** True names, whatever keeps them secret: a policy needs them. Undefined: all buckets of the account. */
  buckets?: string[] | undefined;
  /** CMKs of their rules; undefined: not known. */
  keys?: string[] | undefined;
  /** How the buckets are reached; undefined: any one stands for all. */
  addresses?: BucketAddress[] | undefined;
  /** What a check can't reach. */
  untriable: Untriable[];
  /** Names of buckets and connections that are shown to nobody. */
  hidden: ReadonlySet<string>;
}

/** The scope of one stack. */
export type StackScope = BucketScope & { buckets: string[]; addresses: BucketAddress[] };

/** A bucket of which a preview doesn't tell how it is reached. */
export interface Untriable {
  /** Its name, or what is shown for it. */
  bucket: string;
  reason: string;
}

/** All buckets that the next `pulumi up` has to do with, by a state. */
export function scopeOfState(state: Deployment): StackScope {
  const resources = ownResources(state);
  const addresses = resources.map(addressOf);
  const keys = resources.flatMap((resource) => shown(resource, "kmsMasterKeyId") ?? []);
  const hidden = (["bucket", "connection"] as const).flatMap((property) =>
    resources.filter((one) => isHidden(one, property)).flatMap((one) => addressOf(one)[property] ?? []),
  );
  return {
    buckets: addresses.map(({ bucket }) => bucket),
    keys: keys.includes(secretText) ? undefined : keys,
    addresses: distinct(addresses),
    untriable: [],
    hidden: new Set(hidden),
  };
}

/** A resource that was replaced and the one in its place are mostly for one bucket. */
const distinct = (addresses: readonly BucketAddress[]) => [
  ...new Map(addresses.map((address) => [JSON.stringify(address), address])).values(),
];

/** A `BucketEncryption` as a preview shows it. */
export interface DeclaredResource {
  inputs: Record<string, unknown>;
  /** The provider that leads to it. */
  through: Pick<BucketAddress, "provider">;
}

/** All buckets that a program declares, by a preview. */
export function scopeOfProgram(declared: readonly DeclaredResource[]): StackScope {
  const scope: StackScope = { buckets: [], addresses: [], untriable: [], hidden: new Set() };
  for (const { inputs, through } of declared) {
    const { bucket, region, connection } = inputs;
    const name = plain(bucket) ?? "";
    const noName = placeholder(bucket);
    const noConnection = placeholder(connection);
    if (noName === undefined) scope.buckets.push(name);
    if (noName !== undefined) {
      scope.untriable.push({ bucket: noName, reason: untold("name", noName) });
    } else if (noConnection !== undefined) {
      scope.untriable.push({ bucket: name, reason: untold("connection", noConnection) });
    } else {
      const known = placeholder(region) === undefined ? plain(region) : null;
      scope.addresses.push({ bucket: name, region: known, connection: plain(connection), ...through });
    }
  }
  const keys = declared.map(({ inputs }) => inputs.kmsMasterKeyId).filter((key) => key !== undefined);
  const areKnown = keys.every((key) => placeholder(key) === undefined);
  return { ...scope, keys: areKnown ? keys.flatMap((key) => plain(key) ?? []) : undefined };
}

/** What is shown for a value that a preview doesn't tell, and why it does not. */
const placeholders = { [secretText]: "secret", "[not known yet]": "not known yet" };
type Placeholder = keyof typeof placeholders;

const untold = (what: string, value: Placeholder) =>
  `A preview does not tell its ${what}: it is ${placeholders[value]}.`;

/** Undefined: the preview tells the value, or there is none. */
function placeholder(value: unknown): Placeholder | undefined {
  if (value === undefined || value === null) return undefined;
  const text = plain(value);
  if (text === unknownValue) return "[not known yet]";
  return text === null || text === secretText ? secretText : undefined;
}

/** Two scopes as one. */
export const joined = (a: StackScope, b: StackScope): StackScope => ({
  buckets: [...a.buckets, ...b.buckets],
  keys: a.keys && b.keys && [...a.keys, ...b.keys],
  addresses: distinct([...a.addresses, ...b.addresses]),
  untriable: [...a.untriable, ...b.untriable],
  hidden: new Set([...a.hidden, ...b.hidden]),
});

/** Which buckets a policy leaves out, in sentences. */
export const leftOut = ({ untriable }: BucketScope): string[] =>
  Object.entries(placeholders).flatMap(([placeholder, why]) => {
    const { length } = untriable.filter(({ bucket }) => bucket === placeholder);
    if (length === 0) return [];
    const names = length === 1 ? "name is" : "names are";
    return `Not in this policy: ${plural(length, "bucket")} whose ${names} ${why}; run this again after pulumi up.`;
  });
