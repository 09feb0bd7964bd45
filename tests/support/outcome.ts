import assert from "node:assert/strict";
import type { Operation } from "../../tools/pulumi-project";

/** The operation, once it has ended with exit code 0. */
export async function succeeds(running: Promise<Operation>): Promise<Operation> {
  const operation = await running;
  assert.equal(operation.code, 0, operation.stdout + operation.stderr);
  return operation;
}

/** What the provider said about buckets, sorted: the engine passes it on in no order. */
export function said({ events }: Operation): string[] {
  return events
    .flatMap(({ diagnosticEvent }) => diagnosticEvent?.message.split("\n") ?? [])
    .filter((line) => line.startsWith("bucket "))
    .sort();
}
