import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { engineAddress } from "../lifecycle/engine-alive";
import { EngineLog } from "./engine-log";
import { version } from "../version";
import { providerService } from "./service";

/** The provider plugin's process: the engine starts it with its own address, and reads the port from its output. */
function main(): void {
  const address = engineAddress();
  if (address === undefined) {
    console.error(
      `pulumi-resource-oss-encryption ${version} is a plugin: the Pulumi engine starts it. ` +
        "pulumi package get-schema oss-encryption prints what it provides.",
    );
    process.exitCode = 1;
    return;
  }
  // As the engine's own limit: a state or a program may be of any size.
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(ResourceProviderService, providerService(new EngineLog(address), version));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(port);
  });
  // What is on the wire is waited for by the verb that sent it, and the engine ends a plugin when no verb is left.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));
}

main();
