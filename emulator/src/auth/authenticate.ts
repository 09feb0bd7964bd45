// Who sent it, and what may they do?

import { timingSafeEqual } from "node:crypto";
import { OssError } from "../errors/oss-error";
import type { OssRequest } from "../requests/oss-request";
import { identityOf, type Account, type Identity } from "./accounts";
import type { Claim } from "./claim";
import { readSignatureV1 } from "./signature-v1";
import { readSignatureV2 } from "./signature-v2";
import { invalidRegion, readSignatureV4 } from "./signature-v4";

const allowedSkew = 15 * 60 * 1000;

/** A proven sender. */
export interface Authenticated {
  identity: Identity;
  /** Region of a V4 signature. */
  signedRegion: string | undefined;
}

/**
 * Finds out who sent a request.
 *
 * @param accounts known keys, by access key id
 * @returns `undefined` for an anonymous request
 * @throws OssError with the code, and EC, of whatever is wrong with the signature
 */
export function authenticate(
  request: OssRequest,
  accounts: ReadonlyMap<string, Account>,
  now: number,
): Authenticated | undefined {
  const claim = readSignatureV4(request) ?? readSignatureV2(request) ?? readSignatureV1(request);
  if (claim === undefined) {
    if (request.headers.authorization !== undefined) throw new OssError("InvalidAuthorization");
    return undefined;
  }
  const account = findAccount(claim, accounts);
  checkTime(claim, now);
  checkSignature(claim, account);
  checkToken(claim, account, accounts, now);
  if (claim.region !== undefined && request.region !== undefined && claim.region !== request.region) {
    const argument = { ArgumentName: "region", ArgumentValue: claim.region };
    const message = claim.expiresAt && invalidRegion;
    throw new OssError("InvalidSigningRegion", argument, message);
  }
  return { identity: identityOf(account), signedRegion: claim.region };
}

function findAccount(claim: Claim, accounts: ReadonlyMap<string, Account>): Account {
  const account = accounts.get(claim.accessKeyId);
  const details = { OSSAccessKeyId: claim.accessKeyId };
  if (account === undefined) {
    // Temporary keys are forgotten some time after they end: then their token is all that is left to judge.
    const wasTemporary = claim.securityToken !== undefined && claim.accessKeyId.startsWith("STS.");
    throw new OssError(wasTemporary ? "InvalidSecurityToken" : "InvalidAccessKeyId", details);
  }
  if (account.disabled) throw new OssError("DisabledAccessKeyId", details);
  return account;
}

function checkTime({ signedAt, expiresAt }: Claim, now: number): void {
  if (expiresAt !== undefined) {
    if (expiresAt.getTime() < now) throw new OssError("RequestExpired", { Expires: expiresAt.toISOString() });
    return;
  }
  if (signedAt === undefined) throw new OssError("MissingDate");
  if (Math.abs(signedAt.getTime() - now) > allowedSkew) {
    const times = { RequestTime: signedAt.toISOString(), ServerTime: new Date(now).toISOString() };
    throw new OssError("RequestTimeTooSkewed", times);
  }
}

function checkSignature(claim: Claim, account: Account): void {
  const expected = Buffer.from(claim.sign(account.accessKeySecret));
  const given = Buffer.from(claim.signature);
  if (expected.length === given.length && timingSafeEqual(expected, given)) return;
  const bytes = Buffer.from(claim.stringToSign, "latin1");
  throw new OssError("SignatureDoesNotMatch", {
    OSSAccessKeyId: claim.accessKeyId,
    SignatureProvided: claim.signature,
    StringToSign: bytes.toString("utf8"),
    StringToSignBytes: (bytes.toString("hex").match(/../g) ?? []).join(" "),
  });
}

function checkToken(
  { securityToken }: Claim,
  account: Account,
  accounts: ReadonlyMap<string, Account>,
  now: number,
): void {
  if (securityToken === account.securityToken) {
    if (account.expiration && account.expiration.getTime() <= now) throw new OssError("SecurityTokenExpired");
    return;
  }
  if (account.securityToken === undefined) {
    throw new OssError("InvalidAccessKeyId", { OSSAccessKeyId: account.accessKeyId });
  }
  if (securityToken === undefined) throw new OssError("TemporaryKeyWithoutToken");
  const isOfOtherKeys = [...accounts.values()].some((other) => other.securityToken === securityToken);
  throw new OssError(isOfOtherKeys ? "AccessKeyIdAndSecurityTokenNotMatch" : "InvalidSecurityToken");
}
