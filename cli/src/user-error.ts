import { OssEncryptionError, printable } from "pulumi-oss-encryption/oss";

/** Ends the command with exit code 1; `message` is one or two sentences for a person, which is all that is shown. */
export class UserError extends Error {
  override name = "UserError";

  constructor(message: string, options?: ErrorOptions) {
    super(printable(message), options);
  }
}

/** What is printed for an error: a person's sentence, or for a mistake of ours how to get at its stack. */
export function messageOf(error: unknown, env: NodeJS.ProcessEnv): string {
  if (!(error instanceof Error)) return printable(`Unexpected error: ${String(error)}`);
  if (env.OSS_ENCRYPTION_DEBUG) return (error.stack ?? error.message).split("\n").map(printable).join("\n");
  if (error instanceof UserError || error instanceof OssEncryptionError) return error.message;
  const [line = ""] = error.message.split("\n", 1);
  return `Unexpected error: ${printable(line)} (OSS_ENCRYPTION_DEBUG=1 shows where)`;
}
