import { addSession, createSession, isoSeconds, sessionJson, type Session } from "../auth/sessions";
import { Refusal } from "../errors/refusal";
import type { Answer } from "../server/answer";
import type { ServerState } from "../server/server-state";
import type { Service, Task } from "../server/service";

const tokenHeader = "x-aliyun-ecs-metadata-token";
const rolePath = "/latest/meta-data/ram/security-credentials/";
const sixHours = 6 * 3600 * 1000;

/** Where a credentials URI of the emulator points, for ALIBABA_CLOUD_CREDENTIALS_URI. */
export const credentialsPath = "/_emulator/credentials";

export const metadataOperations = [
  "GetMetadataToken",
  "GetEcsRoleName",
  "GetEcsRoleCredentials",
  "GetCredentialsUri",
];

/** The metadata service of an ECS instance, http://100.100.100.200, as far as credentials go, and a credentials URI. */
export const metadataService: Service = {
  understand(state, message, { path }, entry): Task {
    entry.path = path;
    const task = findTask(state, message.method ?? "GET", path, message.headers[tokenHeader]?.toString());
    entry.operation = task.operation;
    return task;
  },

  refuse: ({ status, message }) => ({ status, headers: { "content-type": "text/plain" }, body: message }),
};

function findTask(state: ServerState, method: string, path: string, token: string | undefined): Task {
  if (method === "PUT" && path === "/latest/api/token") {
    return { operation: "GetMetadataToken", run: () => text(state.metadataToken) };
  }
  if (method === "GET" && path === credentialsPath) {
    return { operation: "GetCredentialsUri", run: () => json(newSession(state, "credentials-uri")) };
  }
  if (method !== "GET" || !path.startsWith(rolePath)) throw new Refusal(404, "NotFound", "404 - Not Found");
  if (token === undefined ? state.metadataTokenRequired : token !== state.metadataToken) {
    throw new Refusal(403, "Forbidden", "403 - Forbidden");
  }
  const { ecsRole } = state;
  const role = path.slice(rolePath.length);
  if (ecsRole === undefined || (role !== "" && role !== ecsRole)) {
    throw new Refusal(404, "NotFound", "404 - Not Found");
  }
  if (role === "") return { operation: "GetEcsRoleName", run: () => text(ecsRole) };
  return { operation: "GetEcsRoleCredentials", run: () => json(newSession(state, role), state.now()) };
}

function newSession(state: ServerState, role: string): Session {
  const [account] = state.accounts.values();
  const now = state.now();
  const arn = `acs:ram::${account?.id ?? ""}:role/${role}`;
  const known = state.roles?.find((one) => one.arn === arn) ?? { arn };
  const session = createSession({
    role: known,
    sessionName: "i-emulator",
    lifetimeMs: state.tokenLifetime ?? sixHours,
    now,
  });
  addSession(state.accounts, session, now);
  return session;
}

function json(session: Session, lastUpdated?: number): Answer {
  const updated = lastUpdated === undefined ? {} : { LastUpdated: isoSeconds(new Date(lastUpdated)) };
  const body = JSON.stringify({ ...sessionJson(session), ...updated, Code: "Success" });
  return { status: 200, headers: { "content-type": "application/json" }, body };
}

function text(body: string): Answer {
  return { status: 200, headers: { "content-type": "text/plain" }, body };
}
