import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

export type WireProps = Record<string, JavaScriptValue>;

/** How the engine writes a string that only the update will know. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** How the engine writes a secret to remediations; analyses are given plain values. */
export const secret = (value: string): WireProps => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

/** A resource as the engine describes it to a policy pack. */
export interface WireResource {
  type: string;
  name: string;
  inputs: WireProps;
  /** Default: the inputs. */
  outputs?: WireProps;
  /** False for a resource that is only read, or left out by `--target`: the engine doesn't have it analysed by itself. */
  registered?: boolean;
  protect?: boolean;
  /** Config of its explicit provider. */
  provider?: WireProps;
  ignoreChanges?: string[];
  /** Resources that the property `bucket` is taken from. */
  bucketFrom?: WireResource[];
  dependsOn?: WireResource[];
}

type Details = Partial<Omit<WireResource, "type" | "name" | "inputs">>;

const declare =
  (type: string) =>
  (name: string, inputs: WireProps, details: Details = {}): WireResource => ({
    type,
    name,
    inputs,
    ...details,
  });

/** With the default that the provider's check adds. */
export const bucket = (name: string, inputs: WireProps, details?: Details) =>
  declare("alicloud:oss/bucket:Bucket")(name, { storageClass: "Standard", ...inputs }, details);
export const encryption = declare("pulumi-nodejs:dynamic/oss:BucketEncryption");
/** The same resource behind the provider plugin. */
export const native = declare("oss-encryption:index:BucketEncryption");
export const peer = declare("alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption");
export const other = declare("random:index/randomId:RandomId");

export function analyzeRequest(resource: WireResource): proto.AnalyzeRequest {
  const request = new proto.AnalyzeRequest();
  request.setType(resource.type);
  request.setName(resource.name);
  request.setUrn(urnOf(resource));
  request.setProperties(Struct.fromJavaScript(resource.inputs));
  request.setOptions(optionsOf(resource));
  if (resource.provider) {
    const provider = new proto.AnalyzerProviderResource();
    provider.setProperties(Struct.fromJavaScript(resource.provider));
    request.setProvider(provider);
  }
  return request;
}

export function stackRequest(resources: readonly WireResource[]): proto.AnalyzeStackRequest {
  const request = new proto.AnalyzeStackRequest();
  request.setResourcesList(
    resources.map((resource) => {
      const { bucketFrom = [], dependsOn = [], outputs = resource.inputs } = resource;
      const message = new proto.AnalyzerResource();
      message.setType(resource.type);
      message.setName(resource.name);
      message.setUrn(urnOf(resource));
      message.setProperties(Struct.fromJavaScript(outputs));
      message.setOptions(optionsOf(resource));
      message.setDependenciesList([...bucketFrom, ...dependsOn].map(urnOf));
      const edges = new proto.AnalyzerPropertyDependencies();
      edges.setUrnsList(bucketFrom.map(urnOf));
      message.getPropertydependenciesMap().set("bucket", edges);
      return message;
    }),
  );
  return request;
}

function optionsOf({ protect = false, ignoreChanges = [] }: WireResource): proto.AnalyzerResourceOptions {
  const options = new proto.AnalyzerResourceOptions();
  options.setProtect(protect);
  options.setIgnorechangesList(ignoreChanges);
  return options;
}

const urnOf = ({ type, name }: WireResource) => `urn:pulumi:prod::shop::${type}::${name}`;
