import type { Duplex } from "node:stream";

/** Leads what comes through one connection to another one, and back, until either breaks. */
export function lead(from: Duplex, to: Duplex): void {
  from.on("error", () => to.destroy());
  to.on("error", () => from.destroy());
  from.pipe(to).pipe(from);
}
