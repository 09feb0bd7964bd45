import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { analyzeRequest, stackRequest, type WireResource } from "./wire";

export const packFolder = dirname(require.resolve("oss-encryption-policy/package.json"));

type Level = "advisory" | "mandatory" | "remediate" | "disabled";
export type Config = Record<string, { enforcementLevel: Level; [property: string]: JavaScriptValue }>;

/** The SDK's own host running the compiled pack: what the engine starts, spoken to as the engine does. */
export class PolicyHost implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  static async start(): Promise<PolicyHost> {
    const program = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const child = spawn(process.execPath, [program, "127.0.0.1:1", "."], {
      cwd: packFolder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit").then(() =>
      Promise.reject(new Error("The policy pack ended at its start.")),
    );
    const [port] = (await Promise.race([once(createInterface(child.stdout), "line"), ended])) as [string];
    return new PolicyHost(child, new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure()));
  }

  async info(): Promise<proto.AnalyzerInfo.AsObject> {
    const call = promisify<Empty, proto.AnalyzerInfo>(this.client.getAnalyzerInfo.bind(this.client));
    return (await call(new Empty())).toObject();
  }

  /** Sets the config of some rules; the others keep their defaults. */
  async configure(config: Config): Promise<void> {
    const request = new proto.ConfigureAnalyzerRequest();
    for (const [rule, { enforcementLevel, ...properties }] of Object.entries(config)) {
      const entry = new proto.PolicyConfig();
      entry.setEnforcementlevel(wireLevels[enforcementLevel]);
      entry.setProperties(Struct.fromJavaScript(properties));
      request.getPolicyconfigMap().set(rule, entry);
    }
    await promisify<proto.ConfigureAnalyzerRequest, Empty>(this.client.configure.bind(this.client))(request);
  }

  /**
   * What the engine reports of a stack, each resource on its own first, then all of them together: one line per violation,
   * as `rule resource level: message`, without what all rule names begin with.
   */
  async judge(resources: readonly WireResource[]): Promise<string[]> {
    const analyze = promisify<proto.AnalyzeRequest, proto.AnalyzeResponse>(
      this.client.analyze.bind(this.client),
    );
    const violations: string[] = [];
    for (const resource of resources.filter(({ registered = true }) => registered)) {
      const response = await analyze(analyzeRequest(resource));
      violations.push(...response.getDiagnosticsList().map((found) => line(found, resource.name)));
    }
    const analyzeStack = promisify<proto.AnalyzeStackRequest, proto.AnalyzeResponse>(
      this.client.analyzeStack.bind(this.client),
    );
    const response = await analyzeStack(stackRequest(resources));
    return [...violations, ...response.getDiagnosticsList().map((found) => line(found))];
  }

  /** The properties that the engine goes on with; `undefined`: as they were. */
  async remediate(resource: WireResource): Promise<Record<string, JavaScriptValue> | undefined> {
    const call = promisify<proto.AnalyzeRequest, proto.RemediateResponse>(
      this.client.remediate.bind(this.client),
    );
    const remediations = (await call(analyzeRequest(resource))).getRemediationsList();
    return remediations.at(-1)?.getProperties()?.toJavaScript();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    const ended = once(this.child, "exit");
    this.child.kill();
    await ended;
  }
}

const wireLevels: Record<Level, proto.EnforcementLevel> = {
  advisory: proto.EnforcementLevel.ADVISORY,
  mandatory: proto.EnforcementLevel.MANDATORY,
  disabled: proto.EnforcementLevel.DISABLED,
  remediate: proto.EnforcementLevel.REMEDIATE,
};

function line(found: proto.AnalyzeDiagnostic, resource = found.getUrn().split("::").at(-1) ?? ""): string {
  const rule = found.getPolicyname().replace("oss-bucket-encryption-", "");
  const level = Object.entries(wireLevels).find(([, wire]) => wire === found.getEnforcementlevel())?.[0];
  return `${rule} ${resource} ${level ?? "?"}: ${found.getMessage()}`;
}
