import assert from "node:assert/strict";
import { once } from "node:events";
import type * as grpc from "@grpc/grpc-js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { startEmulator, type Emulator } from "oss-emulator";
import { packageSchema } from "../../provider/src/plugin/schema";
import { accessTo } from "../../tools/emulator-access";
import { EngineStandIn, startServer } from "../support/provider-process";

const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const secret = (value: JavaScriptValue) => ({ ...secretMark, value });

const token = "oss-encryption:index:BucketEncryption";
const urn = `urn:pulumi:test::project::${token}::logs`;
const providerUrn = (name: string) => `urn:pulumi:test::project::pulumi:providers:oss-encryption::${name}`;

describe("what the plugin serves besides the verbs", () => {
  let emulator: Emulator;
  let engine: EngineStandIn;
  let client: ResourceProviderClient;
  let stop: () => Promise<unknown>;

  beforeEach(async () => {
    emulator = await startEmulator({
      accounts: [
        { id: "1", accessKeyId: "own-id", accessKeySecret: "own-secret", securityToken: "own-token" },
      ],
    });
    emulator.createBucket("logs", { encryption: { SSEAlgorithm: "KMS", KMSMasterKeyID: "key-1" } });
    emulator.createBucket("bare");
    engine = await EngineStandIn.start();
    const { OSS_ENDPOINT } = accessTo(emulator);
    const env = { OSS_ENDPOINT, ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" };
    const server = await startServer("plugin", engine, env);
    client = server.client;
    stop = () => {
      client.close();
      server.child.kill("SIGINT");
      return once(server.child, "exit");
    };
  });
  afterEach(async () => {
    await stop();
    engine.end();
    await emulator.close();
  });

  type Answers =
    | "checkConfig"
    | "diffConfig"
    | "configure"
    | "invoke"
    | "getSchema"
    | "read"
    | "diff"
    | "check"
    | "delete";
  function ask<Answer>(method: Answers, request: unknown): Promise<Answer> {
    const call = client[method].bind(client) as unknown as (
      request: unknown,
      done: (error: grpc.ServiceError | null, answer: Answer) => void,
    ) => unknown;
    return new Promise((resolve, reject) =>
      call(request, (error, answer) => (error ? reject(new Error(error.details)) : resolve(answer))),
    );
  }
  const struct = (value: object) => Struct.fromJavaScript(value as Record<string, JavaScriptValue>);
  const keys = { accessKey: "own-id", secretKey: secret("own-secret"), securityToken: secret("own-token") };

  async function checkConfig(name: string, news: object) {
    const request = new messages.CheckRequest();
    request.setUrn(providerUrn(name));
    request.setNews(struct(news));
    const answer = await ask<messages.CheckResponse>("checkConfig", request);
    return {
      inputs: answer.getInputs()?.toJavaScript(),
      failures: answer.getFailuresList().map((one) => one.getReason()),
    };
  }
  async function configure(args: object, name = "default") {
    const request = new messages.ConfigureRequest();
    request.setUrn(providerUrn(name));
    request.setArgs(struct(args));
    return ask<messages.ConfigureResponse>("configure", request);
  }
  async function read(id: string) {
    const request = new messages.ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setProperties(struct({}));
    const answer = await ask<messages.ReadResponse>("read", request);
    return { id: answer.getId(), inputs: answer.getInputs()?.toJavaScript() };
  }
  async function invoke(tok: string, args: object) {
    const request = new messages.InvokeRequest();
    request.setTok(tok);
    request.setArgs(struct(args));
    const answer = await ask<messages.InvokeResponse>("invoke", request);
    return {
      rule: answer.getReturn()?.toJavaScript(),
      failures: answer.getFailuresList().map((one) => one.getReason()),
    };
  }

  it("its schema", async () => {
    const answer = await ask<messages.GetSchemaResponse>("getSchema", new messages.GetSchemaRequest());
    const schema = packageSchema("0.1.0");
    assert.deepEqual(
      { ...(JSON.parse(answer.getSchema()) as object), version: "0.1.0" },
      JSON.parse(JSON.stringify(schema)),
    );
  });

  it("a check of config that keeps credentials secret, and names mistakes as their reader knows them", async () => {
    const inputs = { region: "cn-hangzhou", accessKey: "id", version: "1.0.0" };
    assert.deepEqual(await checkConfig("finance", inputs), {
      inputs: { ...inputs, accessKey: secret("id") },
      failures: [],
    });
    const connections = JSON.stringify({ far: { region: "cn-beijing" } });
    assert.deepEqual(
      (await checkConfig("default", { connections, rules: "{}", internal: "true" })).failures,
      [],
    );
    for (const [name, news, failure] of [
      ["default", { regio: "x" }, /^oss-encryption in the stack config has no regio; allowed are region, /],
      [
        "default_1_2_3",
        { internal: "yes" },
        "oss-encryption in the stack config: internal must be a boolean.",
      ],
      [
        "finance",
        { secretKey: secret({ a: "hidden" }) },
        "The provider finance: secretKey must be a string.",
      ],
      ["finance", { connections: "[hidden" }, "The provider finance: connections must be an object."],
      ["finance", { pathStyle: true }, "The provider finance: pathStyle needs an endpoint."],
    ] as const) {
      const { failures } = await checkConfig(name, news);
      assert.equal(failures.length, 1);
      assert.match(failures[0] ?? "", typeof failure === "string" ? new RegExp(`^${failure}$`) : failure);
      assert.doesNotMatch(failures[0] ?? "", /hidden/);
    }
  });

  it("another config as a change that replaces nothing", async () => {
    const request = new messages.DiffRequest();
    request.setOldInputs(struct({ region: "cn-hangzhou", secretKey: secret("a") }));
    request.setNews(struct({ secretKey: "a", region: "cn-hangzhou" }));
    const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
    assert.equal((await ask<messages.DiffResponse>("diffConfig", request)).getChanges(), DIFF_NONE);
    request.setNews(struct({ secretKey: "b", region: "cn-hangzhou" }));
    const answer = await ask<messages.DiffResponse>("diffConfig", request);
    assert.deepEqual([answer.getChanges(), answer.getReplacesList()], [DIFF_SOME, []]);
  });

  it("reads by the id of an import: name, region and connection", async () => {
    await configure({ ...keys, region: "cn-beijing", connections: { far: { region: "cn-hangzhou" } } });
    const inputs = { bucket: "logs", sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" };
    assert.deepEqual(await read("logs@cn-hangzhou"), {
      id: "logs",
      inputs: { ...inputs, region: "cn-hangzhou" },
    });
    assert.deepEqual(await read("far/logs"), { id: "logs", inputs: { ...inputs, connection: "far" } });
    assert.equal((await read("far/logs@cn-hangzhou")).id, "logs");
    await assert.rejects(
      read("bare@cn-hangzhou"),
      /^Error: bucket bare has no default rule that could be read$/,
    );
    for (const id of ["", "/logs", "logs@", "logs@a@b", "Logs", "a/"]) {
      await assert.rejects(
        read(id),
        /^Error: The id of a BucketEncryption is its bucket's name; to import one of/,
      );
    }
    await assert.rejects(
      read("none/logs"),
      /connection must be the name of an entry of oss-encryption:connections/,
    );
  });

  it("getBucketEncryption, and no other function", async () => {
    await configure({ ...keys, region: "cn-hangzhou" }, "finance");
    const name = "oss-encryption:index:getBucketEncryption";
    assert.deepEqual(await invoke(name, { bucket: "logs" }), {
      rule: { sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" },
      failures: [],
    });
    assert.deepEqual(await invoke(name, { bucket: "bare" }), { rule: {}, failures: [] });
    const { failures } = await invoke(name, { bucket: "X", kmsMasterKeyId: "k" });
    assert.match(failures[0] ?? "", /^bucket must be 3 to 63/);
    assert.equal(
      failures[1],
      "kmsMasterKeyId is not an argument of getBucketEncryption: allowed are bucket, region, connection",
    );
    await assert.rejects(
      invoke("oss-encryption:index:other", {}),
      /has no function oss-encryption:index:other/,
    );
  });

  it("names its own keys in what it says about settings", async () => {
    const check = async () => {
      const request = new messages.CheckRequest();
      request.setUrn(urn);
      request.setOlds(struct({}));
      request.setNews(struct({ bucket: "logs", sseAlgorithm: "AES256" }));
      const answer = await ask<messages.CheckResponse>("check", request);
      return answer.getFailuresList().map((one) => one.getReason());
    };
    await configure({ accessKey: "own-id" });
    assert.match(
      (await check())[0] ?? "",
      /^oss-encryption:accessKey is set in the stack config, but oss-encryption:secretKey is not/,
    );
    await configure({ accessKey: "own-id" }, "finance");
    assert.match((await check())[0] ?? "", /^accessKey is set in the provider finance, but secretKey is not/);
    await configure({ ...keys });
    assert.match(
      (await check())[0] ?? "",
      /^No region found: set region on the resource, oss-encryption:region in the stack config, or/,
    );
    await configure({ region: "cn-hangzhou" });
    assert.match(
      (await check())[0] ?? "",
      /Looked for, in this order: oss-encryption:accessKey \+ oss-encryption:secretKey; oss-encryption:profile;/,
    );
    await configure({ ...keys, region: "cn-hangzhou", clientReadTimeout: "x" }, "finance");
    assert.deepEqual(await check(), [
      "clientReadTimeout in the provider finance must be a whole number, not negative.",
    ]);
    await configure({ ...keys, region: "China (Hangzhou)" }, "finance");
    assert.deepEqual(await check(), [
      "region in the provider finance is not a region id such as cn-hangzhou.",
    ]);
  });

  it("lines about a resource, which have arrived when its verb is answered", async () => {
    await configure({ ...keys, region: "cn-hangzhou" });
    const request = new messages.DeleteRequest();
    request.setUrn(urn);
    request.setId("logs");
    request.setProperties(struct({ bucket: "logs", sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" }));
    await ask("delete", request);
    const message =
      "bucket logs: default rule removed (was KMS with the CMK it names); objects keep the encryption they have";
    assert.deepEqual(engine.logged, [{ message, urn }]);
  });

  it("each property that differs, with what becomes of it", async () => {
    await configure({ ...keys, region: "cn-hangzhou" });
    const request = new messages.DiffRequest();
    request.setUrn(urn);
    request.setId("logs");
    request.setOlds(struct({ bucket: "logs", sseAlgorithm: "KMS", kmsMasterKeyId: "k" }));
    request.setNews(struct({ bucket: "data", sseAlgorithm: "SM4", region: "cn-beijing" }));
    const answer = await ask<messages.DiffResponse>("diff", request);
    const { ADD, DELETE, UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
    const details = [...answer.getDetaileddiffMap().entries()] as [string, messages.PropertyDiff][];
    assert.deepEqual(Object.fromEntries(details.map(([name, detail]) => [name, detail.getKind()])), {
      bucket: UPDATE_REPLACE,
      sseAlgorithm: UPDATE,
      kmsMasterKeyId: DELETE,
      region: ADD,
    });
    assert.deepEqual(answer.getReplacesList(), ["bucket"]);
  });
});
