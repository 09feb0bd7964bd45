import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/* Writes provider/schema.json, which SDKs can be generated from without the plugin. */

const provider = join(__dirname, "../provider");
const { packageSchema } = createRequire(__filename)(join(provider, "dist/plugin/schema.js")) as {
  packageSchema: (version: string) => object;
};
const { version } = createRequire(__filename)(join(provider, "package.json")) as { version: string };
writeFileSync(join(provider, "schema.json"), `${JSON.stringify(packageSchema(version), undefined, 2)}\n`);
