// Which policies are on, and how strict?

import type { EnforcementLevel, Policy } from "@pulumi/policy";
import { isDeepStrictEqual } from "node:util";
import { configProblems, type Properties } from "../config/policy-config";
import { allowedAlgorithms } from "../policies/allowed-algorithms";
import { customerManagedKey } from "../policies/customer-managed-key";
import { kms } from "../policies/kms";
import { scopeProperties } from "../scope";

/** Config by policy name, as the engine hands it over once at the start. */
export type PackConfig = ReadonlyMap<
  string,
  { level: EnforcementLevel; properties: Record<string, unknown> }
>;

/** The entry that sets the level of every policy; the engine applies it, and hands it over like a policy. */
const allPolicies = "all";

/** Everything wrong with the config of the pack: unknown policies, wrong properties, policies that contradict. */
export function packConfigProblems(policies: readonly Policy[], config: PackConfig): string[] {
  const wrong = [...config].flatMap(([name, { properties }]) => {
    if (name === allPolicies) return configProblems(name, {}, properties);
    const policy = policies.find((candidate) => candidate.name === name);
    if (!policy) {
      return [`${name} is not a policy of this pack; it has ${policies.map((p) => p.name).join(", ")}.`];
    }
    return configProblems(name, policy.configSchema?.properties as Properties, properties);
  });
  return wrong.length > 0 ? wrong : contradictions(config);
}

function contradictions(config: PackConfig): string[] {
  const enabled = ({ name }: Policy) => {
    const found = config.get(name);
    return found && found.level !== "disabled" ? { name, ...found } : undefined;
  };
  const problems: string[] = [];
  const allowed = enabled(allowedAlgorithms);
  const algorithms = allowed?.properties.algorithms as string[] | undefined;
  for (const policy of [enabled(kms), enabled(customerManagedKey)]) {
    if (
      !policy ||
      !allowed ||
      !algorithms ||
      algorithms.includes("KMS") ||
      !overlap(policy.properties, allowed.properties)
    ) {
      continue;
    }
    problems.push(`${policy.name} requires KMS, but algorithms of ${allowed.name} does not allow it.`);
  }
  const key = enabled(customerManagedKey);
  if (key) problems.push(...keyProblems(key));
  return problems;
}

function keyProblems({
  name,
  level,
  properties,
}: {
  name: string;
  level: EnforcementLevel;
  properties: Record<string, unknown>;
}): string[] {
  const { keyId, keyIds } = properties as { keyId?: string; keyIds?: string[] };
  if (level === "remediate" && keyId === undefined) {
    return [`${name}: keyId is required with enforcement level remediate: it is the key to set.`];
  }
  if (keyId !== undefined && keyIds && !keyIds.includes(keyId)) {
    return [`${name}: keyId must be one of keyIds.`];
  }
  return [];
}

/** Whether two policies certainly meet on some bucket: the same scope, or one of them applies to all. */
function overlap(one: object, other: object): boolean {
  const scopes = [one, other].map((properties) =>
    Object.fromEntries(Object.entries(properties).filter(([key]) => key in scopeProperties)),
  );
  return scopes.some((scope) => Object.keys(scope).length === 0) || isDeepStrictEqual(scopes[0], scopes[1]);
}
