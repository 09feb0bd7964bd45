import type { ResourceValidationArgs } from "@pulumi/policy";
import { bucketType, isDeclared } from "../encryption-rule";
import { type Props, hasUnknown } from "../value";

const noted = new Map<string, Props>();

/**
 * What a resource declares, as the engine's analysis of that resource saw it; `undefined` for a resource that
 * this run neither creates, updates nor keeps (one that is only read, or left out by `--target`).
 */
export const inputsOf = (urn: string): Props | undefined => noted.get(urn);

/**
 * The first half of every judgement of the stack. That one is given outputs only, and after a refresh a Bucket's
 * outputs hold the rule that another resource wrote: only its inputs tell what the Bucket itself declares.
 */
export function noteInputs({ type, urn, props, provider }: ResourceValidationArgs): void {
  // A provider whose config is unknown yet is not asked for defaults: a Bucket without arguments then has no inputs.
  const mayBeBare = type === bucketType && hasUnknown(provider?.props ?? {});
  if (isDeclared(type, props) || mayBeBare) noted.set(urn, props);
}
