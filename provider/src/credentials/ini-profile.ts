import ini from "ini";
import { ConfigurationError } from "../errors";
import { variable, variables } from "../settings/variables";
import { isCliFile, profileKeys, type Profile } from "./profiles";
import { ecsSpec, readRole } from "./roles";
import type { Lookups } from "../settings/lookups";
import type { CredentialSpec } from "./spec";

/** Where Alibaba Cloud's SDKs keep credentials. */
export const defaultIniFile = "~/.alibabacloud/credentials";

/** A section of the SDKs' credentials file; nothing where there is no file. */
export function iniProfileSpec(lookups: Lookups): CredentialSpec | undefined {
  const file = lookups.env("ALIBABA_CLOUD_CREDENTIALS_FILE") ?? defaultIniFile;
  const content = lookups.file(file);
  const named = lookups.env("ALIBABA_CLOUD_PROFILE");
  const section = content === undefined || isCliFile(content) ? undefined : find(content, named ?? "default");
  const origin = `section ${named ?? "default"} of ${file}`;
  if (!section) {
    if (named) {
      throw new ConfigurationError(`ALIBABA_CLOUD_PROFILE in the environment: there is no ${origin}.`);
    }
    return undefined;
  }
  switch (section.type) {
    case "access_key":
      return profileKeys(section, origin, false);
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
        { externalId: variable(variables.externalId, lookups.env) },
      );
      return { kind: "role", base: profileKeys(section, origin, false), role, origin };
    }
    default:
      throw new ConfigurationError(`${origin}: type must be access_key, ecs_ram_role or ram_role_arn.`);
  }
}

/** To the library a dot in a section's name leads into a section of a section. */
function find(content: string, name: string): Profile | undefined {
  let at: unknown = ini.parse(content);
  for (const part of name.split(".")) {
    at = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[part] : undefined;
  }
  return typeof at === "object" && at !== null ? (at as Profile) : undefined;
}
