import type { Control } from "../control";
import type { BucketSettings } from "../options";
import type { EncryptionRule } from "../store/encryption-rule";
import type { Key } from "../store/store";
import { Refusal } from "../errors/refusal";
import type { Answer } from "../server/answer";
import type { Fault } from "../server/fault";
import { RequestBody } from "../requests/request-body";
import type { ServerState } from "../server/server-state";
import type { Service } from "../server/service";

/** Where the emulator itself is asked for something; no bucket's name can start like this. */
export const adminPath = "/_emulator/";

interface AdminCall {
  control: Control;
  state: ServerState;
  /** What the path names behind the route, such as a bucket. */
  name: string;
  content: unknown;
}

/** Method and path to what happens; the answer is `undefined` (204), text or JSON. */
type Route = [method: string, path: RegExp, handle: (call: AdminCall) => unknown];

const routes: readonly Route[] = [
  ["POST", /^reset$/, ({ control }) => control.reset()],
  ["GET", /^ca$/, ({ state }) => state.certificateAuthority()],
  ["GET", /^counts$/, ({ control }) => control.counts],
  ["GET", /^requests$/, ({ control }) => control.requests],
  ["DELETE", /^requests$/, ({ control }) => control.clearRequests()],
  [
    "GET",
    /^buckets$/,
    ({ control }) =>
      Object.fromEntries(control.buckets.map((name) => [name, control.encryption(name) ?? null])),
  ],
  [
    "PUT",
    /^buckets\/([^/]+)$/,
    ({ control, name, content }) => control.createBucket(name, content as BucketSettings | undefined),
  ],
  ["DELETE", /^buckets\/([^/]+)$/, ({ control, name }) => control.deleteBucket(name)],
  [
    "PUT",
    /^buckets\/([^/]+)\/encryption$/,
    // An empty body is no rule, and removes none.
    ({ control, name, content }) => control.setEncryption(name, (content ?? null) as EncryptionRule),
  ],
  ["DELETE", /^buckets\/([^/]+)\/encryption$/, ({ control, name }) => control.setEncryption(name, undefined)],
  [
    "PUT",
    /^keys\/([^/]+)$/,
    ({ control, name, content }) => control.setKey(name, (content as Key | undefined)?.state),
  ],
  ["POST", /^faults$/, ({ control, content }) => void control.fault(content as Fault)],
  ["DELETE", /^faults$/, ({ control }) => control.clearFaults()],
];

/** Seeds, reads, scripts faults and resets over HTTP, for tests in other languages. */
export function adminService(control: Control): Service {
  return {
    silent: true,

    async understand(state, message, { path }, entry) {
      entry.path = path;
      // A browser says where a request comes from: no web page may reach a developer's emulator.
      if (message.headers.origin !== undefined || message.headers["sec-fetch-site"] !== undefined) {
        throw new Refusal(403, "Forbidden", "The admin endpoint is not for browsers.");
      }
      const text = await new RequestBody(message).text();
      const [, pattern, handle] = findRoute(entry.method, path.slice(adminPath.length));
      const name = decode(pattern.exec(path.slice(adminPath.length))?.[1] ?? "");
      entry.operation = "Admin";
      return {
        operation: "Admin",
        run: async () => {
          try {
            return toAnswer(await handle({ control, state, name, content: parse(text) }));
          } catch (error) {
            throw error instanceof Refusal ? error : new Refusal(400, "BadRequest", (error as Error).message);
          }
        },
      };
    },

    refuse: ({ status, message }) => ({
      status,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ error: message }),
    }),
  };
}

function findRoute(method: string, path: string): Route {
  const route = routes.find(([verb, pattern]) => verb === method && pattern.test(path));
  if (route) return route;
  const known = routes.map(
    ([verb, pattern]) => `${verb} ${adminPath}${pattern.source.replace(/[\^$\\]/g, "")}`,
  );
  throw new Refusal(404, "NotFound", `Known are: ${known.join(", ")}.`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400, "BadRequest", "The path must be percent-encoded UTF-8.");
  }
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "BadRequest", "The body must be JSON.");
  }
}

function toAnswer(result: unknown): Answer {
  if (result === undefined) return { status: 204 };
  if (typeof result === "string") {
    return { status: 200, headers: { "content-type": "text/plain" }, body: result };
  }
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(result) };
}
