import { Option } from "@commander-js/extra-typings";
import { jsonText, type Block } from "./document";
import { renderMarkdown } from "./markdown";
import { renderText } from "./text";

/** The options that choose a format, alike in every subcommand. */
export const jsonOption = () => new Option("--json", "print JSON").conflicts("markdown");
export const markdownOption = () =>
  new Option("--markdown", "print Markdown, for a pull request or a job summary").conflicts("json");

export interface FormatOptions {
  json?: true | undefined;
  markdown?: true | undefined;
}

/** The same content for programs and for people. */
export interface Report {
  json: { version: number } & Record<string, unknown>;
  blocks: readonly Block[];
}

export function printReport(
  report: Report,
  { json, markdown }: FormatOptions,
  stdout: NodeJS.WriteStream,
): void {
  if (json) stdout.write(jsonText(report.json));
  else stdout.write(markdown ? renderMarkdown(report.blocks) : renderText(report.blocks, stdout));
}
