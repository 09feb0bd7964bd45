import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "oss-emulator";
import { pulumiHome } from "./engine/locate";

/** Version of @pulumi/alicloud, and of the engine's plugin for it. */
export const { version: alicloudVersion } = JSON.parse(
  readFileSync(require.resolve("@pulumi/alicloud/package.json"), "utf8"),
) as { version: string };

/** Why tests with the alicloud provider can't run; undefined where they can. */
export function missingAlicloudPlugin(): string | undefined {
  const plugin = join(pulumiHome(), `plugins/resource-alicloud-v${alicloudVersion}/pulumi-resource-alicloud`);
  if (existsSync(plugin)) return undefined;
  return `no ${plugin}; pulumi plugin install resource alicloud ${alicloudVersion} gets it`;
}

/** Stack config of the alicloud provider for an emulator that is its proxy: it insists on OSS's own host names. */
export const alicloudConfig = ({ credentials }: Pick<Emulator, "credentials">) => ({
  "alicloud:accessKey": credentials.accessKeyId,
  "alicloud:secretKey": credentials.accessKeySecret,
  "alicloud:region": "cn-hangzhou",
  "alicloud:protocol": "HTTP",
  "alicloud:endpoints": [{ oss: "oss-cn-hangzhou.aliyuncs.com" }],
  // Otherwise it asks other services at its start.
  "alicloud:accountId": "1234567890123456",
  "alicloud:accountType": "Domestic",
  "alicloud:skipRegionValidation": "true",
});
