import { pluginType, projectFile } from "./plugin-project";

/**
 * Files of a project that declares what declarations.json says as resources of the plugin. `provider` names one of the
 * explicit providers in providers.json. It needs no host but that of Node.js.
 */
export const nativeProgram = {
  "Pulumi.yaml": projectFile("nodejs"),
  "providers.json": "{}",
  "index.js": `
const pulumi = require("@pulumi/pulumi");
const token = "${pluginType}";
const explicit = new Map();
for (const [name, args] of Object.entries(require("./providers.json"))) {
  explicit.set(name, new pulumi.ProviderResource("oss-encryption", name, args));
}
for (const { name, args, opts = {}, provider, secret = [] } of require("./declarations.json")) {
  for (const key of secret) args[key] = pulumi.secret(args[key]);
  const options = provider ? { ...opts, provider: explicit.get(provider) } : opts;
  new pulumi.CustomResource(token, name, args, options);
}
`,
};
