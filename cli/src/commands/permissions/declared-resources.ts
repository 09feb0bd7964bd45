import type { EngineEvent } from "@pulumi/pulumi/automation";
import { userErrorOf, type Project } from "../../pulumi/project";
import { isBucketEncryption, reachedThrough } from "../../pulumi/stack-state";
import { UserError } from "../../user-error";
import type { DeclaredResource } from "./scope";

/**
 * Asks a program by a preview, for a stack whose state holds nothing yet: it writes nothing. Throws {@link UserError} where
 * the preview fails, since a policy for half of the buckets would be worse than none.
 */
export async function declaredResources(project: Project, stackName: string): Promise<DeclaredResource[]> {
  const stack = await project.stack(stackName);
  const declared: DeclaredResource[] = [];
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
  return declared;
}
