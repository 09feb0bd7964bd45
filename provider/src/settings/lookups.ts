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
  configNames: ConfigNames;
}

/** How the one who set config knows its keys: the provider plugin has the same settings under names of its own. */
export interface ConfigNames {
  /** The name of a key that is looked up as `alicloud:region`. */
  nameOf: (key: string) => string;
  /** What has them, and what refresh and destroy use as the last `up` left it: `the stack config`. */
  holder: string;
}

/** The keys of the stack's config are named as they are looked up. */
export const stackConfigNames: ConfigNames = { nameOf: (key) => key, holder: "the stack config" };

/** Where a setting in config stands, for whoever set it. */
export const configOrigin = ({ configNames: { nameOf, holder } }: Lookups, key: string) =>
  `${nameOf(key)} in ${holder}`;
