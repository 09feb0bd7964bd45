import type { DiagnosticEvent, EngineEvent } from "@pulumi/pulumi/automation";
import { resourceTypes } from "pulumi-oss-encryption/oss";

/** Why the engine failed, if it was not for one of our resources. */
export function engineFailure(events: readonly EngineEvent[], errorLine: string): string | undefined {
  const isOurs = ({ urn = "" }: DiagnosticEvent) => resourceTypes.some((type) => urn.includes(`${type}::`));
  // The engine's own last word, which says nothing.
  const isSummary = ({ message }: DiagnosticEvent) => /^(preview|update) failed$/.test(message.trim());
  const errors = errorsIn(events).filter((error) => !isSummary(error));
  const other = errors.find((error) => !isOurs(error));
  if (other) return oneLine(other.message);
  return errors.length === 0 ? errorLine : undefined;
}

/** Errors of single resources, by URN; of several the last one. */
export const resourceErrors = (events: readonly EngineEvent[]): Map<string, string> =>
  new Map(errorsIn(events).flatMap(({ urn, message }) => (urn ? [[urn, oneLine(message)]] : [])));

const errorsIn = (events: readonly EngineEvent[]): DiagnosticEvent[] =>
  events
    .flatMap(({ diagnosticEvent }) => diagnosticEvent ?? [])
    .filter(({ severity }) => severity === "error");

/** What the engine said, without its own beginning and a stack. */
function oneLine(message: string): string {
  return message
    .replace(/\n\s+at .*/gs, "")
    .replace(/^(Preview|Update) failed: /i, "")
    .replace(/\s+/g, " ")
    .trim();
}
