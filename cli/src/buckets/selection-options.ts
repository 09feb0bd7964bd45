import { InvalidArgumentError, Option } from "@commander-js/extra-typings";

const collect = (value: string, values: string[] | undefined) => [...(values ?? []), value];

/** The flags that choose buckets and ways to them, alike in every subcommand. */
export const selectionOptions = {
  bucket: () =>
    new Option("--bucket <name>", "a bucket; repeatable").argParser(collect).conflicts(["prefix", "region"]),
  prefix: () => new Option("--prefix <text>", "buckets whose names begin so; repeatable").argParser(collect),
  region: () =>
    new Option("--region <id>", "buckets in this region, such as cn-hangzhou; repeatable").argParser(collect),
  connection: () =>
    new Option(
      "--connection <name>",
      'look through this entry of oss-encryption:connections, "default" being the stack\'s own way; repeatable',
    ).argParser(collect),
  concurrency: () =>
    new Option("--concurrency <n>", "buckets read at once").argParser(wholeNumber(1, 64)).default(16),
};

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

export const repeatable = collect;
