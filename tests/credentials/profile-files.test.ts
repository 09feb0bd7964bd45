import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { inspect } from "node:util";
import { skip } from "../support/skip";
import {
  account,
  permanentProfile,
  profileFile,
  temporary,
  temporaryProfile,
  workProfile,
} from "./identities";
import { overhear } from "./overhear";
import { credentialsRig } from "./rig";

describe("profiles of the aliyun command line", () => {
  const rig = credentialsRig();

  const external = (process_command: string) => ({
    [profileFile]: workProfile({ mode: "External", process_command }),
  });
  const where = "the current profile (profile work of ~/.aliyun/config.json)";

  it("are read from a pipe, once for all that need them", async function () {
    if (process.platform === "win32") skip(this, "Windows has no named pipes in folders");
    const pipe = rig.fill("FILE:pipe");
    execFileSync("mkfifo", [pipe]);
    rig.write({ "content.json": workProfile(permanentProfile) });
    const writer = spawn("/bin/sh", ["-c", 'exec cat "$0" > "$1"', rig.fill("FILE:content.json"), pipe]);
    const connections = rig.connect({ env: { ALIBABA_CLOUD_CREDENTIALS_FILE: pipe } });
    for (const region of ["cn-hangzhou", "cn-beijing"]) connections.verify({ region });
    await connections.client({}).getBucketEncryption("logs");
    assert.equal(rig.emulator.requests.at(-1)?.identity, "user/permanent");
    if (writer.exitCode === null) await once(writer, "exit");
  });

  for (const [title, content] of [
    ["a file larger than any of credentials", "x".repeat(1024 * 1024 + 1)],
    ["a file that never ends", undefined],
  ] as const) {
    it(`are refused from ${title}`, () => {
      const file = content === undefined ? "/dev/zero" : rig.fill("FILE:huge.json");
      if (content !== undefined) rig.write({ "huge.json": content });
      const connections = rig.connect({ env: { ALIBABA_CLOUD_CREDENTIALS_FILE: file } });
      assert.throws(() => connections.verify({ region: "cn-hangzhou" }), {
        name: "ConfigurationError",
        message: `${file} is larger than 1 MiB.`,
      });
    });
  }

  const failures: [title: string, command: string, reason: string][] = [
    [
      "a program that isn't there",
      "/no/such/program",
      "its process_command can't be started (ENOENT); run it by itself to see why.",
    ],
    [
      "a program that fails, whatever it writes",
      `/bin/sh -c 'echo temporary-secret; echo temporary-token >&2; exit 3'`,
      "its process_command ended with exit code 3; run it by itself to see why.",
    ],
    [
      "a program that prints something else",
      "echo temporary-secret",
      "its process_command printed no profile in JSON.",
    ],
    [
      "a program that prints without an end",
      `/bin/sh -c 'while :; do echo temporary-secret; done'`,
      "its process_command printed more than 64 KiB; run it by itself to see why.",
    ],
    [
      "a program that prints half of the keys",
      `echo '{"mode": "StsToken", "access_key_id": "temporary-id", "access_key_secret": "temporary-secret"}'`,
      "access_key_id, access_key_secret and sts_token must be set.",
    ],
    [
      "a program that prints a profile with a program",
      `echo '{"mode": "External", "process_command": "echo"}'`,
      "its process_command printed a profile of mode External again.",
    ],
  ];
  for (const [title, command, reason] of failures) {
    it(`end with ${title}, of which nothing is repeated`, async () => {
      let error: unknown;
      const printed = await overhear(async () => {
        error = await rig
          .connect({ files: external(command) })
          .client({})
          .getBucketEncryption("logs")
          .catch((error: unknown) => error);
      });
      assert.equal((error as Error).message, `${where}: ${reason}`);
      const shown = printed + inspect(error, { depth: Infinity, showHidden: true });
      assert.deepEqual(
        Object.values(temporary).filter((secret) => shown.includes(secret)),
        [],
      );
    });
  }

  it("give their program the environment and nothing to read", async () => {
    const command = `/bin/sh -c 'cat && cat "$PROFILE"'`;
    const env = { PROFILE: "FILE:printed.json", PATH: process.env.PATH ?? "" };
    const connections = rig.connect({
      files: { ...external(command), "printed.json": temporaryProfile },
      env,
    });
    await connections.client({}).getBucketEncryption("logs");
    assert.equal(rig.emulator.requests.at(-1)?.identity, "user/temporary");
  });

  it("run their program again when OSS no longer takes the keys it printed", async () => {
    const connections = rig.connect({
      files: { ...external("cat FILE:printed.json"), "printed.json": temporaryProfile },
    });
    const client = connections.client({});
    await client.getBucketEncryption("logs");
    const renewed = { ...temporary, accessKeyId: "renewed-id", securityToken: "renewed-token" };
    rig.emulator.addAccount({ id: account, ...renewed, name: "user/renewed" });
    rig.emulator.removeAccessKey(temporary.accessKeyId);
    const { accessKeyId: access_key_id, securityToken: sts_token } = renewed;
    rig.write({ "printed.json": { ...temporaryProfile, access_key_id, sts_token } });
    assert.deepEqual(await client.getBucketEncryption("logs"), { sseAlgorithm: "AES256" });
    assert.equal(rig.emulator.requests.at(-1)?.identity, "user/renewed");
  });
});
