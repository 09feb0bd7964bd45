import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { BucketAddress } from "../../bucket-address";
import { userErrorOf, type Project } from "../../pulumi/project";
import { isBucketEncryption, plain, reachedThrough, secretText } from "../../pulumi/stack-state";
import { UserError } from "../../user-error";

/** What a stack's program declares. */
export interface DeclaredRules {
  addresses: BucketAddress[];
  /** CMKs that the rules name; undefined: one is not known. */
  keys: string[] | undefined;
  /** Resources whose bucket's name is known only when it has been made. */
  unnamed: number;
}

/** What stands in a preview for a value that is not known yet. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Asks a program by a preview, for a stack whose state holds nothing yet: it writes nothing. Throws {@link UserError} where
 * the preview fails, since a policy for half of the buckets would be worse than none.
 */
export async function declaredRules(project: Project, stackName: string): Promise<DeclaredRules> {
  const stack = await project.stack(stackName);
  const declared: { inputs: Record<string, unknown>; through: Pick<BucketAddress, "provider"> }[] = [];
  const onEvent = ({ resourcePreEvent }: EngineEvent) => {
    const { type, new: state } = resourcePreEvent?.metadata ?? {};
    if (!type || !isBucketEncryption({ type }) || !state) return;
    // An explicit provider that is not in the state yet can't be asked: the check says so.
    const through = reachedThrough({ type, provider: state.provider });
    declared.push({ inputs: state.inputs as Record<string, unknown>, through });
  };
  const failure = await userErrorOf(stack.preview({ onEvent }));
  if (failure) {
    throw new UserError(
      `Stack ${stackName} manages no bucket's encryption yet, and a preview of its program failed: ${failure.message} ` +
        "Name buckets with --bucket.",
    );
  }
  const names = declared.map(({ inputs }) => knownText(inputs.bucket));
  const keys = declared.map(({ inputs }) => inputs.kmsMasterKeyId).filter((key) => key !== undefined);
  const known = keys.flatMap((key) => knownText(key) ?? []);
  return {
    addresses: declared.flatMap(({ inputs: { bucket, region, connection }, through }) => {
      const name = knownText(bucket);
      return name === null
        ? []
        : [{ bucket: name, region: knownText(region), connection: knownText(connection), ...through }];
    }),
    keys: known.length === keys.length ? [...new Set(known)] : undefined,
    unnamed: names.filter((name) => name === null).length,
  };
}

/** Null: a secret that is not shown, a value that is not known yet, or none. */
function knownText(value: unknown): string | null {
  const text = plain(value);
  return text === unknownValue || text === secretText ? null : text;
}
