import { operations } from "../oss/routes";
import { metadataOperations } from "./metadata-service";
import { rpcActions } from "./rpc-service";

/** Names of all operations of all services, as faults and the log use them. */
export const operationNames: ReadonlySet<string> = new Set([
  ...[...operations, ...rpcActions].map(({ name }) => name),
  ...metadataOperations,
]);
