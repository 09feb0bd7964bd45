/** What the command says to the shell. An interruption exits with 128 + the signal's number, as shells do. */
export const exitCodes = {
  /** Nothing to report: no drift, no finding. */
  ok: 0,
  /** The question could not be answered, or the command was used wrongly. */
  failed: 1,
  /** There is something to look at: drift, a finding. */
  findings: 2,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
