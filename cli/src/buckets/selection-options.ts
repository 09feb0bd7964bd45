import { isPattern } from "./bucket-pattern";
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { repeatable, wholeNumber } from "../option-values";

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
