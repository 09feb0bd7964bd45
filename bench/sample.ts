import type { Contestant } from "./options";
import type { Scenario } from "./plan";
import { median, medianRatio } from "./statistics";

export const operations = ["up", "preview", "refresh", "destroy"] as const;
export type Operation = (typeof operations)[number];

/** What was measured of one operation, once. */
export interface Figures {
  ms: number;
  /** Requests that reached OSS, by operation of its API. */
  requests: Record<string, number>;
  /** KiB. */
  providerPeakKiB: number;
  /** Processor time of engine, program and provider, where the system tells. */
  cpuMs?: number;
  /** The emulator's own, which real OSS would not take. */
  emulatorCpuMs: number;
  /** Of one resource, after up. */
  stateBytes?: number;
}

export interface Sample extends Omit<Scenario, "contestants">, Figures {
  contestant: Contestant;
  operation: Operation;
}

/** The runs of one operation of one contestant: medians, but the requests of the first and the most memory of any. */
export interface Result extends Omit<Sample, "ms"> {
  /** Of every run, in order. */
  runsMs: number[];
  medianMs: number;
  /** Median over the runs of how often this takes what the floor took in the same run. */
  ratioToFloor?: number;
  requestsPerBucket: number;
}

type Key = Pick<Sample, "contestant" | "operation" | "buckets" | "latency" | "parallel">;

const keyOf = ({ contestant, operation, buckets, latency, parallel }: Key) =>
  [contestant, operation, buckets, latency, parallel].join();

/** Puts the runs together. Samples of a contestant must be in order of their runs. */
export function summarize(samples: readonly Sample[]): Result[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) groups.set(keyOf(sample), [...(groups.get(keyOf(sample)) ?? []), sample]);
  return [...groups.values()].map((runs) => {
    const [first] = runs as [Sample];
    const { contestant, operation, buckets, latency, parallel, requests } = first;
    const floorMs = groups.get(keyOf({ ...first, contestant: "floor" }))?.map(({ ms }) => ms);
    const runsMs = runs.map(({ ms }) => ms);
    const perBucket = runs.map((run) => sum(Object.values(run.requests)) / buckets);
    return {
      contestant,
      operation,
      buckets,
      latency,
      ...(parallel === undefined ? {} : { parallel }),
      runsMs,
      medianMs: median(runsMs),
      ...(floorMs ? { ratioToFloor: medianRatio(runsMs, floorMs) } : {}),
      requestsPerBucket: median(perBucket),
      requests,
      providerPeakKiB: Math.max(...runs.map(({ providerPeakKiB }) => providerPeakKiB)),
      ...(first.cpuMs === undefined ? {} : { cpuMs: median(runs.map(({ cpuMs }) => cpuMs ?? NaN)) }),
      emulatorCpuMs: median(runs.map(({ emulatorCpuMs }) => emulatorCpuMs)),
      ...(first.stateBytes === undefined ? {} : { stateBytes: first.stateBytes }),
    };
  });
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
