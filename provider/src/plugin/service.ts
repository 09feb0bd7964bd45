// How are programs in other languages served?

import { isDeepStrictEqual } from "node:util";
import type * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ConfigurationError, OssEncryptionError } from "../errors";
import type { Lifecycle } from "../lifecycle/lifecycle";
import type { Props } from "../lifecycle/options";
import { inputDifferences } from "../rule/inputs";
import { startLifecycle } from "../start-lifecycle";
import { providerText } from "../state-contract";
import { asSecret, fromStruct, serviceError, toStruct } from "./convert";
import type { EngineLog } from "./engine-log";
import {
  configMistake,
  isDefaultProviderName,
  isSecretName,
  readProviderConfig,
  type ProviderName,
} from "./provider-config";
import { query } from "./query";
import { getBucketEncryptionToken, packageSchema } from "./schema";
import { parseImportId } from "./resource-id";

type Method<Request, Answer> = (request: Request) => Answer | Promise<Answer>;

/** Pulumi's resource provider protocol over the verbs of the dynamic resource; methods that are left out are unimplemented. */
export function providerService(log: EngineLog, version: string): grpc.UntypedServiceImplementation {
  let lifecycle: Lifecycle | undefined;
  const verbs = (): Lifecycle => {
    if (!lifecycle) throw new ConfigurationError("The provider is not configured yet.");
    return lifecycle;
  };

  /** A method about a resource: its lines have arrived, with the resource's URN, when it is answered. */
  function about<Request extends { getUrn(): string }, Answer>(verb: Method<Request, Answer>) {
    return unary((request: Request) => log.about(request.getUrn(), () => verb(request)));
  }

  return {
    handshake: unary(() => {
      const answer = new messages.ProviderHandshakeResponse();
      // The engine hands secrets over as plain values, and marks the outputs of the same names.
      answer.setAcceptSecrets(false);
      return answer;
    }),

    getPluginInfo: unary(() => {
      const answer = new PluginInfo();
      answer.setVersion(version);
      return answer;
    }),

    getSchema: unary(() => {
      const answer = new messages.GetSchemaResponse();
      answer.setSchema(JSON.stringify(packageSchema(version)));
      return answer;
    }),

    checkConfig: unary((request: messages.CheckRequest) => {
      const given = fromStruct(request.getNews());
      const mistake = configMistake(given, providerOf(request.getUrn()));
      const answer = new messages.CheckResponse();
      const inputs = Object.entries(given).map(([key, value]) => [
        key,
        isSecretName(key) ? asSecret(value) : value,
      ]);
      answer.setInputs(toStruct(Object.fromEntries(inputs) as Props));
      if (mistake) answer.setFailuresList([failure(mistake)]);
      return answer;
    }),

    // Another way to the same buckets: no resource is replaced by it.
    diffConfig: unary((request: messages.DiffRequest) => {
      const [olds, news] = [request.getOldInputs() ?? request.getOlds(), request.getNews()].map(fromStruct);
      const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
      const answer = new messages.DiffResponse();
      answer.setChanges(isDeepStrictEqual(olds, news) ? DIFF_NONE : DIFF_SOME);
      return answer;
    }),

    configure: unary((request: messages.ConfigureRequest) => {
      const { config, ...options } = readProviderConfig(
        fromStruct(request.getArgs()),
        providerOf(request.getUrn() ?? ""),
      );
      lifecycle = startLifecycle(config, log.say, options);
      const answer = new messages.ConfigureResponse();
      answer.setAcceptsecrets(false);
      answer.setSupportspreview(true);
      return answer;
    }),

    check: about(async (request: messages.CheckRequest) => {
      const { inputs, failures } = await verbs().check(props(request.getOlds()), props(request.getNews()));
      const answer = new messages.CheckResponse();
      answer.setInputs(toStruct(inputs));
      answer.setFailuresList(failures.map(({ reason }) => failure(reason)));
      return answer;
    }),

    diff: about((request: messages.DiffRequest) => {
      const [olds, news] = [props(request.getOlds()), props(request.getNews())];
      const { changes, replaces = [] } = verbs().diff(olds, news);
      return diffResponse(olds, news, changes, replaces);
    }),

    create: about(async (request: messages.CreateRequest) => {
      const news = props(request.getProperties());
      const answer = new messages.CreateResponse();
      if (request.getPreview()) {
        // The rule that is about to be replaced is told while somebody reads the preview.
        await verbs().previewed(news);
        answer.setProperties(toStruct(news));
        return answer;
      }
      const { id, outs } = await verbs().create(news);
      answer.setId(id);
      answer.setProperties(toStruct(outs));
      return answer;
    }),

    read: about(async (request: messages.ReadRequest) => {
      const state = props(request.getProperties());
      const { id, props: outs, inputs } = await verbs().read(...subjectOf(request.getId(), state));
      const answer = new messages.ReadResponse();
      if (id === undefined || !outs || !inputs) return answer;
      answer.setId(id);
      answer.setProperties(toStruct(outs));
      answer.setInputs(toStruct(inputs));
      return answer;
    }),

    update: about(async (request: messages.UpdateRequest) => {
      const [olds, news] = [props(request.getOlds()), props(request.getNews())];
      const { outs } = request.getPreview() ? { outs: news } : await verbs().update(olds, news);
      const answer = new messages.UpdateResponse();
      answer.setProperties(toStruct(outs));
      return answer;
    }),

    delete: about(async (request: messages.DeleteRequest) => {
      await verbs().delete(request.getId(), props(request.getProperties()));
      return new Empty();
    }),

    invoke: unary(async (request: messages.InvokeRequest) => {
      if (request.getTok() !== getBucketEncryptionToken) {
        throw new OssEncryptionError(`oss-encryption has no function ${request.getTok()}.`);
      }
      const found = await query(verbs().options, fromStruct(request.getArgs()));
      const answer = new messages.InvokeResponse();
      if ("failures" in found) answer.setFailuresList(found.failures.map(failure));
      else answer.setReturn(toStruct(found.rule));
      return answer;
    }),

    // Every verb has time limits of its own; one that waits for another process's removal may take a quarter of an hour.
    cancel: unary(() => new Empty()),
  };
}

