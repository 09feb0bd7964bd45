import type { Deployment } from "@pulumi/pulumi/automation";
import type { AlicloudRule } from "../../pulumi/alicloud-rules";
import { resourcesOf, type StateResource } from "../../pulumi/stack-state";
import { UserError } from "../../user-error";

/** Resources that are named in an error. */
const mostNamed = 10;

/**
 * Throws {@link UserError} where the engine would not take all of these resources out of a state: others depend on one, or
 * it is there twice. To be asked before anything is imported, since half of a move is worse than none: the program that
 * follows it would remove the rules of the rest.
 */
export function checkDroppable(state: Deployment, stack: string, dropped: readonly AlicloudRule[]): void {
  const urns = new Set(dropped.map(({ urn }) => urn));
  const twice = resourcesOf(state).filter((one) => one.delete && urns.has(one.urn));
  if (twice.length > 0) {
    throw refusal(stack, "old ones wait to be deleted", names(twice), "Run pulumi up first");
  }
  const dependents = resourcesOf(state).filter(
    (one) => !urns.has(one.urn) && dependenciesOf(one).some((urn) => urns.has(urn)),
  );
  if (dependents.length === 0) return;
  throw refusal(
    stack,
    "others depend on them",
    names(dependents),
    "Let these depend on the bucket itself in the program (dependsOn, and inputs made from outputs), run pulumi up, and then this again",
  );
}

const refusal = (stack: string, why: string, which: string, next: string) =>
  new UserError(
    `--from-alicloud: nothing was imported, because the resources can't be taken out of the state of stack ${stack}: ` +
      `${why} (${which}). ${next}.`,
  );

function names(resources: readonly StateResource[]): string {
  const more = resources.length - mostNamed;
  const some = resources.slice(0, mostNamed).map(({ urn }) => urn);
  return [...some, ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

/** URNs of all that a resource hangs on, as the engine counts them. */
function dependenciesOf(resource: StateResource): string[] {
  const { parent, dependencies, propertyDependencies, deletedWith, replaceWith, provider } = resource;
  // A reference to a provider is its URN and id.
  const providerUrn = provider?.split("::").slice(0, -1).join("::");
  const lists = [dependencies, ...Object.values(propertyDependencies ?? {}), replaceWith];
  return [parent, deletedWith, providerUrn, ...lists.flatMap((list) => list ?? [])].filter(
    (urn) => urn !== undefined,
  );
}
