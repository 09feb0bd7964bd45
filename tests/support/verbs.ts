/** Property bags as they travel between engine and provider. */
export type Props = Record<string, unknown>;

/** The verbs of a resource as the engine sees them, whatever carries them there. */
export interface Verbs {
  check(
    olds: Props,
    news: Props,
  ): Promise<{ inputs: Props; failures: { property: string; reason: string }[] }>;
  diff(
    id: string,
    olds: Props,
    news: Props,
  ): Promise<{ changes: "none" | "some" | "unknown"; replaces: string[] }>;
  create(props: Props): Promise<{ id: string; outs: Props }>;
  /** An empty id: the resource is gone. */
  read(id: string, props: Props): Promise<{ id: string; props: Props; inputs: Props }>;
  update(id: string, olds: Props, news: Props): Promise<{ outs: Props }>;
  delete(id: string, props: Props): Promise<void>;
}

/** A verb failed. With `pending` OSS has taken the write, and the engine keeps the resource in state. */
export class VerbError extends Error {
  override name = "VerbError";

  constructor(
    message: string,
    readonly pending?: { id: string; properties: Props; reasons: string[] },
  ) {
    super(message);
  }
}

/** The code in state that names the provider; `pulumi-oss-encryption` never changes it. */
export const providerText = 'exports.handler = () => require("pulumi-oss-encryption/dynamic").provider();';
