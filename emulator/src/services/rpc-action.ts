import type { Identity } from "../auth/accounts";
import type { ServerState } from "../server/server-state";

/** A call of an RPC-style API: parameters from query and form together. */
export interface RpcCall {
  state: ServerState;
  parameters: ReadonlyMap<string, string>;
  /** `undefined` for actions that need no signature. */
  identity: Identity | undefined;
  /** Region of the host asked, or the emulator's own. */
  region: string;
  now: number;
}

/** An action of an RPC-style API. */
export interface RpcAction {
  name: string;
  /** Whether anybody may call it. */
  unsigned?: boolean;
  /** @returns the answer without its RequestId */
  handle: (call: RpcCall) => Record<string, unknown>;
}
