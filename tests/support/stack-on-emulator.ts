import type { Emulator } from "oss-emulator";
import type { PulumiProject } from "../../tools/pulumi-project";

/** A stack and the OSS that it is deployed to. */
export class StackOnEmulator implements AsyncDisposable {
  protected constructor(
    readonly emulator: Emulator,
    readonly project: PulumiProject,
    /** Whether the emulator ends with the stack. */
    private readonly ownsEmulator: boolean,
  ) {}

  /** Method of each bucket's default rule as it truly is; undefined: no rule. */
  get live(): Record<string, string | undefined> {
    return Object.fromEntries(
      this.emulator.buckets.map((name) => [name, this.emulator.encryption(name)?.SSEAlgorithm]),
    );
  }

  /** Operations that OSS was asked for since the last call, in order of arrival. */
  takeOperations(): (string | undefined)[] {
    const operations = this.emulator.requests.map(({ operation }) => operation);
    this.emulator.clearRequests();
    return operations;
  }

  async close(): Promise<void> {
    await this.project.close();
    if (this.ownsEmulator) await this.emulator.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
