import type { Deployment } from "@pulumi/pulumi/automation";
import { resourcesOf, type StateResource } from "../../pulumi/stack-state";

/** What of a resource does not relate it to another one. */
const own = new Set(["urn", "inputs", "outputs"]);

/**
 * URNs of the resources that the engine replaces without doing anything else. It refuses to replace a protected one, and
 * with one that is deleted first it deletes what depends on it.
 */
export function replaceable(state: Deployment): Set<string> {
  const resources = resourcesOf(state);
  const related = new Set(resources.flatMap(relations));
  const isReplaceable = ({ urn, protect }: StateResource) => !protect && !related.has(urn);
  return new Set(resources.filter(isReplaceable).map(({ urn }) => urn));
}

/** Whatever relates to another resource names it: as parent, dependency, in `replaceWith` … */
const relations = (resource: StateResource): string[] =>
  Object.entries(resource).flatMap(([key, value]) => (own.has(key) ? [] : texts(value)));

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}
