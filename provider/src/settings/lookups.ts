/** Looks a name up: a Pulumi config key such as `alicloud:region`, or an environment variable. */
export type Lookup = (name: string) => string | undefined;

/** Where settings and credentials come from. Passed in, so that programs, the engine's process and tools differ. */
export interface Lookups {
  config: Lookup;
  env: Lookup;
  /** The content of a file, `~` standing for the home directory; nothing where it doesn't exist. */
  file: Lookup;
  /** Milliseconds since 1970. */
  now: () => number;
}
