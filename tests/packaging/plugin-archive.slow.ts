import assert from "node:assert/strict";
import { once } from "node:events";
import { createReadStream, existsSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packPlugin } from "../../tools/plugin-archive";
import { run } from "../../tools/run";
import { EncryptionStack, steps } from "../support/encryption-stack";
import { nativeProgram } from "../support/native-program";
import { describeWithEngine, skipWithoutYaml } from "../support/with-engine";

const key = "very-secret-cmk-id";

describeWithEngine("the plugin's archives", (engine) => {
  let folder: string;
  let server: Server;
  let stack: EncryptionStack;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "archives-"));
    for (const version of ["0.9.1", "0.9.2"]) await packPlugin(folder, version);
    server = createServer(({ url = "" }, response) => {
      const file = join(folder, url.slice(1));
      if (!existsSync(file)) return response.writeHead(404).end();
      // The engine refuses a download whose length it isn't told.
      response.writeHead(200, { "content-length": statSync(file).size });
      return createReadStream(file).pipe(response);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    stack = await EncryptionStack.create(engine(), {
      // Without a path to this checkout's plugin, what is installed is taken.
      files: { ...nativeProgram, "Pulumi.yaml": "name: project\nruntime: nodejs\n" },
    });
    for (const name of ["logs", "payroll"]) stack.emulator.createBucket(name);
    await stack.declare(
      { name: "logs", args: { bucket: "logs", sseAlgorithm: "AES256" } },
      {
        name: "payroll",
        args: { bucket: "payroll", sseAlgorithm: "KMS", kmsMasterKeyId: key },
        secret: ["kmsMasterKeyId"],
      },
    );
  });
  after(async () => {
    await stack.close();
    server.close();
    await rm(folder, { recursive: true });
  });

  const debug = { DEBUG: "*", NODE_DEBUG: "http,net" };
  const downloads = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  async function install(version: string): Promise<void> {
    const { command } = engine();
    const args = ["plugin", "install", "resource", "oss-encryption", `v${version}`, "--server", downloads()];
    const { code, stderr } = await run(command, args, { env: stack.project.environment() });
    assert.equal(code, 0, stderr);
  }

  it("are installed by the engine, and work without a package beside them", async () => {
    await install("0.9.1");
    const up = await stack.project.up(["--logtostderr", "-v=9"], { env: debug });
    assert.equal(up.code, 0, up.stdout);
    assert.deepEqual(stack.live, { logs: "AES256", payroll: "KMS" });
    const { accessKeySecret } = stack.emulator.credentials;
    assert.ok(!up.stdout.includes(accessKeySecret) && !up.stderr.includes(accessKeySecret));
    const { text, resources } = await stack.project.exportStack();
    assert.ok(!text.includes(key));
    assert.equal(resources.filter(({ type }) => type === "oss-encryption:index:BucketEncryption").length, 2);
  });

  it("are fetched by the engine where a program names their place by pluginDownloadURL", async function () {
    skipWithoutYaml(this, engine());
    await using other = await EncryptionStack.create(engine(), { beside: stack });
    const resource = {
      type: "oss-encryption:index:BucketEncryption",
      properties: { bucket: "fetched", sseAlgorithm: "SM4" },
      options: { version: "0.9.1", pluginDownloadURL: downloads() },
    };
    stack.emulator.createBucket("fetched");
    const program = { name: "project", runtime: "yaml", resources: { fetched: resource } };
    await other.project.write({ "Pulumi.yaml": JSON.stringify(program) });
    const acquires = { env: { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "false" } };
    const up = await other.project.up([], acquires);
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.deepEqual(stack.emulator.encryption("fetched"), { SSEAlgorithm: "SM4" });
    assert.equal((await other.project.destroy()).code, 0);
    assert.equal(stack.emulator.encryption("fetched"), undefined);
    stack.emulator.deleteBucket("fetched");
  });

  it("name the packages that they are made of, with their licences", async () => {
    const archive = join(folder, "pulumi-resource-oss-encryption-v0.9.1-linux-amd64.tar.gz");
    const { stdout } = await run("tar", ["-xzOf", archive, "THIRD_PARTY_NOTICES"]);
    for (const name of ["@grpc/grpc-js", "@pulumi/pulumi", "ali-oss", "google-protobuf", "xml2js"]) {
      assert.match(stdout, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+: `, "m"));
    }
    assert.match(stdout, /Apache License/);
    assert.match(stdout, /Permission is hereby granted, free of charge/);
  });

  it("of a newer version change nothing of what the older one made", async () => {
    await install("0.9.2");
    stack.takeOperations();
    const up = await stack.project.up();
    assert.equal(up.code, 0, up.stdout);
    assert.deepEqual(steps(up), {});
    assert.deepEqual(stack.takeOperations(), []);
    assert.equal((await stack.project.refresh(["--expect-no-changes"])).code, 0);
    assert.equal((await stack.project.destroy()).code, 0);
    assert.deepEqual(stack.live, { logs: undefined, payroll: undefined });
  });
});
