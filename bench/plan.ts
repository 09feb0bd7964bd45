import type { Contestant, Options } from "./options";

/** What is measured in one go, its contestants in turn. */
export interface Scenario {
  buckets: number;
  latency: number;
  /** Flag of the engine; absent: its own default. */
  parallel?: number;
  contestants: Contestant[];
}

export interface Plan {
  scenarios: Scenario[];
  /** What is left out and why, a sentence each. */
  notes: string[];
}

/** @param missing why alicloud can't be measured; undefined: it can */
export function plan(options: Options, missing: string | undefined): Plan {
  const { sizes, latencies, parallel, contestants, alicloudUpTo } = options;
  const wanted = contestants.filter((one) => one !== "alicloud" || missing === undefined);
  const withoutAlicloud = wanted.filter((one) => one !== "alicloud");
  const grid = latencies.flatMap((latency) =>
    sizes.map((buckets) => ({
      buckets,
      latency,
      contestants: buckets <= alicloudUpTo ? wanted : withoutAlicloud,
    })),
  );
  // More buckets would only take longer, and fewer would not fill the slots.
  const buckets = Math.max(...sizes.filter((size) => size <= 200), Math.min(...sizes));
  const variation = parallel.map((width) => ({
    buckets,
    latency: Math.max(...latencies),
    parallel: width,
    contestants: withoutAlicloud,
  }));
  const scenarios = [...grid, ...variation].filter((scenario) => scenario.contestants.length > 0);

  const tooLarge = sizes.filter((size) => size > alicloudUpTo);
  const isAsked = contestants.includes("alicloud");
  const notes = [
    ...(isAsked && missing !== undefined ? [`alicloud is left out: ${missing}.`] : []),
    ...(isAsked && missing === undefined && tooLarge.length > 0
      ? [
          `alicloud is left out for ${tooLarge.join(" and ")} buckets: each of its creates sleeps for 5 s; ` +
            "--alicloud-up-to lifts that.",
        ]
      : []),
  ];
  return { scenarios, notes };
}
