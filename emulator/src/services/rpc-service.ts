import { createHmac, randomUUID } from "node:crypto";
import { encodedPairs, percentEncode } from "../auth/canonical";
import { identityOf, type Account } from "../auth/accounts";
import { Refusal } from "../errors/refusal";
import type { Answer } from "../server/answer";
import { RequestBody } from "../requests/request-body";
import type { ServerState } from "../server/server-state";
import type { Service } from "../server/service";
import type { RpcAction, RpcCall } from "./rpc-action";
import { createKey, describeKey, listTagResources, scheduleKeyDeletion } from "./kms";
import { assumeRole, assumeRoleWithOidc, getCallerIdentity } from "./sts";

export const rpcActions: readonly RpcAction[] = [
  assumeRole,
  assumeRoleWithOidc,
  getCallerIdentity,
  createKey,
  describeKey,
  listTagResources,
  scheduleKeyDeletion,
];

const allowedSkew = 15 * 60 * 1000;

/** STS and KMS: actions named by a parameter, signed with HMAC-SHA1, answered in JSON. */
export const rpcService: Service = {
  async understand(state, message, target, entry) {
    entry.id = randomUUID().toUpperCase();
    entry.path = target.path;
    const form = await new RequestBody(message).text();
    const parameters = new Map([...new URLSearchParams(target.search), ...new URLSearchParams(form)]);
    const name = parameters.get("Action") ?? "";
    const action = rpcActions.find((one) => one.name === name);
    if (action === undefined) {
      throw new Refusal(
        404,
        "InvalidAction.NotFound",
        "Specified api is not found, please check your url and method.",
      );
    }
    entry.operation = name;
    const account = action.unsigned ? undefined : verify(state, entry.method, parameters);
    const identity = account && identityOf(account);
    Object.assign(entry, { account: identity?.account, identity: identity?.name });
    const region = /\.([a-z]+-[a-z0-9-]+)\.aliyuncs\.com$/.exec(entry.host)?.[1] ?? state.region;
    const call: RpcCall = { state, parameters, identity, region, now: state.now() };
    return { operation: name, run: () => json(200, { RequestId: entry.id, ...action.handle(call) }) };
  },

  refuse({ status, code, message }, { id, host }) {
    return json(status, { RequestId: id, HostId: host, Code: code, Message: message });
  },
};

function verify(state: ServerState, method: string, parameters: ReadonlyMap<string, string>): Account {
  const account = state.accounts.get(parameters.get("AccessKeyId") ?? "");
  if (account === undefined) {
    throw new Refusal(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
  }
  if (account.disabled) {
    throw new Refusal(403, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.");
  }
  const timestamp = Date.parse(parameters.get("Timestamp") ?? "");
  if (!(Math.abs(timestamp - state.now()) <= allowedSkew)) {
    throw new Refusal(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
  }
  const signature = createHmac("sha1", `${account.accessKeySecret}&`)
    .update(stringToSign(method, parameters))
    .digest("base64");
  if (signature !== parameters.get("Signature")) {
    throw new Refusal(
      400,
      "SignatureDoesNotMatch",
      "Specified signature is not matched with our calculation.",
    );
  }
  if (account.expiration && account.expiration.getTime() <= state.now()) {
    throw new Refusal(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.");
  }
  if (parameters.get("SecurityToken") !== account.securityToken) {
    throw account.securityToken && !parameters.has("SecurityToken")
      ? new Refusal(400, "MissingSecurityToken", "SecurityToken is mandatory for this action.")
      : new Refusal(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.");
  }
  return account;
}

function stringToSign(method: string, parameters: ReadonlyMap<string, string>): string {
  const pairs = encodedPairs(parameters, "Signature");
  return `${method}&${percentEncode("/")}&${percentEncode(pairs.map((pair) => pair.join("=")).join("&"))}`;
}

function json(status: number, content: Record<string, unknown>): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(content) };
}
