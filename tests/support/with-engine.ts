import { locateEngine, noEngine, type Engine } from "../../tools/engine";

/**
 * A mocha suite on the real engine. Where there is none its tests are skipped, saying why; in continuous
 * integration (CI=true) that is a failure.
 */
export function describeWithEngine(title: string, body: (engine: () => Engine) => void): void {
  describe(title, () => {
    let engine: Engine | undefined;
    before(async function () {
      engine = await locateEngine();
      if (engine) return;
      if (process.env.CI === "true") throw new Error(noEngine());
      console.log(`    skipped: no Pulumi engine is installed; npm run engine gets one`);
      this.skip();
    });
    body(() => {
      if (!engine) throw new Error(noEngine());
      return engine;
    });
  });
}
