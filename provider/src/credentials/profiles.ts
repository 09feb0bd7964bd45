import ini from "ini";
import { ConfigurationError } from "../errors";
import { ecsSpec, readRole, readToken } from "./roles";
import type { Lookups } from "../settings/lookups";
import type { CredentialSpec } from "./spec";

/** Where the aliyun command line keeps its profiles. */
export const defaultCliFile = "~/.aliyun/config.json";

/** Where Alibaba Cloud's SDKs keep credentials. */
export const defaultIniFile = "~/.alibabacloud/credentials";

interface ProfileRequest {
  /** Absent: the file's current profile. */
  name?: string | undefined;
  file: string;
  origin: string;
}

type Profile = Record<string, string | number | undefined>;

/** Whether this is a file of the aliyun command line, and not one of the SDKs'. */
export const isCliFile = (content: string | undefined) => content?.trimStart().startsWith("{") ?? false;

/** A profile of the aliyun command line. Nothing where no name was given and the file or its current profile is absent. */
export function cliProfileSpec(
  lookups: Lookups,
  { name, file, origin }: ProfileRequest,
  path: string[] = [],
): CredentialSpec | undefined {
  const content = lookups.file(file);
  if (content === undefined) {
    if (name === undefined) return undefined;
    throw new ConfigurationError(`${origin}: there is no file ${file}.`);
  }
  // The SDKs use the same variable for their own kind of file.
  if (name === undefined && !isCliFile(content)) return undefined;
  const { current, profiles } = parse(content, file);
  const wanted = name ?? current;
  const profile = profiles.find((one) => one.name === wanted);
  if (!profile) {
    if (name === undefined) return undefined;
    throw new ConfigurationError(`${origin}: ${file} has no such profile; it has ${listed(profiles)}.`);
  }
  const spec = readProfile(lookups, profile, { name: wanted ?? "", file, origin }, path);
  return profile.region_id ? { ...spec, region: String(profile.region_id) } : spec;
}

function readProfile(
  lookups: Lookups,
  profile: Profile,
  request: ProfileRequest & { name: string },
  path: string[],
): CredentialSpec {
  const { name, file, origin } = request;
  const where = `${origin} (profile ${name} of ${file})`;
  const field = (key: string) =>
    profile[key] === undefined || profile[key] === "" ? undefined : String(profile[key]);
  const role = () =>
    readRole(
      {
        roleArn: field("ram_role_arn"),
        sessionName: field("ram_session_name"),
        sessionExpiration: field("expired_seconds"),
        policy: field("policy"),
        externalId: field("external_id"),
      },
      where,
    );
  const mode = field("mode") ?? "AK";
  switch (mode) {
    case "AK":
      // A token may be left over from when the profile had another mode.
      return keys({ ...profile, sts_token: undefined }, where, false);
    case "StsToken":
      return keys(profile, where, true);
    case "RamRoleArn":
      return { kind: "role", base: keys(profile, where, false), role: role(), origin: where };
    case "ChainableRamRoleArn": {
      const source = field("source_profile");
      if (!source) throw new ConfigurationError(`${where}: source_profile is missing.`);
      if ([...path, name].includes(source)) {
        throw new ConfigurationError(`${where}: its source_profile leads back to itself.`);
      }
      const base = cliProfileSpec(lookups, { name: source, file, origin: where }, [...path, name]);
      if (!base) throw new ConfigurationError(`${where}: its source_profile is missing.`);
      return { kind: "role", base, role: role(), origin: where };
    }
    case "EcsRamRole":
      return ecsSpec(field("ram_role_name"), lookups.env, where);
    case "OIDC": {
      const [oidcProviderArn, tokenFile] = [field("oidc_provider_arn"), field("oidc_token_file")];
      if (!oidcProviderArn || !tokenFile) {
        throw new ConfigurationError(`${where}: oidc_provider_arn or oidc_token_file is missing.`);
      }
      const token = readToken(lookups, tokenFile, where);
      return { kind: "oidc", role: role(), oidcProviderArn, token, origin: where };
    }
    case "CloudSSO":
    case "OAuth":
    case "External":
      // Only the command line can sign in; what it got then stays in the profile until it expires.
      if (Number(profile.sts_expiration ?? 0) * 1000 > lookups.now()) return keys(profile, where, true);
      throw new ConfigurationError(
        `${where}: its mode ${mode} needs the aliyun command line to sign in anew: run aliyun sts GetCallerIdentity --profile ${name}.`,
      );
    default:
      throw new ConfigurationError(
        `${where}: its mode can't be used; modes that can are AK, StsToken, RamRoleArn, ChainableRamRoleArn, EcsRamRole and OIDC.`,
      );
  }
}

function keys(profile: Profile, origin: string, temporary: boolean): CredentialSpec {
  const field = (key: string) => String(profile[key] ?? "").trim();
  const [accessKeyId, accessKeySecret, securityToken] = [
    field("access_key_id"),
    field("access_key_secret"),
    field("sts_token"),
  ];
  if (!accessKeyId || !accessKeySecret || (temporary && !securityToken)) {
    const needed = `access_key_id${temporary ? ", access_key_secret and sts_token" : " and access_key_secret"}`;
    throw new ConfigurationError(`${origin}: ${needed} must be set.`);
  }
  return {
    kind: "keys",
    credentials: { accessKeyId, accessKeySecret, securityToken: securityToken || undefined },
    origin,
  };
}

function parse(content: string, file: string): { current?: string | undefined; profiles: Profile[] } {
  try {
    const { current, profiles } = JSON.parse(content) as {
      current?: string | undefined;
      profiles?: Profile[];
    };
    if (Array.isArray(profiles)) {
      return { profiles: profiles.filter(isProfile), current };
    }
  } catch {
    // The parser's message would quote the file.
  }
  throw new ConfigurationError(`${file} is not a configuration file of the aliyun command line.`);
}

const isProfile = (value: unknown): value is Profile => typeof value === "object" && value !== null;

const listed = (profiles: Profile[]) => profiles.map((one) => String(one.name)).join(", ") || "none";

/** A section of the SDKs' credentials file; nothing where there is no file. */
export function iniProfileSpec(lookups: Lookups): CredentialSpec | undefined {
  const file = lookups.env("ALIBABA_CLOUD_CREDENTIALS_FILE") ?? defaultIniFile;
  const content = lookups.file(file);
  const named = lookups.env("ALIBABA_CLOUD_PROFILE");
  const section =
    content === undefined || isCliFile(content)
      ? undefined
      : (ini.parse(content)[named ?? "default"] as Profile | undefined);
  const origin = `section ${named ?? "default"} of ${file}`;
  if (!section) {
    if (named) {
      throw new ConfigurationError(`ALIBABA_CLOUD_PROFILE in the environment: there is no ${origin}.`);
    }
    return undefined;
  }
  switch (section.type) {
    case "access_key":
      return keys(section, origin, false);
    case "ecs_ram_role":
      return ecsSpec(
        section.role_name === undefined ? undefined : String(section.role_name),
        lookups.env,
        origin,
      );
    case "ram_role_arn": {
      const role = readRole(
        {
          roleArn: section.role_arn,
          sessionName: section.role_session_name,
          policy: section.policy,
        },
        origin,
      );
      return { kind: "role", base: keys(section, origin, false), role, origin };
    }
    default:
      throw new ConfigurationError(`${origin}: type must be access_key, ecs_ram_role or ram_role_arn.`);
  }
}
