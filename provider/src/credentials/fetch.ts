import { randomUUID } from "node:crypto";
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
import type { StsPlace } from "../settings/settings";
import { isWrongTime, refusalIn, rpcBody, signature, timestamp } from "../rpc/rpc-api";
import { muteDebug } from "../net/mute-debug";
import { describeNoAnswer } from "../net/network-failure";
import type { ServerClock } from "../net/server-clock";
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
  /** Scheme and host of STS, such as `https://sts.cn-hangzhou.aliyuncs.com`, by what a profile says about it. */
  stsEndpoint: (profile: StsPlace | undefined) => string;
  /** Scheme and host of the metadata service of ECS. */
  metadataEndpoint: string;
  serverClock: ServerClock;
  /** Runs a program: what it printed, or why there is nothing. */
  run: (command: readonly string[]) => Promise<{ output: string } | { failure: string }>;
  /** Sends a request; never rejects. */
  send: (
    url: string,
    request: {
      method: string;
      headers: Record<string, string>;
      content?: Buffer | undefined;
      timeoutMs: number;
      /** Milliseconds until the connection has to stand; undefined: as for every connection. */
      connectMs: number | undefined;
      /** Past every proxy: the answer holds keys in the clear. */
      direct: boolean;
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
/** Where there is no metadata service, two connections at the most are waited for. */
const metadataConnectMs = 1_000;
const metadataTimeoutMs = 5_000;

/**
 * Gets the credentials of a spec. @alicloud/credentials builds, signs and reads the requests; they are sent here, for
 * proxies, time limits and errors: the library's messages repeat secrets. Throws {@link CredentialsError}.
 */
export async function fetchCredentials(spec: CredentialSpec, options: FetchOptions): Promise<Fetched> {
  switch (spec.kind) {
    case "keys":
      return { credentials: spec.credentials, expiresAt: spec.expiresAt };
    case "process":
      return fetchCredentials(await printedSpec(spec, options), options);
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
      return ask(provider, spec, options.stsEndpoint(spec.sts), options, accessKeySecret);
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
      return ask(provider, spec, options.stsEndpoint(spec.sts), options);
    }
    case "ecs": {
      const provider = ECSRAMRoleCredentialsProvider.builder()
        .withRoleName(spec.roleName ?? "")
        .withDisableIMDSv1(spec.v2Only)
        .build();
      return ask(provider, spec, options.metadataEndpoint, options);
    }
    case "uri": {
      const provider = URICredentialsProvider.builder().withCredentialsURI(spec.uri).build();
      return ask(provider, spec, new URL(spec.uri).origin, options);
    }
  }
}

/** What a program printed leads to. */
async function printedSpec(
  spec: Extract<CredentialSpec, { kind: "process" }>,
  { run }: FetchOptions,
): Promise<CredentialSpec> {
  const ended = await run(spec.command);
  if ("output" in ended) return spec.read(ended.output);
  throw new CredentialsError(
    `${spec.origin}: its process_command ${ended.failure}; run it by itself to see why.`,
    false,
  );
}

async function ask(
  provider: CredentialsProvider,
  spec: CredentialSpec,
  host: string,
  { send, serverClock }: FetchOptions,
  accessKeySecret?: string,
): Promise<Fetched> {
  // A field the library keeps for its own tests; without it requests would leave by a path we don't control.
  if (!("doRequest" in provider)) {
    throw new CredentialsError("This version of @alicloud/credentials can't be used; 2.4.7 can.", false);
  }
  const isMetadata = spec.kind === "ecs";
  let failure: CredentialsError | undefined;
  let expiresAt: number | undefined;
  provider.doRequest = async (request: LibraryRequest) => {
    const form = request.bodyForm && {
      ...request.bodyForm,
      ...(spec.kind === "oidc" ? { OIDCToken: spec.token } : {}),
    };
    const attempt = () => {
      const queries = retimed(request, serverClock, accessKeySecret);
      const url = request.url ?? `${host}${request.path}${queryString(queries)}`;
      return send(url, {
        method: request.method,
        headers: isMetadata ? { ...request.headers, host: metadataHost } : request.headers,
        timeoutMs: isMetadata ? metadataTimeoutMs : stsTimeoutMs,
        connectMs: isMetadata ? metadataConnectMs : undefined,
        direct: isMetadata || (spec.kind === "uri" && url.startsWith("http:")),
        content: form && Buffer.from(new URLSearchParams(form).toString()),
      });
    };
    const { aheadMs } = serverClock;
    let answer = await attempt();
    if (isWrongTime(answer) && serverClock.learn(answer.headers.date, aheadMs)) answer = await attempt();
    if (answer.status !== 200) {
      failure = refusal(spec, new URL(request.url ?? host).host, answer);
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

/** The library takes the time from this machine's clock: where that is off, the request is signed anew. */
function retimed(
  { method, queries, bodyForm }: LibraryRequest,
  serverClock: ServerClock,
  accessKeySecret: string | undefined,
): Record<string, string> {
  const { Signature, ...given } = queries;
  if (Math.abs(serverClock.aheadMs) < 60_000 || !given.Timestamp) return queries;
  const all = { ...given, Timestamp: timestamp(new Date(serverClock.now())) };
  if (Signature === undefined || accessKeySecret === undefined) return all;
  // What a refused request was marked with must not come a second time.
  const once = { ...all, SignatureNonce: randomUUID() };
  return { ...once, Signature: signature(method, { ...once, ...bodyForm }, accessKeySecret) };
}

function refusal(spec: CredentialSpec, host: string, answer: Answer): CredentialsError {
  const { status, failure } = answer;
  if (failure) {
    return new CredentialsError(`${spec.origin}: ${describeNoAnswer(host, failure)}.`, spec.kind !== "ecs");
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
