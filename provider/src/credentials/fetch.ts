import { devNull } from "node:os";
import {
  ECSRAMRoleCredentialsProvider,
  OIDCRoleArnCredentialsProvider,
  RAMRoleARNCredentialsProvider,
  StaticAKCredentialsProvider,
  StaticSTSCredentialsProvider,
  URICredentialsProvider,
  type CredentialsProvider,
} from "@alicloud/credentials";
import { CredentialsError } from "../errors";
import { refusalIn, rpcBody } from "../rpc/rpc-api";
import { muteDebug } from "../net/mute-debug";
import { describeNetworkFailure } from "../net/network-failure";
import type { Answer } from "../net/transport";
import type { Credentials } from "../net/credentials";
import type { CredentialSpec } from "./spec";

muteDebug("@alicloud/credentials", "sign");

/** Credentials as fetched, and until when (milliseconds since 1970) they can be used; absent: they last. */
export interface Fetched {
  credentials: Credentials;
  expiresAt?: number | undefined;
}

export interface FetchOptions {
  /** Scheme and host of STS, such as `https://sts.cn-hangzhou.aliyuncs.com`. */
  stsEndpoint: string;
  /** Scheme and host of the metadata service of ECS. */
  metadataEndpoint: string;
  /** Sends a request; never rejects. */
  send: (
    url: string,
    request: {
      method: string;
      headers: Record<string, string>;
      content?: Buffer | undefined;
      timeoutMs: number;
    },
  ) => Promise<Answer>;
}

/** What the library's providers send: the part of their request that is used here. */
interface LibraryRequest {
  method: string;
  path: string;
  url?: string;
  queries: Record<string, string>;
  headers: Record<string, string>;
  bodyForm?: Record<string, string>;
}

const stsTimeoutMs = 10_000;
/** The metadata service takes no other, also where it is reached by another address. */
const metadataHost = "100.100.100.200";
/** Two requests at the most go unanswered where there is no metadata service. */
const metadataTimeoutMs = 1_000;

/**
 * Gets the credentials of a spec. @alicloud/credentials builds, signs and reads the requests; they are sent here, for
 * proxies, time limits and errors: the library's messages repeat secrets. Throws {@link CredentialsError}.
 */
export async function fetchCredentials(spec: CredentialSpec, options: FetchOptions): Promise<Fetched> {
  switch (spec.kind) {
    case "keys":
      return { credentials: spec.credentials };
    case "role": {
      const base = await fetchCredentials(spec.base, options);
      const { accessKeyId, accessKeySecret, securityToken } = base.credentials;
      const keys = securityToken
        ? StaticSTSCredentialsProvider.builder().withSecurityToken(securityToken)
        : StaticAKCredentialsProvider.builder();
      const provider = RAMRoleARNCredentialsProvider.builder()
        .withCredentialsProvider(
          keys.withAccessKeyId(accessKeyId).withAccessKeySecret(accessKeySecret).build(),
        )
        .withRoleArn(spec.role.roleArn)
        .withRoleSessionName(spec.role.sessionName)
        .withDurationSeconds(spec.role.durationSeconds)
        .withPolicy(spec.role.policy ?? "")
        .withExternalId(spec.role.externalId ?? "")
        .withStsEndpoint("sts")
        .build();
      return ask(provider, spec, options.stsEndpoint, stsTimeoutMs, options);
    }
    case "oidc": {
      const provider = OIDCRoleArnCredentialsProvider.builder()
        .withOIDCProviderArn(spec.oidcProviderArn)
        // The library reads the token from a file; here it is put into the request when that is sent.
        .withOIDCTokenFilePath(devNull)
        .withRoleArn(spec.role.roleArn)
        .withRoleSessionName(spec.role.sessionName)
        .withDurationSeconds(spec.role.durationSeconds)
        .withPolicy(spec.role.policy ?? "")
        .withStsEndpoint("sts")
        .build();
      return ask(provider, spec, options.stsEndpoint, stsTimeoutMs, options);
    }
    case "ecs": {
      const provider = ECSRAMRoleCredentialsProvider.builder()
        .withRoleName(spec.roleName ?? "")
        .withDisableIMDSv1(spec.v2Only)
        .build();
      return ask(provider, spec, options.metadataEndpoint, metadataTimeoutMs, options);
    }
    case "uri": {
      const provider = URICredentialsProvider.builder().withCredentialsURI(spec.uri).build();
      return ask(provider, spec, new URL(spec.uri).origin, stsTimeoutMs, options);
    }
  }
}

async function ask(
  provider: CredentialsProvider,
  spec: CredentialSpec,
  host: string,
  timeoutMs: number,
  { send }: FetchOptions,
): Promise<Fetched> {
  // A field the library keeps for its own tests; without it requests would leave by a path we don't control.
  if (!("doRequest" in provider)) {
    throw new CredentialsError("This version of @alicloud/credentials can't be used; 2.4.7 can.", false);
  }
  let failure: CredentialsError | undefined;
  let expiresAt: number | undefined;
  provider.doRequest = async (request: LibraryRequest) => {
    const url = request.url ?? `${host}${request.path}${queryString(request.queries)}`;
    const form = request.bodyForm && {
      ...request.bodyForm,
      ...(spec.kind === "oidc" ? { OIDCToken: spec.token } : {}),
    };
    const answer = await send(url, {
      method: request.method,
      headers: spec.kind === "ecs" ? { ...request.headers, host: metadataHost } : request.headers,
      timeoutMs,
      content: form && Buffer.from(new URLSearchParams(form).toString()),
    });
    if (answer.status !== 200) {
      failure = refusal(spec, new URL(url).host, answer);
      throw failure;
    }
    expiresAt = expiration(answer) ?? expiresAt;
    return { statusCode: answer.status, body: answer.data, headers: answer.headers };
  };
  try {
    const { accessKeyId, accessKeySecret, securityToken } = await provider.getCredentials();
    if (!accessKeyId || !accessKeySecret || !securityToken) throw new Error("incomplete");
    return {
      credentials: { accessKeyId, accessKeySecret, securityToken },
      expiresAt,
    };
  } catch {
    throw (
      failure ?? new CredentialsError(`${spec.origin}: ${new URL(host).host} gave no credentials.`, false)
    );
  }
}

function refusal(spec: CredentialSpec, host: string, answer: Answer): CredentialsError {
  const { status, failure } = answer;
  if (failure) {
    return new CredentialsError(
      `${spec.origin}: no answer from ${host}: ${describeNetworkFailure(failure)}.`,
      spec.kind !== "ecs",
    );
  }
  return new CredentialsError(
    `${spec.origin}: ${host} answered ${refusalIn(answer).text}.`,
    status >= 500 || status === 429,
  );
}

function expiration(answer: Answer): number | undefined {
  const { Expiration, Credentials } = rpcBody(answer) as {
    Expiration?: string;
    Credentials?: { Expiration?: string };
  };
  const time = Date.parse(Credentials?.Expiration ?? Expiration ?? "");
  return Number.isNaN(time) ? undefined : time;
}

/** Like the library's own: it signed exactly this encoding. */
function queryString(queries: Record<string, string>): string {
  const pairs = Object.entries(queries).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
  );
  return pairs.length > 0 ? `?${pairs.join("&")}` : "";
}
