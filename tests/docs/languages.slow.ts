import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { blocks } from "./pages";
import { PluginStack } from "../support/plugin-project";
import { succeeds } from "../support/outcome";
import { repository } from "../support/repository";
import { describeWithYaml } from "../support/with-engine";

describeWithYaml("docs/languages.md", (engine) => {
  it("its YAML program runs with the plugin of a checkout beside it", async () => {
    const found = blocks(readFileSync(join(repository, "docs/languages.md"), "utf8"), "yaml");
    const program = found.find((block) => block.startsWith("name:")) ?? "";
    const plugins = found.find((block) => block.startsWith("plugins:")) ?? "";
    await using stack = await PluginStack.create(engine(), {
      files: { "Pulumi.yaml": `${program}\n${plugins}` },
    });
    await symlink(repository, join(stack.project.folder, "../oss-encryption"));
    stack.emulator.createBucket("logs-prod");
    stack.emulator.createBucket("invoices-prod");
    stack.emulator.setEncryption("invoices-prod", { SSEAlgorithm: "SM4" });
    await succeeds(stack.project.up());
    assert.deepEqual(stack.live, { "logs-prod": "AES256", "invoices-prod": "SM4" });
    const { stdout } = await stack.project.pulumi(["stack", "output", "--json"]);
    assert.deepEqual(JSON.parse(stdout), { invoicesAreEncryptedWith: "SM4" });
  });
});
