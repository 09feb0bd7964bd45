import assert from "node:assert/strict";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { audit } from "../../cli/src/commands/audit/command";
import { drift } from "../../cli/src/commands/drift/command";
import { importBuckets } from "../../cli/src/commands/import/command";
import { permissions } from "../../cli/src/commands/permissions/command";
import type { Context } from "../../cli/src/subcommand";

/** Options that refuse an empty value by what they take. */
const others: Record<string, string> = {
  "--require <what>":
    "--require must be declared, kms, customer-managed-key, or a list of algorithms such as AES256,KMS (known: AES256, KMS, SM4).",
  "--exclude <pattern>": "It must be a bucket's name, or a pattern of it with * and ?.",
  "--sample <n>": "It must be a whole number from 1 to 1000000.",
  "--concurrency <n>": "It must be a whole number from 1 to 64.",
  "--program <kind>": "Allowed choices are typescript, config.",
};

describe("an option's empty value, of a variable that is not set", () => {
  const context = {} as Context;
  for (const subcommand of [audit, drift, importBuckets, permissions]) {
    const name = subcommand(context).name();
    it(`oss-encryption ${name} takes none`, async () => {
      const withValue = subcommand(context).options.filter(({ required, optional }) => required || optional);
      assert.ok(withValue.length > 1);
      for (const { flags, long } of withValue) {
        const command: CommandUnknownOpts = subcommand(context);
        command.exitOverride().configureOutput({ writeErr: () => undefined });
        const { message } = await command.parseAsync([long ?? "", ""], { from: "user" }).then(
          () => assert.fail(`${flags} was taken`),
          (error: unknown) => error as Error,
        );
        const invalid = `error: option '${flags}' argument '' is invalid. `;
        assert.equal(message.replace(invalid, ""), others[flags] ?? "It can't be empty.", flags);
      }
    });
  }
});
