/**
 * Text that comes from OSS, a state or a file, as one line that is safe wherever it is shown: in a terminal, a log,
 * JSON, Markdown or a page. Line ends become spaces; control characters, marks that turn the direction of text and
 * whatever else is not seen become U+FFFD; and what a build server would take for a command of its own (`::error`,
 * `##[…]`, `##vso[…]`) gets a space inside. It is meant for single values, before they become part of a sentence.
 */
export const printable = (value: string): string =>
  value
    .replace(/(?:[^\S ]|\u0085)+/g, " ")
    .replace(/\p{C}/gu, "\u{fffd}")
    // GitHub obeys `::` at the beginning of a line, and Azure Pipelines, TeamCity and older GitHub `##name[` anywhere in it.
    .replace(/^( *):(?=:)/, "$1: ")
    .replace(/#(?=#\w*\[)/g, "# ");
