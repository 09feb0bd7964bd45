import { randomUUID } from "node:crypto";
import { identityVerdict } from "../auth/accounts";
import type { Key } from "../store/store";
import { Refusal } from "../errors/refusal";
import type { RpcAction, RpcCall } from "./rpc-action";

/** Makes a customer master key. */
export const createKey: RpcAction = {
  name: "CreateKey",
  handle(call) {
    authorize(call, "kms:CreateKey", "key");
    const description = call.parameters.get("Description") ?? "";
    const key: Key = { id: randomUUID(), state: "Enabled", description };
    call.state.store.keys.set(key.id, key);
    return { KeyMetadata: metadata(call, key) };
  },
};

/** Tells state and owner of a customer master key. Every key belongs to the account that asks. */
export const describeKey: RpcAction = {
  name: "DescribeKey",
  handle: (call) => ({ KeyMetadata: metadata(call, findKey(call, "kms:DescribeKey")) }),
};

/** Says that a key will be gone. Nothing can be encrypted or decrypted with it from now on. */
export const scheduleKeyDeletion: RpcAction = {
  name: "ScheduleKeyDeletion",
  handle(call) {
    findKey(call, "kms:ScheduleKeyDeletion").state = "PendingDeletion";
    return {};
  },
};

/** Tools that manage keys ask for their tags; there are none. */
export const listTagResources: RpcAction = {
  name: "ListTagResources",
  handle: () => ({ NextToken: "", TagResources: { TagResource: [] } }),
};

/** Finds a key by its id, its alias or the ARN of either. @throws Refusal where there is none */
function findKey(call: RpcCall, action: string): Key {
  const { keys } = call.state.store;
  const name = nameOf(call);
  const isAlias = name.startsWith("alias/");
  const byAlias = isAlias ? [...keys.values()].find(({ alias }) => alias === name) : undefined;
  const key = byAlias ?? keys.get(name);
  authorize(call, action, `key/${key?.id ?? name}`);
  if (key !== undefined) return key;
  throw isAlias
    ? new Refusal(404, "Forbidden.AliasNotFound", "The specified Alias is not found.")
    : new Refusal(404, "Forbidden.KeyNotFound", "The specified Key is not found.");
}

/** What `KeyId` names, without the ARN around it; "" for an ARN of another region or account. */
function nameOf(call: RpcCall): string {
  const text = call.parameters.get("KeyId") ?? "";
  if (!text.startsWith("acs:")) return text;
  const own = arn(call, "");
  const resource = text.startsWith(own) ? text.slice(own.length) : "";
  return resource.replace(/^key\//, "");
}

function authorize(call: RpcCall, action: string, resource: string): void {
  if (!call.identity || identityVerdict(call.identity, action, arn(call, resource)) !== "Allow") {
    throw new Refusal(403, "Forbidden.NoPermission", "This operation is forbidden by permission system.");
  }
}

function arn({ region, identity }: RpcCall, resource: string): string {
  return `acs:kms:${region}:${identity?.account ?? ""}:${resource}`;
}

function metadata(call: RpcCall, { id, state, description = "" }: Key) {
  return {
    KeyId: id,
    Arn: arn(call, `key/${id}`),
    Creator: call.identity?.account ?? "",
    CreationDate: "2021-05-20T06:34:21Z",
    Description: description,
    KeyState: state,
    KeySpec: "Aliyun_AES_256",
    KeyUsage: "ENCRYPT/DECRYPT",
    Origin: "Aliyun_KMS",
    ProtectionLevel: "SOFTWARE",
    AutomaticRotation: "Disabled",
    DeletionProtection: "Disabled",
  };
}
