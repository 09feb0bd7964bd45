/** Skips a test or suite, saying why. */
export function skip(context: Mocha.Context, why: string): never {
  console.log(`    skipped: ${why}`);
  return context.skip();
}
