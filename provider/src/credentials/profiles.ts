import { ConfigurationError } from "../errors";
import { keysSpec } from "./keys";
import { ecsSpec, readRole, readToken, uriSpec } from "./roles";
import { splitCommand } from "./split-command";
import { variable, variables } from "../settings/variables";
import type { Lookups } from "../settings/lookups";
import type { CredentialSpec } from "./spec";

/** Where the aliyun command line keeps its profiles. */
export const defaultCliFile = "~/.aliyun/config.json";

interface ProfileRequest {
  /** Absent: the file's current profile. */
  name?: string | undefined;
  file: string;
  origin: string;
}

/** A profile as it stands in its file, or as a `process_command` prints it. */
export type Profile = Record<string, string | number | boolean | null | undefined>;

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
  return readProfile(lookups, profile, { name: wanted ?? "", file, origin }, path);
}

/** The modes of the aliyun command line that can be used. */
const modes = [
  "AK",
  "StsToken",
  "RamRoleArn",
  "ChainableRamRoleArn",
  "RamRoleArnWithRoleName",
  "EcsRamRole",
  "OIDC",
  "CredentialsURI",
  "External",
  "CloudSSO",
  "OAuth",
] as const;

/** What an output of `process_command` must not inherit: the keys that an earlier one left in the profile. */
const ownKeys = [
  "mode",
  "access_key_id",
  "access_key_secret",
  "sts_token",
  "sts_expiration",
  "process_command",
];

function readProfile(
  lookups: Lookups,
  profile: Profile,
  request: ProfileRequest & { name: string },
  path: string[],
): CredentialSpec {
  const { name, file, origin } = request;
  const where = `${origin} (profile ${name} of ${file})`;
  const field = (key: string) => text(profile, key);
  const refuse = (reason: string) => new ConfigurationError(`${where}: ${reason}`);
  const { env } = lookups;
  // As the command line has it: a role's name that the profile lacks may stand in the environment.
  const role = () => {
    const fields = {
      roleArn: field("ram_role_arn"),
      sessionName: field("ram_session_name"),
      sessionExpiration: field("expired_seconds"),
      policy: field("policy"),
      externalId: field("external_id"),
    };
    return readRole(fields, where, {
      roleArn: variable(variables.oidcRoleArn, env),
      sessionName: variable(variables.oidcSessionName, env),
      externalId: variable(variables.externalId, env),
    });
  };
  const assertAllowed = (what: string) => {
    const [name] = variables.externalDisabled;
    if (/^(1|true)$/i.test(env(name) ?? "")) throw refuse(`${name} in the environment forbids ${what}.`);
  };
  const sts = {
    endpoint: field("sts_endpoint"),
    region: field("sts_region"),
    inVpc: profile.enable_vpc === true,
    origin: where,
  };
  const common = { origin: where, region: field("region_id"), sts };

  const mode = modeOf(profile);
  switch (mode) {
    case "AK":
      // A token may be left over from when the profile had another mode.
      return { ...profileKeys({ ...profile, sts_token: undefined }, where, false), ...common };
    case "StsToken":
      return { ...profileKeys(profile, where, true), ...common };
    case "RamRoleArn":
      return { kind: "role", base: profileKeys(profile, where, false), role: role(), ...common };
    case "ChainableRamRoleArn": {
      const source = field("source_profile");
      if (!source) throw refuse("source_profile is missing.");
      if ([...path, name].includes(source)) throw refuse("its source_profile leads back to itself.");
      const base = cliProfileSpec(lookups, { name: source, file, origin: where }, [...path, name]);
      if (!base) throw refuse("its source_profile is missing.");
      return { kind: "role", base, role: role(), ...common };
    }
    case "RamRoleArnWithRoleName":
      return { kind: "role", base: ecsSpec(field("ram_role_name"), env, where), role: role(), ...common };
    case "EcsRamRole":
      return { ...ecsSpec(field("ram_role_name"), env, where), ...common };
    case "OIDC": {
      const oidcProviderArn = field("oidc_provider_arn") ?? variable(variables.oidcProviderArn, env);
      const tokenFile = field("oidc_token_file") ?? variable(variables.oidcTokenFile, env);
      if (!oidcProviderArn || !tokenFile) throw refuse("oidc_provider_arn or oidc_token_file is missing.");
      const token = readToken(lookups, tokenFile, where);
      return { kind: "oidc", role: role(), oidcProviderArn, token, ...common };
    }
    case "CredentialsURI": {
      assertAllowed("to ask a credentials_uri");
      const uri = field("credentials_uri") ?? variable(variables.credentialsUri, env);
      const spec = uriSpec(uri, `credentials_uri of ${where}`);
      if (!spec) throw refuse("credentials_uri is missing.");
      return { ...spec, ...common };
    }
    case "External": {
      assertAllowed("to run its process_command");
      const [program, ...args] =
        splitCommand(field("process_command") ?? "", process.platform === "win32") ?? [];
      if (!program) throw refuse("process_command is missing, or has a quote that is not closed.");
      const read = (output: string) => {
        const printed = parseOutput(output);
        if (!printed) throw refuse("its process_command printed no profile in JSON.");
        const kept = Object.entries(profile).filter(([key]) => !ownKeys.includes(key));
        const next = { ...Object.fromEntries(kept), ...printed };
        if (modeOf(next) === "External") {
          throw refuse("its process_command printed a profile of mode External again.");
        }
        return readProfile(lookups, next, request, path);
      };
      return { kind: "process", command: [program, ...args], read, ...common };
    }
    case "CloudSSO":
    case "OAuth":
      // Only the command line can sign in; what it got then stays in the profile until it expires.
      if (Number(profile.sts_expiration ?? 0) * 1000 > lookups.now()) {
        return { ...profileKeys(profile, where, true), ...common };
      }
      throw refuse(
        `the keys of its ${mode} sign-in have ended: run aliyun sts GetCallerIdentity --profile ${name}, which puts new ones into the profile, ` +
          `or aliyun configure --profile ${name} where that asks to sign in.`,
      );
    case "RsaKeyPair":
      throw refuse(
        `its mode RsaKeyPair can't be used: run aliyun sts AssumeRole --profile ${name} with --RoleArn and --RoleSessionName, ` +
          `and put the keys that it prints into ${keyNames}.`,
      );
    case "BearerToken":
    case "Anonymous":
      throw refuse(
        `its mode ${mode} has no keys to sign with: run aliyun configure --profile ${name} --mode AK, or name another profile.`,
      );
    default:
      throw refuse(
        `its mode can't be used; modes that can are ${modes.join(", ")}. For another one put keys into ${keyNames}.`,
      );
  }
}

