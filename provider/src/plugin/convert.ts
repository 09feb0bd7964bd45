import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { OssEncryptionError } from "../errors";
import { WrittenButUnconfirmedError } from "../lifecycle/lifecycle";

/** What the engine marks values of kinds that JSON doesn't know with: https://github.com/pulumi/pulumi, sdk/go/common/resource/sig. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

type Values = Record<string, unknown>;

/** A message's properties, with secrets as plain values: the engine marks the outputs of the same names itself. */
export const fromStruct = (struct: Struct | undefined): Values =>
  unwrapSecrets(struct?.toJavaScript() ?? {}) as Values;

/** A message with properties; what is undefined is left out. */
export function toStruct(values: object): Struct {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Struct.fromJavaScript(Object.fromEntries(given));
}

/** A value that the engine encrypts in state, and never shows. */
export const asSecret = (value: unknown) => ({ [signatureKey]: secretSignature, value });

function unwrapSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapSecrets);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Values;
  if (fields[signatureKey] === secretSignature) return unwrapSecrets(fields.value);
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, unwrapSecrets(field)]));
}

/**
 * A failure as the engine takes it. A rule that OSS has taken but doesn't show yet keeps its resource in state, which
 * needs details that Go's gRPC unpacks and Node.js's leaves to us.
 */
export function serviceError(error: unknown): Partial<grpc.ServiceError> {
  const message = messageOf(error);
  const metadata = new grpc.Metadata();
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  if (error instanceof WrittenButUnconfirmedError) {
    const failed = new ErrorResourceInitFailed();
    failed.setId(error.id);
    failed.setProperties(toStruct(error.properties));
    failed.setReasonsList(error.reasons);
    const detail = new Any();
    detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    status.addDetails(detail);
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

function messageOf(error: unknown): string {
  if (error instanceof OssEncryptionError) return error.message;
  // It is a mistake in this code, and the stack says where.
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
