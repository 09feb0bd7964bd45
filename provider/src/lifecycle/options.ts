import type { Clock } from "../net/retry";
import type { OssClient } from "../oss/client";
import type { Target } from "../settings/settings";
import type { RunNotes } from "./run-notes";

/** A resource's properties, as the engine passes them on. */
export type Props = Record<string, unknown>;

/** Milliseconds for looks that may fail: that of a preview, and the one after a write whose answers were lost. */
export const briefMs = 3_000;

/** What the verbs stand on. */
export interface LifecycleOptions {
  connections: {
    /** Throws ConfigurationError where the target's settings are wrong. */
    verify(target: Target): void;
    client(target: Target): OssClient;
    /** The cloud that a target is in. Throws as {@link verify} does. */
    cloud(target: Target): string;
  };
  clock: Clock;
  /** One line for the person who runs the engine. */
  log: (line: string) => void;
  /** What other processes of the same engine command do; default: there are none. */
  notes?: RunNotes;
}
