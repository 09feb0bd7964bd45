import { appendFileSync } from "node:fs";
import Mocha from "mocha";

/**
 * Mocha's usual output, and at the end one line "PASSED FAILED SKIPPED" appended to the file that the reporter option
 * `totals` names: `mocha --reporter tools/totals-reporter.ts --reporter-option totals=FILE`.
 */
export default class TotalsReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const { totals } = options.reporterOptions as { totals: string };
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      appendFileSync(totals, `${passes} ${failures} ${pending}\n`);
    });
  }
}
