import { evaluate, type Statement, type Verdict } from "../auth/policy";
import { OssError } from "../errors/oss-error";
import type { Bucket } from "../store/store";

/** A statement of a bucket's policy. Conditions are not looked at. */
interface BucketStatement extends Statement {
  /** Ids of the accounts that it is about; `*`: everybody. */
  Principal: string | readonly string[];
}

/** Reads a bucket's policy. @throws OssError InvalidPolicyDocument */
export function readBucketPolicy(text: string): readonly BucketStatement[] {
  try {
    const policy = JSON.parse(text) as { Version: string; Statement: BucketStatement[] };
    if (policy.Version === "1" && policy.Statement.every(isStatement)) return policy.Statement;
  } catch {
    // not JSON, or without statements
  }
  throw new OssError("InvalidPolicyDocument");
}

function isStatement({ Effect, Action, Resource }: Partial<BucketStatement>): boolean {
  return (Effect === "Allow" || Effect === "Deny") && isTexts(Action) && isTexts(Resource);
}

const isTexts = (value: unknown) => [value].flat().every((text) => typeof text === "string");

/**
 * What a bucket's own policy says about an action.
 *
 * @param account id of the sender's account, `undefined` for an anonymous request
 */
export function bucketPolicyVerdict(
  { documents }: Bucket,
  account: string | undefined,
  action: string,
  resource: string,
): Verdict {
  const text = documents.get("policy");
  if (text === undefined) return "ImplicitDeny";
  const concerned = readBucketPolicy(text).filter(({ Principal }) =>
    [Principal].flat().some((one) => one === "*" || one === account),
  );
  return evaluate({ Statement: concerned }, action, resource);
}
