import type { Policy } from "../auth/policy";
import { addSession, createSession, parseRoleArn, sessionJson, type Role } from "../auth/sessions";
import { check, policySchema } from "../schema";
import { Refusal } from "../errors/refusal";
import { identityVerdict, type Identity } from "../auth/accounts";
import type { RpcAction, RpcCall } from "./rpc-action";

const leastSeconds = 900;
const mostSeconds = 12 * 3600;

/** Gives temporary keys for a role to anybody whose own policy allows `sts:AssumeRole` on it. */
export const assumeRole: RpcAction = {
  name: "AssumeRole",
  handle(call) {
    const { identity, parameters } = call;
    const role = findRole(call);
    if (identity?.name === "root") {
      throw new Refusal(403, "NoPermission", "Roles may not be assumed by root accounts.");
    }
    const { externalId } = role;
    const verdict = identity && identityVerdict(identity, "sts:AssumeRole", role.arn);
    if (verdict !== "Allow" || (externalId !== undefined && parameters.get("ExternalId") !== externalId)) {
      const message = "You are not authorized to do this action. You should be authorized by RAM.";
      throw new Refusal(403, "NoPermission", message);
    }
    return startSession(call, role);
  },
};

/** Gives temporary keys for a role to the holder of an identity provider's token. */
export const assumeRoleWithOidc: RpcAction = {
  name: "AssumeRoleWithOIDC",
  unsigned: true,
  handle(call) {
    const { parameters, state } = call;
    const provider = parameters.get("OIDCProviderArn") ?? "";
    const [, account] = /^acs:ram::(\d+):oidc-provider\/[\w.-]+$/.exec(provider) ?? [];
    if (!account) throw malformed("OIDCProviderArn");
    const token = parameters.get("OIDCToken");
    if (!token) throw new Refusal(400, "MissingOIDCToken", "OIDCToken is mandatory for this action.");
    if (state.oidcTokens && !state.oidcTokens.includes(token)) {
      throw new Refusal(400, "AuthenticationFail.OIDCToken.Invalid", "This OIDC token is invalid.");
    }
    return startSession(call, findRole(call));
  },
};

/** Tells whose keys a request is signed with; everybody may ask. */
export const getCallerIdentity: RpcAction = {
  name: "GetCallerIdentity",
  handle({ identity: { account = "", name = "root" } = {} as Partial<Identity> }) {
    const [kind = ""] = name.split("/");
    const types: Record<string, string> = { root: "Account", "assumed-role": "AssumedRoleUser" };
    const id = kind === "root" ? account : "300000000000000000";
    return {
      IdentityType: types[kind] ?? "RAMUser",
      AccountId: account,
      UserId: id,
      PrincipalId: id,
      Arn: `acs:ram::${account}:${name}`,
    };
  },
};

function findRole({ parameters, state }: RpcCall): Role {
  const arn = parameters.get("RoleArn") ?? "";
  const parsed = parseRoleArn(arn);
  if (parsed === undefined) throw malformed("RoleArn");
  const listed = state.roles?.find((role) => role.arn === arn);
  const known = [...state.accounts.values()].some(({ id }) => id === parsed.account);
  if (listed) return listed;
  if (state.roles !== undefined || !known) {
    throw new Refusal(404, "EntityNotExist.Role", `The role not exists: ${arn}.`);
  }
  return { arn };
}

function startSession({ state, parameters, now }: RpcCall, role: Role) {
  const sessionName = parameters.get("RoleSessionName") ?? "";
  if (!/^[\w.@-]{2,64}$/.test(sessionName)) throw malformed("RoleSessionName");
  const seconds = Number(parameters.get("DurationSeconds") ?? 3600);
  if (!Number.isInteger(seconds) || seconds < leastSeconds || seconds > mostSeconds) {
    throw new Refusal(
      400,
      "InvalidParameter.DurationSeconds",
      "The Min/Max value of DurationSeconds is 15min/12hr.",
    );
  }
  const session = createSession({
    role,
    sessionName,
    sessionPolicy: sessionPolicy(parameters.get("Policy")),
    lifetimeMs: state.tokenLifetime ?? seconds * 1000,
    now,
  });
  addSession(state.accounts, session, now);
  return {
    AssumedRoleUser: {
      Arn: `${role.arn}/${sessionName}`,
      AssumedRoleId: `300000000000000000:${sessionName}`,
    },
    Credentials: sessionJson(session),
  };
}

function sessionPolicy(text: string | undefined): Policy | undefined {
  if (!text) return undefined;
  try {
    return check(policySchema, JSON.parse(text), "Policy");
  } catch {
    throw new Refusal(
      400,
      "InvalidParameter.PolicyGrammar",
      "The parameter Policy has not passed grammar check.",
    );
  }
}

function malformed(parameter: string): Refusal {
  return new Refusal(400, `InvalidParameter.${parameter}`, `The parameter ${parameter} is wrongly formed.`);
}
