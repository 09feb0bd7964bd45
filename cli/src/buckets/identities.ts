import { OssEncryptionError } from "pulumi-oss-encryption/oss";
import type { BucketAddress, ConnectionsOf } from "../bucket-address";

/** As whom a connection reaches OSS, as every report's JSON has it. */
export interface Identity {
  /** Null: the default one. */
  connection: string | null;
  /** Name of the plugin's provider resource whose connection it is; absent: the stack's own. */
  provider?: string;
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

/** A connection of the stack, or of one of the plugin's provider resources. */
export type ConnectionRef = Pick<BucketAddress, "connection" | "provider">;

/** Asks STS once for each connection. What it doesn't say is not an error: see `reason`. */
export function identify(
  connections: ConnectionsOf,
  connectionRefs: readonly ConnectionRef[] = [{ connection: null }],
): Promise<Identity[]> {
  const distinct = new Map(
    connectionRefs.map((ref) => [JSON.stringify([ref.provider, ref.connection]), ref]),
  );
  return Promise.all([...distinct.values()].map((ref) => identityOf(connections, ref)));
}

async function identityOf(connections: ConnectionsOf, ref: ConnectionRef): Promise<Identity> {
  const { connection, provider } = ref;
  const target = { connection: connection ?? undefined };
  const named = { connection, ...(provider && { provider: nameOf(provider) }) };
  let origin: string | null = null;
  try {
    const own = connections.of(ref);
    origin = own.origin(target);
    return { ...named, ...(await own.identity(target)), reason: null };
  } catch (error) {
    if (!(error instanceof OssEncryptionError)) throw error;
    return { ...named, account: null, arn: null, type: null, origin, reason: error.message };
  }
}

/** The name in a provider's URN and id. */
const nameOf = (provider: string) => provider.split("::").at(-2) ?? provider;

/** A line for people, such as `Account 1234567890123456, as acs:ram::…:user/ci. Credentials: profile …`. */
export function identityText({ connection, provider, account, arn, origin, reason }: Identity): string {
  const who =
    account === null
      ? `Account not known: ${reason ?? ""}`
      : `Account ${account}, as ${arn ?? ""}. Credentials: ${origin ?? ""}.`;
  const from = account === null && origin !== null ? ` Credentials: ${origin}.` : "";
  const through = [provider && `provider ${provider}`, connection !== null && `connection ${connection}`];
  const named = through.filter(Boolean).join(", ");
  return `${named === "" ? "" : `${named.charAt(0).toUpperCase()}${named.slice(1)}: `}${who}${from}`;
}
