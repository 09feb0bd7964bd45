import { inspect } from "node:util";

/**
 * What mocha lets go, so that it could fail unseen, is a failure: an assertion in a promise that nobody awaits, and a run
 * that does not come to its end. `.mocharc.json` requires it.
 */

// Mocha sets the true one at the end, which a run does not come to where a worker dies between two files.
process.exitCode = 1;

const unhandled = new Map<Promise<unknown>, string>();
let during: string | undefined;

const note = (reason: unknown, promise: Promise<unknown>) =>
  unhandled.set(promise, `${during ?? "before the first test"}: ${inspect(reason)}`);
const forget = (promise: Promise<unknown>) => unhandled.delete(promise);

export const mochaHooks = {
  // Not at the top: a worker of mocha's removes all listeners after each file.
  beforeAll() {
    process.on("unhandledRejection", note).on("rejectionHandled", forget);
  },
  beforeEach(this: Mocha.Context) {
    during = this.currentTest?.fullTitle();
  },
  // Not after each test: where such a hook fails, mocha leaves out all tests that are to come.
  afterAll() {
    process.off("unhandledRejection", note).off("rejectionHandled", forget);
    const told = [...unhandled.values()];
    unhandled.clear();
    if (told.length > 0) throw new Error(`nobody handled a rejection\n${told.join("\n")}`);
  },
};
