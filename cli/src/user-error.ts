import { OssEncryptionError } from "pulumi-oss-encryption/oss";

/** Ends the command with exit code 1; `message` is one or two sentences for a person, which is all that is shown. */
export class UserError extends Error {
  override name = "UserError";
}

/** What is printed for an error: a person's sentence, or for a mistake of ours how to get at its stack. */
export function messageOf(error: unknown, env: NodeJS.ProcessEnv): string {
  if (!(error instanceof Error)) return `Unexpected error: ${String(error)}`;
  if (env.OSS_ENCRYPTION_DEBUG) return error.stack ?? error.message;
  if (error instanceof UserError || error instanceof OssEncryptionError) return error.message;
  const [line = ""] = error.message.split("\n", 1);
  return `Unexpected error: ${line} (OSS_ENCRYPTION_DEBUG=1 shows where)`;
}
