import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator } from "oss-emulator";
import { PulumiProject, rootProgram } from "../../tools/pulumi-project";
import { run } from "../../tools/run";
import { credentialsOf } from "../../tools/emulator-access";
import { describeWithEngine } from "../support/with-engine";
import { blocks } from "./pages";
import { repository } from "../support/repository";

const page = readFileSync(join(repository, "README.md"), "utf8");

/** Lines of an extract that are not in the whole. How long something took is different each time. */
function strange(extract: string, whole: string): string[] {
  const lines = (text: string) =>
    text
      .replaceAll(/\(\d+(\.\d+)?s\)/g, "(…)")
      .split("\n")
      .map((line) => line.trimEnd());
  const known = lines(whole);
  return lines(extract).filter((line) => !known.includes(line));
}

describeWithEngine("README.md", (engine) => {
  it("README.md tells what happens: set up, deploy, see drift, put it right, be stopped by policy", async () => {
    const buckets = ["logs-prod", "payroll-prod"];
    await using emulator = await startEmulator({ buckets: buckets.map((name) => ({ name })) });
    const keys = credentialsOf(emulator);
    await using project = await PulumiProject.create({
      engine: engine(),
      files: await rootProgram(),
      env: { ...keys, OSS_ENDPOINT: emulator.url },
    });
    await symlink(join(repository, "policy"), join(project.folder, "policy"));
    const env = project.environment();
    const shell = (command: string) => {
      const here = command
        .replaceAll("npx pulumi", "pulumi")
        // That would be the home folder of whoever runs the tests.
        .replace("login --local", `login ${env.PULUMI_BACKEND_URL ?? ""}`)
        .replace(/pulumi up$/m, "pulumi preview")
        .replaceAll(/(OSS_\w+)=…/g, (_, name: string) => `${name}=${keys[name] ?? ""}`);
      return run("/bin/sh", ["-ec", here], { cwd: project.folder, env });
    };
    const rules = () => buckets.map((bucket) => emulator.encryption(bucket)?.SSEAlgorithm);

    const setUp = blocks(page, "sh").find((block) => block.includes("oss-encryption:rules")) ?? "";
    const outcome = await shell(setUp);
    assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
    assert.deepEqual(rules(), [undefined, undefined]);

    const story = [
      { code: 0, leaves: ["AES256", "KMS"] },
      { code: 7, leaves: ["AES256", "AES256"] },
      { code: 0, leaves: ["AES256", "KMS"] },
      { code: 1, leaves: ["AES256", "KMS"] },
    ];
    const transcripts = blocks(page, "console");
    assert.equal(transcripts.length, story.length);
    for (const [index, { code, leaves }] of story.entries()) {
      const [command = "", ...extract] = (transcripts[index] ?? "").trimEnd().split("\n");
      if (command.includes("refresh --preview-only")) {
        emulator.setEncryption("payroll-prod", { SSEAlgorithm: "AES256" });
      }
      const shown = await shell(command.replace("$ ", ""));
      assert.deepEqual(strange(extract.join("\n"), shown.stdout + shown.stderr), [], shown.stdout);
      assert.equal(shown.code, code, command);
      assert.deepEqual(rules(), leaves, command);
    }
  });
});
