import { OssEncryptionError, type Connections } from "pulumi-oss-encryption/oss";

/** As whom a connection reaches OSS, as every report's JSON has it. */
export interface Identity {
  /** Null: the default one. */
  connection: string | null;
  /** Id of the account; null: not known, see `reason`. */
  account: string | null;
  /** Such as `acs:ram::1234567890123456:user/ci`. */
  arn: string | null;
  /** In STS's own word, such as `RAMUser`. */
  type: string | null;
  /** Where the credentials come from: kind and name, such as `OSS_ACCESS_KEY_ID in the environment`; null: there are none. */
  origin: string | null;
  /** Why the account is not known; null: it is. */
  reason: string | null;
}

/** Asks STS once for each connection (null: the default one). What it doesn't say is not an error: see `reason`. */
export function identify(
  connections: Connections,
  names: Iterable<string | null> = [null],
): Promise<Identity[]> {
  return Promise.all([...new Set(names)].map((connection) => identityOf(connections, connection)));
}

async function identityOf(connections: Connections, connection: string | null): Promise<Identity> {
  const target = { connection: connection ?? undefined };
  let origin: string | null = null;
  try {
    origin = connections.origin(target);
    return { connection, ...(await connections.identity(target)), reason: null };
  } catch (error) {
    if (!(error instanceof OssEncryptionError)) throw error;
    return { connection, account: null, arn: null, type: null, origin, reason: error.message };
  }
}

/** A line for people, such as `Account 1234567890123456, as acs:ram::…:user/ci. Credentials: profile …`. */
export function identityText({ connection, account, arn, origin, reason }: Identity): string {
  const who =
    account === null
      ? `Account not known: ${reason ?? ""}`
      : `Account ${account}, as ${arn ?? ""}. Credentials: ${origin ?? ""}.`;
  const from = account === null && origin !== null ? ` Credentials: ${origin}.` : "";
  return `${connection === null ? "" : `Connection ${connection}: `}${who}${from}`;
}
