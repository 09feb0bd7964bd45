import type { ResourceValidationArgs } from "@pulumi/policy";
import { isDeclared } from "../encryption-rule";
import type { Props } from "../value";

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
export function noteInputs({ type, urn, props }: ResourceValidationArgs): void {
  if (isDeclared(type, props)) noted.set(urn, props);
}