const keyNames = "OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_SESSION_TOKEN";

/** The mode that is written, or else the one that the command line takes the fields for. */
function modeOf(profile: Profile): string {
  const has = (...keys: string[]) => keys.every((key) => text(profile, key) !== undefined);
  const mode = text(profile, "mode");
  if (mode !== undefined) return mode;
  if (has("access_key_id", "access_key_secret")) {
    if (has("sts_token")) return "StsToken";
    return has("ram_role_arn") ? "RamRoleArn" : "AK";
  }
  if (has("ram_role_name")) return "EcsRamRole";
  if (has("process_command")) return "External";
  if (has("oidc_provider_arn", "oidc_token_file", "ram_role_arn")) return "OIDC";
  return has("cloud_sso_sign_in_url") ? "CloudSSO" : "AK";
}

/** A field's text; `""`, 0 and null are as good as none, as to the command line. */
function text(profile: Profile, key: string): string | undefined {
  const value = profile[key];
  return value === undefined || value === null || value === "" || value === 0
    ? undefined
    : String(value).trim();
}

function parseOutput(output: string): Profile | undefined {
  try {
    const value: unknown = JSON.parse(output);
    return isProfile(value) ? value : undefined;
  } catch {
    // The parser's message would quote the output, keys and all.
    return undefined;
  }
}

/** The keys in a profile or section; `temporary`: with their token. Throws ConfigurationError where one is missing. */
export function profileKeys(
  profile: Profile,
  origin: string,
  temporary: boolean,
): Extract<CredentialSpec, { kind: "keys" }> {
  const accessKeyId = text(profile, "access_key_id");
  const accessKeySecret = text(profile, "access_key_secret");
  const securityToken = text(profile, "sts_token");
  if (!accessKeyId || !accessKeySecret || (temporary && !securityToken)) {
    const needed = `access_key_id${temporary ? ", access_key_secret and sts_token" : " and access_key_secret"}`;
    throw new ConfigurationError(`${origin}: ${needed} must be set.`);
  }
  const places = { idPlace: `${origin}: access_key_id`, tokenName: "sts_token and mode StsToken" };
  const expiresAt = Date.parse(text(profile, "expiration") ?? "");
  return {
    ...keysSpec({ accessKeyId, accessKeySecret, securityToken }, origin, places),
    expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt,
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
