import type { Emulator } from "oss-emulator";
import { measured } from "../tools/peak-memory";
import type { PulumiProject } from "../tools/pulumi-project";
import { entries } from "./contestants";
import type { Contestant } from "./options";
import { childrenCpuMs } from "./processor-time";
import type { Figures, Operation } from "./sample";

export interface BenchStack {
  contestant: Contestant;
  /** Names. */
  buckets: readonly string[];
  project: PulumiProject;
}

const commands: Record<Operation, string[]> = {
  up: ["up", "--yes", "--skip-preview"],
  preview: ["preview", "--expect-no-changes"],
  refresh: ["refresh", "--preview-only", "--expect-no-changes"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

const timeout = 1_800_000;

/**
 * Runs one operation as a person would.
 *
 * @throws Error where it fails, or OSS does not have the rules that it should
 */
export async function measure(
  operation: Operation,
  { contestant, buckets, project }: BenchStack,
  emulator: Emulator,
  parallel?: number,
): Promise<Figures> {
  const { process: served, type, writes } = entries[contestant];
  const flags = parallel === undefined ? [] : ["--parallel", String(parallel)];
  emulator.clearRequests();
  const cpu = process.cpuUsage();
  const before = childrenCpuMs();
  const { result, took, peak } = await measured(
    () => project.pulumi([...commands[operation], ...flags], { timeout }),
    served,
  );
  const after = childrenCpuMs();
  const { user, system } = process.cpuUsage(cpu);
  const failed = (why: string) =>
    new Error(`${operation} of ${contestant} ${why}:\n${result.stdout}${result.stderr}`);
  if (result.code !== 0) throw failed(`ended with ${result.code ?? "a signal"}`);
  const rules = buckets.filter((bucket) => emulator.encryption(bucket)).length;
  const expected = writes && operation !== "destroy" ? buckets.length : 0;
  if (rules !== expected) throw failed(`left ${rules} rules instead of ${expected}`);
  return {
    ms: Math.round(took),
    requests: { ...emulator.counts },
    providerPeakKiB: peak,
    ...(before === undefined || after === undefined ? {} : { cpuMs: after - before }),
    emulatorCpuMs: Math.round((user + system) / 1000),
    ...(operation === "up" ? { stateBytes: await stateBytes(project, type) } : {}),
  };
}

/** Bytes that a resource of this type takes in the state, on average, as JSON without spaces. */
async function stateBytes(project: PulumiProject, type: string): Promise<number> {
  const { resources } = await project.exportStack();
  const texts = resources
    .filter((resource) => resource.type === type)
    .map((resource) => JSON.stringify(resource));
  return Math.round(Buffer.byteLength(texts.join("")) / texts.length);
}
