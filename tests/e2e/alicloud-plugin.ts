import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pulumiHome } from "../../tools/pulumi-project";

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
