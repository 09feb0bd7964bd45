import type { Credentials } from "../net/credentials";
import type { StsPlace } from "../settings/settings";

/** Where credentials come from, as it is set up and not yet carried out. `origin` tells people where, such as `OSS_ACCESS_KEY_ID in the environment`. */
export type CredentialSpec = (KeysSpec | RoleSpec | OidcSpec | EcsSpec | UriSpec | ProcessSpec) & {
  origin: string;
  /** Region that comes with the spec, as in a CLI profile. */
  region?: string | undefined;
  /** What a CLI profile says about STS. */
  sts?: StsPlace | undefined;
};

/** Keys as they are, temporary ones with their token. */
interface KeysSpec {
  kind: "keys";
  credentials: Credentials;
  /** Until when they can be used (milliseconds since 1970), where that is known. */
  expiresAt?: number | undefined;
}

/** A RAM role taken on with other credentials (sts:AssumeRole). */
interface RoleSpec {
  kind: "role";
  base: CredentialSpec;
  role: Role;
}

/** A RAM role taken on with a token of an OIDC provider (sts:AssumeRoleWithOIDC), as in ACK or in CI. */
interface OidcSpec {
  kind: "oidc";
  role: Role;
  oidcProviderArn: string;
  token: string;
}

export interface Role {
  roleArn: string;
  sessionName: string;
  /** Seconds that the credentials last: 900 to 43200. */
  durationSeconds: number;
  policy?: string | undefined;
  externalId?: string | undefined;
}

/** The RAM role of the ECS instance, asked for at its metadata service. */
interface EcsSpec {
  kind: "ecs";
  /** Absent: the instance's own. */
  roleName?: string | undefined;
  /** Don't fall back to the metadata service's first version, which takes requests without a token. */
  v2Only: boolean;
  /** Nobody asked for it: it is tried because there is no other. */
  unasked?: boolean;
}

/** A service that hands out credentials over HTTP, as side-cars do. */
interface UriSpec {
  kind: "uri";
  uri: string;
}

/** A program that prints credentials, or what leads to them. */
interface ProcessSpec {
  kind: "process";
  /** The program and its arguments; no shell. */
  command: readonly string[];
  /** What its output stands for. Throws ConfigurationError. */
  read: (output: string) => CredentialSpec;
}
