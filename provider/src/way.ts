/** What a request is signed with. Handed to the signer only: never printed, and never put into state. */
export interface Credentials {
  accessKeyId: string;
  accessKeySecret: string;
  /** Present with temporary (STS) credentials. */
  securityToken?: string;
}

/** A way to credentials that is set up. `origin` tells people where, such as `OSS_ACCESS_KEY_ID in the environment`. */
export type Way = (KeysWay | RoleWay | OidcWay | EcsWay | UriWay) & {
  origin: string;
  /** Region that comes with the way, as in a CLI profile. */
  region?: string;
};

/** Keys as they are, temporary ones with their token. */
interface KeysWay {
  kind: "keys";
  credentials: Credentials;
}

/** A RAM role taken on with other credentials (sts:AssumeRole). */
interface RoleWay {
  kind: "role";
  base: Way;
  role: Role;
}

/** A RAM role taken on with a token of an OIDC provider (sts:AssumeRoleWithOIDC), as in ACK or in CI. */
interface OidcWay {
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
  policy?: string;
  externalId?: string;
}

/** The RAM role of the ECS instance, asked for at its metadata service. */
interface EcsWay {
  kind: "ecs";
  /** Absent: the instance's own. */
  roleName?: string;
  /** Don't fall back to the metadata service's first version, which takes requests without a token. */
  v2Only: boolean;
  /** Nothing set this way up: it is tried because there is no other. */
  unasked?: boolean;
}

/** A service that hands out credentials over HTTP, as side-cars do. */
interface UriWay {
  kind: "uri";
  uri: string;
}
