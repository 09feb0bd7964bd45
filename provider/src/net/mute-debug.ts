import { createRequire } from "node:module";
import { isBundled } from "../version";

interface Debug {
  enable(namespaces: string): void;
  /** Returns what was enabled. */
  disable(): string;
}

/**
 * Keeps a library from printing under the names that `namespace` stands for: with DEBUG=*, which pipelines set to
 * look for something else, @alicloud/credentials prints tokens and signatures.
 */
export function muteDebug(library: string, namespace: string): void {
  // The bundle begins by taking DEBUG away: there is no library beside it to look for.
  if (isBundled) return;
  const debug = createRequire(createRequire(__filename).resolve(library))("debug") as Debug;
  const enabled = debug.disable();
  if (enabled) debug.enable(`${enabled},-${namespace}`);
}
