import { randomBytes } from "node:crypto";
import type { Account } from "./accounts";
import type { Policy } from "./policy";

/** A RAM role. */
export interface Role {
  /** Such as `acs:ram::1234567890123456:role/deployer`. */
  arn: string;
  /** Absent: it may do everything in its account. */
  policy?: Policy;
  /** What AssumeRole must bring along; absent: nothing. */
  externalId?: string;
}

/** What a session of a role is for. */
export interface SessionRequest {
  role: Role;
  sessionName: string;
  /** Narrows the role's policy for this session. */
  sessionPolicy?: Policy | undefined;
  lifetimeMs: number;
  now: number;
}

/** Temporary keys, of which both halves and the token are there. */
export type Session = Account & Required<Pick<Account, "securityToken" | "expiration">>;

/** Takes a role's ARN apart; `undefined` if it isn't one. */
export function parseRoleArn(arn: string): { account: string; role: string } | undefined {
  const [, account, role] = /^acs:ram::(\d+):role\/([\w.-]{1,64})$/i.exec(arn) ?? [];
  return account && role ? { account, role } : undefined;
}

/** Makes temporary keys (STS) for a role. */
export function createSession({
  role,
  sessionName,
  sessionPolicy,
  lifetimeMs,
  now,
}: SessionRequest): Session {
  const { account = "", role: roleName = "" } = parseRoleArn(role.arn) ?? {};
  return {
    id: account,
    name: `assumed-role/${roleName}/${sessionName}`,
    accessKeyId: `STS.${randomBytes(12).toString("hex")}`,
    accessKeySecret: randomBytes(24).toString("base64url"),
    securityToken: randomBytes(48).toString("base64"),
    expiration: new Date(now + lifetimeMs),
    ...(role.policy && { policy: role.policy }),
    ...(sessionPolicy && { sessionPolicy }),
  };
}

/** Adds temporary keys to the known ones, and forgets those that ended an hour ago. */
export function addSession(accounts: Map<string, Account>, session: Session, now: number): void {
  for (const [accessKeyId, { expiration }] of accounts) {
    if (expiration && expiration.getTime() < now - 3600 * 1000) accounts.delete(accessKeyId);
  }
  accounts.set(session.accessKeyId, session);
}

/** Keys in the JSON that STS, the ECS metadata service and credential URIs have in common; dates without milliseconds. */
export function sessionJson({ accessKeyId, accessKeySecret, securityToken, expiration }: Session) {
  return {
    AccessKeyId: accessKeyId,
    AccessKeySecret: accessKeySecret,
    SecurityToken: securityToken,
    Expiration: isoSeconds(expiration),
  };
}

export function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
