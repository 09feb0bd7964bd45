import assert from "node:assert/strict";
import type { Operation, PulumiProject } from "../../tools/pulumi-project";

/** The operation, once it has ended with exit code 0. */
export async function succeeds(running: Promise<Operation>): Promise<Operation> {
  const operation = await running;
  assert.equal(operation.code, 0, operation.stdout + operation.stderr);
  return operation;
}

/**
 * All that a person or a file gets to see of an operation that is the last one so far. Pulumi's own debug lines, which
 * nobody asked for here, hold every input.
 */
export async function shown({ stdout, stderr, events }: Operation, project: PulumiProject): Promise<string> {
  const visible = events.filter(({ diagnosticEvent }) => String(diagnosticEvent?.severity) !== "debug");
  return stdout + stderr + JSON.stringify(visible) + (await project.exportStack()).text;
}

/** What the provider said about buckets, sorted: the engine passes it on in no order. */
export function said({ events }: Operation): string[] {
  return events
    .flatMap(({ diagnosticEvent }) => diagnosticEvent?.message.split("\n") ?? [])
    .filter((line) => line.startsWith("bucket "))
    .sort();
}
