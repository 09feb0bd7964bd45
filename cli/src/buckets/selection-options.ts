import { isPattern } from "./bucket-pattern";
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";

/** Takes a value as it is. An empty one, of a shell's variable that is not set, would stand for something else. */
export function notEmpty(value: string): string {
  if (value === "") throw new InvalidArgumentError("It can't be empty.");
  return value;
}

/** Collects the values of an option that may be repeated. */
export const repeatable = (value: string, values: string[] | undefined) => [
  ...(values ?? []),
  notEmpty(value),
];

/** The options that choose buckets and connections, alike in every subcommand. */
export const selectionOptions = {
  bucket: () =>
    new Option("--bucket <name>", "a bucket; repeatable")
      .argParser(repeatable)
      .conflicts(["prefix", "region"]),
  prefix: () =>
    new Option("--prefix <text>", "buckets whose names begin with this text; repeatable").argParser(
      repeatable,
    ),
  region: () =>
    new Option("--region <id>", "buckets in this region, such as cn-hangzhou; repeatable").argParser(
      repeatable,
    ),
  connection: () =>
    new Option(
      "--connection <name>",
      'read through this entry of oss-encryption:connections; "default" stands for the settings outside of it; repeatable',
    ).argParser(repeatable),
  exclude: () =>
    new Option(
      "--exclude <pattern>",
      'not these buckets: a name, or a pattern such as "tmp-*"; repeatable',
    ).argParser((pattern: string, patterns: string[] | undefined) => {
      if (!isPattern(pattern)) {
        throw new InvalidArgumentError("It must be a bucket's name, or a pattern of it with * and ?.");
      }
      return repeatable(pattern, patterns);
    }),
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
