import { KmsCallError } from "../errors";
import { refusalIn, rpcBody } from "./rpc-api";
import { sendRpc, type RpcOptions } from "./send-rpc";
import { describeNoAnswer } from "../net/network-failure";
import type { Answer } from "../net/transport";

/** RAM action that looking takes. */
const action = "kms:DescribeKey";

const notFound = new Set(["Forbidden.KeyNotFound", "Forbidden.AliasNotFound"]);

/** Looks up the customer master keys of one account in one region. */
export class KmsClient {
  constructor(
    /** @internal */
    readonly options: RpcOptions,
  ) {}

  /**
   * The state of a key in KMS's own word: `Enabled`, `Disabled`, `PendingDeletion`, `PendingImport`. Undefined: there is
   * no such key. Throws KmsCallError where there is no telling.
   */
  async keyState(keyId: string): Promise<string | undefined> {
    const call = { action: "DescribeKey", version: "2016-01-20", parameters: { KeyId: keyId } };
    const answer = await sendRpc(call, this.options);
    const { KeyMetadata } = rpcBody(answer);
    const { KeyState } = (KeyMetadata ?? {}) as Record<string, unknown>;
    if (answer.status === 200 && typeof KeyState === "string" && /^\w{1,32}$/.test(KeyState)) return KeyState;
    if (answer.status === 404 && notFound.has(refusalIn(answer).code ?? "")) return undefined;
    throw this.#failure(keyId, answer);
  }

  #failure(keyId: string, answer: Answer): KmsCallError {
    const { endpoint, origin } = this.options;
    const { status, failure } = answer;
    const { host } = new URL(endpoint);
    const sentence = (what: string) => `DescribeKey of KMS failed: ${what}.`;
    if (failure) {
      const { code } = failure;
      return new KmsCallError(sentence(describeNoAnswer(host, failure)), {
        status,
        code,
      });
    }
    const { code, text } = refusalIn(answer);
    const known = { status, code };
    if (status === 200) {
      return new KmsCallError(sentence(`the answer of ${host} names no state of a key`), known);
    }
    const refused = sentence(`${host} answered ${text}`);
    if (status !== 403 || code?.startsWith("InvalidAccessKeyId")) return new KmsCallError(refused, known);
    const allow = `Allow ${action} on acs:kms:*:*:key/${keyId} for the identity behind the credentials from ${origin}.`;
    return new KmsCallError(`${refused} ${allow}`, { ...known, missingAction: action });
  }
}
