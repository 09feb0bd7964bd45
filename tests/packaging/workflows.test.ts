import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { run } from "../../tools/run";
import { packages } from "../../tools/pack";
import { repository } from "../support/repository";

interface Job {
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  steps: { uses?: string; run?: string; env?: Record<string, string> }[];
}

interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

/** Those of this repository, and those that users copy. */
const files = [
  ".github/workflows/ci.yml",
  ".github/workflows/release.yml",
  "examples/workflows/drift.yml",
  "examples/policy-gate/.github/workflows/preview.yml",
];

function workflow(file: string): Workflow {
  return parse(readFileSync(join(repository, file), "utf8")) as Workflow;
}

describe("the workflows for GitHub Actions", () => {
  for (const file of files) {
    it(`${file} runs each action at a commit, in bounded time, and may only read unless a job says why`, () => {
      const { permissions, jobs } = workflow(file);
      assert.deepEqual(permissions, { contents: "read" });
      for (const { steps, ...job } of Object.values(jobs)) {
        for (const { uses } of steps) if (uses) assert.match(uses, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
        assert((job["timeout-minutes"] ?? Infinity) <= 60);
      }
    });
  }
});

describe("a release", () => {
  const { jobs } = workflow(".github/workflows/release.yml");
  const commands = (jobs.publish?.steps ?? []).flatMap((step) => step.run ?? []);
  const shell = (command: string, env: Record<string, string> = {}) =>
    run("bash", ["-e", "-c", command], {
      cwd: repository,
      env: { ...process.env, npm_config_ignore_scripts: "true", ...env },
    });
  const find = (part: string) => commands.find((command) => command.includes(part)) ?? assert.fail(part);

  it("a release is made of what has passed every test, and only then published", () => {
    assert.deepEqual(
      commands
        .filter((command) => /^npm (test|run test|publish)/.test(command))
        .map((it) => it.split(" --")[0]),
      ["npm test", "npm run test:slow", "npm publish"],
    );
    assert.deepEqual(jobs.publish?.permissions, { contents: "read", "id-token": "write" });
    assert.deepEqual(jobs.release?.permissions, { contents: "write" });
  });

  it("a release needs a tag that is the version of every package", async () => {
    const { version } = JSON.parse(readFileSync(join(repository, "provider/package.json"), "utf8")) as {
      version: string;
    };
    const check = find("GITHUB_REF_NAME");
    assert.equal((await shell(check, { GITHUB_REF_NAME: `v${version}` })).code, 0);
    assert.notEqual((await shell(check, { GITHUB_REF_NAME: `v${version}1` })).code, 0);
    for (const name of packages) assert(check.includes(name), name);
  });

  it("a release publishes all packages with provenance, each after those it depends on", async () => {
    const { code, stdout, stderr } = await shell(`${find("npm publish")} --dry-run`);
    assert.equal(code, 0, stderr);
    const published = [...stdout.matchAll(/^\+ (.*)@/gm)].map(([, name]) => name);
    assert.deepEqual(published, [
      "pulumi-oss-encryption",
      "oss-emulator",
      "oss-encryption",
      "oss-encryption-policy",
    ]);
    assert.match(find("npm publish"), /--provenance/);
  });

  it("a release says in each package which repository it came from, as provenance demands", async () => {
    const set = find("npm pkg set");
    assert(commands.indexOf(set) < commands.indexOf(find("npm publish")));
    const { code, stdout } = await shell(set.replace("npm pkg set", "echo npm pkg set"), {
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "somebody/oss-encryption",
    });
    assert.equal(code, 0);
    assert.equal(
      stdout,
      "npm pkg set --workspaces repository.type=git repository.url=git+https://github.com/somebody/oss-encryption.git\n",
    );
  });
});
