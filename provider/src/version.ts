import { createRequire } from "node:module";

/** What the bundler of the plugin puts in. */
declare const bundledVersion: string | undefined;

/** Whether this code runs from the plugin's bundle, which has no packages beside it. */
export const isBundled = typeof bundledVersion === "string";

/** Version of this package. */
export const version: string =
  typeof bundledVersion === "string"
    ? bundledVersion
    : (createRequire(__filename)("../package.json") as { version: string }).version;
