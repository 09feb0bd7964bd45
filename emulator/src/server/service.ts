import type { IncomingMessage } from "node:http";
import type { Target } from "../requests/oss-request";
import type { Refusal } from "../errors/refusal";
import type { Answer } from "./answer";
import type { ActiveFault } from "./faults";
import type { LoggedRequest } from "./request-log";
import type { ServerState } from "./server-state";

/** A request that was understood and is ready to be carried out. */
export interface Task {
  operation: string;
  bucket?: string | undefined;
  /** @param fault what goes wrong meanwhile; only reads of stale rules need to know */
  run: (fault: ActiveFault | undefined) => Answer | Promise<Answer>;
}

/** One of Alibaba Cloud's services, as far as the emulator plays it. */
export interface Service {
  /** Is out of reach of faults and latency, and keeps out of the log. */
  silent?: boolean;
  /**
   * Finds out what a request asks for and who sent it, and notes both in the log.
   *
   * @throws Refusal
   */
  understand: (
    state: ServerState,
    message: IncomingMessage,
    target: Target,
    entry: LoggedRequest,
  ) => Task | Promise<Task>;
  /** A refusal in the service's own format. */
  refuse: (refusal: Refusal, entry: LoggedRequest) => Answer;
}
