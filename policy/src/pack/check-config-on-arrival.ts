import { createRequire } from "node:module";
import type { EnforcementLevel, Policy } from "@pulumi/policy";
import type * as AnalyzerProtocol from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  EnforcementLevel as WireLevel,
  type ConfigureAnalyzerRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { ConfigError } from "../config/policy-config";
import { type PackConfig, packConfigProblems } from "./pack-config";

const levels: Record<WireLevel, EnforcementLevel> = {
  [WireLevel.ADVISORY]: "advisory",
  [WireLevel.MANDATORY]: "mandatory",
  [WireLevel.REMEDIATE]: "remediate",
  [WireLevel.DISABLED]: "disabled",
};

// Where two versions of @pulumi/pulumi are installed, the policy SDK's own is the one that serves.
const { AnalyzerService } = createRequire(require.resolve("@pulumi/policy"))(
  "@pulumi/pulumi/proto/analyzer_grpc_pb",
) as typeof AnalyzerProtocol;

/**
 * Refuses a wrong config before the first resource is looked at. The engine sends the config of all policies, unknown
 * ones included, in one message, but the SDK shows each policy its own part only, and only when a resource comes by.
 * So the message is looked at where it is decoded. An error thrown there would reach the engine without its text:
 * thrown when the SDK reads the message, it becomes the SDK's answer.
 */
export function checkConfigOnArrival(policies: readonly Policy[]): void {
  const method = AnalyzerService.configure;
  const decode = method.requestDeserialize;
  method.requestDeserialize = (bytes) => {
    const request = decode(bytes);
    const problems = packConfigProblems(policies, packConfig(request));
    if (problems.length > 0) {
      request.getPolicyconfigMap = () => {
        throw new ConfigError(problems);
      };
    }
    return request;
  };
}

function packConfig(request: ConfigureAnalyzerRequest): PackConfig {
  return new Map(
    [...request.getPolicyconfigMap().entries()].map(([name, policy]) => [
      name,
      {
        level: levels[policy.getEnforcementlevel()],
        properties: policy.getProperties()?.toJavaScript() ?? {},
      },
    ]),
  );
}
