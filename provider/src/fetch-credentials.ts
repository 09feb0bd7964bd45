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
import { CredentialsError } from "./errors";
import { refusalIn, rpcBody } from "./rpc";
import { silence } from "./silence";
import { inWords, type Answer } from "./transport";
import type { Credentials, Way } from "./way";

silence("@alicloud/credentials", "sign");

/** Credentials as fetched, and until when (milliseconds since 1970) they can be used; absent: they last. */
export interface Fetched {
  credentials: Credentials;
  expiresAt?: number;
}

export interface FetchOptions {
  /** Scheme and host of STS, such as `https://sts.cn-hangzhou.aliyuncs.com`. */
  stsEndpoint: string;
  /** Scheme and host of the metadata service of ECS. */
  metadataEndpoint: string;
  /** Sends a request; never rejects. */
  send: (
    url: string,
    request: { method: string; headers: Record<string, string>; content?: Buffer; timeoutMs: number },
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
 * Gets the credentials of a way. @alicloud/credentials builds, signs and reads the requests; they are sent here, for
 * proxies, time limits and errors: the library's messages repeat secrets. Throws {@link CredentialsError}.
 */
export async function fetchCredentials(way: Way, options: FetchOptions): Promise<Fetched> {
  switch (way.kind) {
    case "keys":
      return { credentials: way.credentials };
    case "role": {
      const base = await fetchCredentials(way.base, options);
      const { accessKeyId, accessKeySecret, securityToken } = base.credentials;
      const keys = securityToken
        ? StaticSTSCredentialsProvider.builder().withSecurityToken(securityToken)
        : StaticAKCredentialsProvider.builder();
      const provider = RAMRoleARNCredentialsProvider.builder()
        .withCredentialsProvider(
          keys.withAccessKeyId(accessKeyId).withAccessKeySecret(accessKeySecret).build(),
        )
        .withRoleArn(way.role.roleArn)
        .withRoleSessionName(way.role.sessionName)
        .withDurationSeconds(way.role.durationSeconds)
        .withPolicy(way.role.policy ?? "")
        .withExternalId(way.role.externalId ?? "")
        .withStsEndpoint("sts")
        .build();
      return ask(provider, way, options.stsEndpoint, stsTimeoutMs, options);
    }
    case "oidc": {
      const provider = OIDCRoleArnCredentialsProvider.builder()
        .withOIDCProviderArn(way.oidcProviderArn)
        // The library reads the token from a file; here it is put into the request when that is sent.
        .withOIDCTokenFilePath(devNull)
        .withRoleArn(way.role.roleArn)
        .withRoleSessionName(way.role.sessionName)
        .withDurationSeconds(way.role.durationSeconds)
        .withPolicy(way.role.policy ?? "")
        .withStsEndpoint("sts")
        .build();
      return ask(provider, way, options.stsEndpoint, stsTimeoutMs, options);
    }
    case "ecs": {
      const provider = ECSRAMRoleCredentialsProvider.builder()
        .withRoleName(way.roleName ?? "")
        .withDisableIMDSv1(way.v2Only)
        .build();
      return ask(provider, way, options.metadataEndpoint, metadataTimeoutMs, options);
    }
    case "uri": {
      const provider = URICredentialsProvider.builder().withCredentialsURI(way.uri).build();
      return ask(provider, way, new URL(way.uri).origin, stsTimeoutMs, options);
    }
  }
}

async function ask(
  provider: CredentialsProvider,
  way: Way,
  host: string,
  timeoutMs: number,
  { send }: FetchOptions,
): Promise<Fetched> {
  // A field the library keeps for its own tests; without it requests would leave by a path we don't control.
  if (!("doRequest" in provider))
    throw new CredentialsError("This version of @alicloud/credentials can't be used; 2.4.7 can.", false);
  let failure: CredentialsError | undefined;
  let expiresAt: number | undefined;
  provider.doRequest = async (request: LibraryRequest) => {
    const url = request.url ?? `${host}${request.path}${queryString(request.queries)}`;
    const form = request.bodyForm && {
      ...request.bodyForm,
      ...(way.kind === "oidc" ? { OIDCToken: way.token } : {}),
    };
    const answer = await send(url, {
      method: request.method,
      headers: way.kind === "ecs" ? { ...request.headers, host: metadataHost } : request.headers,
      timeoutMs,
      ...(form ? { content: Buffer.from(new URLSearchParams(form).toString()) } : {}),
    });
    if (answer.status !== 200) {
      failure = refusal(way, new URL(url).host, answer);
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
      ...(expiresAt ? { expiresAt } : {}),
    };
  } catch {
    throw failure ?? new CredentialsError(`${way.origin}: ${new URL(host).host} gave no credentials.`, false);
  }
}

function refusal(way: Way, host: string, answer: Answer): CredentialsError {
  const { status, failure } = answer;
  if (failure)
    return new CredentialsError(
      `${way.origin}: no answer from ${host}: ${inWords(failure)}.`,
      way.kind !== "ecs",
    );
  return new CredentialsError(
    `${way.origin}: ${host} answered ${refusalIn(answer).text}.`,
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
