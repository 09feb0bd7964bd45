import type { Agent } from "node:http";
import type { Duplex } from "node:stream";

/** Idle connections that are kept: more than calls that can be under way, and far fewer than a process may have. */
const mostIdle = 64;

/**
 * The idle connections of all agents of a process, the longest idle first. Every bucket is a host of its own, so that
 * Node's pools, which are counted by host, don't limit how many connections thousands of buckets leave behind.
 */
export class IdleSockets {
  readonly #idle = new Set<Duplex>();
  readonly #watched = new WeakSet<Duplex>();
  #most = mostIdle;

  /** Has an agent keep no more idle connections than there is room for, with those of the others. */
  watch<A extends Agent>(agent: A): A {
    // The types know no answer, but Node goes by it: false closes the connection.
    const keepSocketAlive = agent.keepSocketAlive.bind(agent) as (socket: Duplex) => boolean;
    const reuseSocket = agent.reuseSocket.bind(agent);
    agent.keepSocketAlive = (socket) => {
      const isKept = keepSocketAlive(socket);
      if (isKept) this.#add(socket);
      return isKept;
    };
    agent.reuseSocket = (socket, request) => {
      this.#idle.delete(socket);
      reuseSocket(socket, request);
    };
    return agent;
  }

  /** Gives all idle connections up, and keeps fewer from now on: the process has run out of them. */
  shrink(): void {
    this.#most = Math.floor(Math.min(this.#most, this.#idle.size) / 2);
    this.#closeAllBut(0);
  }

  #closeAllBut(most: number): void {
    for (const socket of this.#idle) {
      if (this.#idle.size <= most) return;
      this.#idle.delete(socket);
      socket.destroy();
    }
  }

  #add(socket: Duplex): void {
    this.#idle.delete(socket);
    this.#idle.add(socket);
    if (!this.#watched.has(socket)) socket.once("close", () => this.#idle.delete(socket));
    this.#watched.add(socket);
    this.#closeAllBut(this.#most);
  }
}
