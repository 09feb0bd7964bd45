import { startEmulator, type Emulator } from "oss-emulator";
import type { Engine } from "../tools/engine";
import { PulumiProject } from "../tools/pulumi-project";
import { entries } from "./contestants";
import { measure, type BenchStack } from "./measure";
import type { Contestant } from "./options";
import type { Scenario } from "./plan";
import { operations, type Sample } from "./sample";

export interface ScenarioOptions {
  engine: Engine;
  runs: number;
  /** Gets each sample when it is there: a run that is interrupted still has something to show. */
  record: (sample: Sample) => void;
  /** Told what is under way. */
  progress: (line: string) => void;
  signal: AbortSignal;
}

/**
 * Measures every operation of every contestant, run after run. Within a run they take turns at each operation, in an
 * order that changes, so that whatever else the machine does hits all alike.
 */
export async function measureScenario(scenario: Scenario, options: ScenarioOptions): Promise<void> {
  const { contestants, ...setting } = scenario;
  await using emulator = await startEmulator({ latency: setting.latency });
  const stacks: BenchStack[] = [];
  try {
    for (const contestant of contestants) {
      stacks.push(await createStack(contestant, setting.buckets, emulator, options));
    }
    for (let run = 0; run < options.runs; run++) {
      const turns = operations.flatMap((operation) =>
        rotated(stacks, run).map((stack) => ({ operation, stack })),
      );
      for (const { operation, stack } of turns) {
        const figures = await measure(operation, stack, emulator, setting.parallel);
        const took = `${(figures.ms / 1000).toFixed(1)} s`;
        options.progress(`run ${run + 1} of ${options.runs}, ${operation}, ${stack.contestant}: ${took}`);
        options.record({ ...setting, ...figures, operation, contestant: stack.contestant });
      }
    }
  } finally {
    await Promise.all(stacks.map(({ project }) => project.close()));
  }
}

/** A contestant's project, and buckets that no other uses. */
async function createStack(
  contestant: Contestant,
  count: number,
  emulator: Emulator,
  { engine, signal }: ScenarioOptions,
): Promise<BenchStack> {
  const { program, packages, files, access, prepare } = entries[contestant];
  const buckets = Array.from({ length: count }, (_, at) => `${contestant}-${at}`);
  for (const bucket of buckets) emulator.createBucket(bucket);
  const project = await PulumiProject.create({
    engine,
    signal,
    ...(packages ? { packages } : {}),
    files: { "index.js": program, "buckets.json": JSON.stringify(buckets), ...files },
    ...access(emulator),
  });
  await prepare?.(project.folder);
  return { contestant, buckets, project };
}

const rotated = <T>(list: T[], by: number) => list.map((_, at) => list[(at + by) % list.length] as T);