function unary<Request, Answer>(answer: Method<Request, Answer>) {
  return (
    call: { request: Request },
    done: (error: Partial<grpc.ServiceError> | null, answer?: Answer) => void,
  ) => {
    const answered = Promise.resolve(call.request).then(answer);
    answered.then(
      (value) => done(null, value),
      (error: unknown) => done(serviceError(error)),
    );
  };
}

/** Id and properties of what is read: of what is imported, or got by its id, there are no properties yet. */
function subjectOf(id: string, state: Props): [id: string, state: Props] {
  if (state.bucket !== undefined) return [id, state];
  const target = parseImportId(id);
  return [target.bucket, { ...state, ...target }];
}

/**
 * A resource's properties. A stack that is moved over from the dynamic resource has that one's code in its state, which
 * stands for this one's.
 */
function props(struct: Struct | undefined): Props {
  const { __provider: code, ...given } = fromStruct(struct);
  return code === undefined || code === providerText ? given : { ...given, __provider: code };
}

/** The engine would print the value of the property that it is given, secret or not; the reason names the property. */
function failure(reason: string): messages.CheckFailure {
  const one = new messages.CheckFailure();
  one.setReason(reason);
  return one;
}

function diffResponse(
  olds: Props,
  news: Props,
  changes: boolean | undefined,
  replaces: readonly string[],
): messages.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const differences = inputDifferences(olds, news);
  const answer = new messages.DiffResponse();
  answer.setChanges(changes === true || differences.length > 0 ? DIFF_SOME : DIFF_NONE);
  answer.setReplacesList([...replaces]);
  answer.setDiffsList(differences);
  answer.setHasdetaileddiff(differences.length > 0);
  for (const name of differences) {
    const detail = new messages.PropertyDiff();
    detail.setKind(kindOf(olds[name], news[name], replaces.includes(name)));
    detail.setInputdiff(true);
    answer.getDetaileddiffMap().set(name, detail);
  }
  return answer;
}

function kindOf(old: unknown, now: unknown, replaces: boolean): messages.PropertyDiff.Kind {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
  if (!old) return replaces ? ADD_REPLACE : ADD;
  if (!now) return replaces ? DELETE_REPLACE : DELETE;
  return replaces ? UPDATE_REPLACE : UPDATE;
}

function providerOf(urn: string): ProviderName {
  const name = urn.split("::").at(-1) ?? "";
  return urn === "" || isDefaultProviderName(name) ? "default" : { explicit: name };
}
