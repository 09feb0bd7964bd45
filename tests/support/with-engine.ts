import { missingAlicloudPlugin } from "../../tools/alicloud-plugin";
import { locateEngine, noEngine, type Engine } from "../../tools/engine";
import { skip } from "./skip";

/**
 * A mocha suite on the real engine. Where there is none its tests are skipped, saying why; in continuous
 * integration (CI=true) that is a failure. `language` is one whose host it needs beside the engine; without it they are
 * skipped, too.
 */
export function describeWithEngine(
  title: string,
  body: (engine: () => Engine) => void,
  language?: "yaml",
): void {
  // Of a suite in a skipped one no hook runs, neither those that make something nor those that close it.
  describe("on the engine", () => {
    let engine: Engine | undefined;
    before(async function () {
      engine = await locateEngine();
      if (engine && language === "yaml") skipWithoutYaml(this, engine);
      if (engine) return;
      if (process.env.CI === "true") throw new Error(noEngine());
      skip(this, "no Pulumi engine is installed; npm run engine gets one");
    });
    describe(title, () => {
      body(() => {
        if (!engine) throw new Error(noEngine());
        return engine;
      });
    });
  });
}

/** Skips a test or suite with a program in YAML where the engine has no host for it, which only Pulumi's download brings. */
export function skipWithoutYaml(context: Mocha.Context, { yamlHost }: Engine): void {
  if (!yamlHost) skip(context, "no pulumi-language-yaml beside the engine or on PATH");
}

/** Skips a test or suite that needs the alicloud provider's plugin where it is not installed. */
export function skipWithoutAlicloud(context: Mocha.Context): void {
  const missing = missingAlicloudPlugin();
  if (missing !== undefined) skip(context, missing);
}

/** A suite of programs in YAML. */
export const describeWithYaml = (title: string, body: (engine: () => Engine) => void) =>
  describeWithEngine(title, body, "yaml");
