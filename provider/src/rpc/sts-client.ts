import { StsCallError } from "../errors";
import { describeNoAnswer } from "../net/network-failure";
import { refusalIn, rpcBody } from "./rpc-api";
import { sendRpc, type RpcOptions } from "./send-rpc";

/** Whose credentials they are. */
export interface CallerIdentity {
  /** Id of the account, 16 digits or so. */
  account: string;
  /** Such as `acs:ram::1234567890123456:user/ci`, or one of `…:assumed-role/<role>/<session>`. */
  arn: string;
  /** What STS calls it: `Account`, `RAMUser`, `AssumedRoleUser`. */
  type: string;
  /** Where the credentials come from, such as `OSS_ACCESS_KEY_ID in the environment`. */
  origin: string;
}

/** Nothing else depends on the answer. */
const timeoutMs = 5_000;

/**
 * Asks STS whose credentials they are, which takes no permission (sts:GetCallerIdentity is allowed to all). Throws
 * StsCallError where it doesn't say, and what `credentials.get()` throws.
 */
export async function callerIdentity(options: RpcOptions): Promise<CallerIdentity> {
  const call = { action: "GetCallerIdentity", version: "2015-04-01", parameters: {}, timeoutMs };
  const answer = await sendRpc(call, options);
  const { AccountId, Arn, IdentityType } = rpcBody(answer);
  if (answer.status === 200 && isWord(AccountId) && isWord(Arn) && isWord(IdentityType)) {
    return { account: AccountId, arn: Arn, type: IdentityType, origin: options.origin };
  }
  const { status, failure } = answer;
  const { host } = new URL(options.endpoint);
  const sentence = (what: string) => `GetCallerIdentity of STS failed: ${what}.`;
  if (failure) {
    const what = describeNoAnswer(host, failure);
    throw new StsCallError(sentence(what), { status, code: failure.code });
  }
  const { code, text } = refusalIn(answer);
  if (status === 200) throw new StsCallError(sentence(`the answer of ${host} names no identity`), { status });
  const next = `Check the credentials from ${options.origin}.`;
  throw new StsCallError(`${sentence(`${host} answered ${text}`)} ${next}`, { status, code });
}

/** What an answer may bring into a message: an id or ARN, not whatever something in STS's place says. */
const isWord = (value: unknown): value is string =>
  typeof value === "string" && /^[\w:/.@-]{1,200}$/.test(value);
