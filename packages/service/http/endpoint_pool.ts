import { isDescriptorShortage } from "@lade/core/backend";
import { AbortableQueue } from "@lade/core/concurrency";
import type { Connection } from "./connection.ts";
import type { TransportConfig } from "./transport_config.ts";
import { WireError } from "./wire_error.ts";

/** Opens one connection; rejects with the reason of `signal`. */
export type Opener = (signal: AbortSignal) => Promise<Connection>;

interface Wish {
  /** Takes no connection that was used before. */
  readonly fresh: boolean;
}

interface Opening {
  readonly controller: AbortController;
  readonly deadlineMs: number;
  readonly settled: Promise<void>;
  /** Nobody waited for it any more; how it ends is nobody else's business. */
  surplus: boolean;
}

const FIRST_RAMP = 4;
const EASE_AFTER_MS = 5_000;

/**
 * The connections to one endpoint. The one used last is taken first, so that those not needed grow old and are
 * closed.
 *
 * At first four connections are opened at a time; each that succeeds allows one more, each that fails halves the
 * number: a thousand requests do not become a burst of a thousand connects.
 */
export class EndpointPool {
  /** Whether the service lets the time for `100 Continue` pass, so that asking for it only costs time. */
  ignoresExpect = false;
  readonly #open: Opener;
  readonly #config: TransportConfig;
  readonly #idle: Connection[] = [];
  readonly #active = new Set<Connection>();
  readonly #openings = new Set<Opening>();
  readonly #waiting: AbortableQueue<Connection, Wish> = new AbortableQueue((reason) =>
    this.#cancelSurplus(reason)
  );
  #ramp = FIRST_RAMP;
  #most: number;
  #moreFromMs = 0;
  #closed = false;

  constructor(open: Opener, config: TransportConfig) {
    this.#open = open;
    this.#config = config;
    this.#most = config.maxConnections;
  }

  /** Connections that are open or being opened. */
  get size(): number {
    return this.#idle.length + this.#active.size + this.#openings.size;
  }

  /** Connections without a request. */
  get idle(): number {
    return this.#idle.length;
  }

  /** Waits for a connection, one that no request has used if `fresh`. Give it back by `release`. */
  acquire(fresh: boolean, signal: AbortSignal | undefined): Promise<Connection> | Connection {
    if (this.#closed) return Promise.reject(closedError());
    if (!fresh && this.#waiting.length === 0) {
      const connection = this.#takeIdle();
      if (connection) return connection;
    }
    const waiting = this.#waiting.wait({ fresh }, signal);
    this.#openMore();
    return waiting;
  }

  /** Takes a connection back; one that was killed is forgotten. */
  release(connection: Connection): void {
    if (!this.#active.delete(connection)) return;
    if (!connection.killed) this.#give(connection);
    this.#openMore();
  }

  /** Kills what is overdue at `nowMs` and closes what was idle for too long. */
  sweep(nowMs: number): void {
    for (const connection of this.#active) connection.checkDeadline(nowMs);
    for (const { controller, deadlineMs } of this.#openings) {
      if (nowMs < deadlineMs) continue;
      const bound = this.#config.connectTimeoutMs;
      controller.abort(new WireError("connect-timeout", `no connection within ${bound} ms`));
    }
    const oldest = nowMs - this.#config.idleTimeoutMs;
    while (this.#idle[0] && this.#idle[0].idleSinceMs <= oldest) this.#drop(this.#idle[0]);
  }

  /** Closes every connection and lets every wait reject; resolves once no socket is left. */
  async close(): Promise<void> {
    this.#closed = true;
    const error = closedError();
    this.#waiting.refuse(error);
    for (const { controller } of this.#openings) controller.abort(error);
    for (const connection of [...this.#idle]) this.#drop(connection);
    for (const connection of this.#active) connection.kill(error);
    this.#active.clear();
    await Promise.all(Array.from(this.#openings, (opening) => opening.settled));
  }

  #takeIdle(): Connection | undefined {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      connection.wake();
      if (!connection.disturbed) {
        this.#active.add(connection);
        return connection;
      }
      connection.kill(closedError());
    }
  }

  #give(connection: Connection): void {
    if (this.#closed) return connection.kill(closedError());
    const used = connection.requests > 0;
    if (this.#waiting.give(connection, ({ fresh }) => !fresh || !used)) {
      this.#active.add(connection);
      connection.watch();
      return connection.wake();
    }
    connection.idleSinceMs = this.#config.clock.monotonicMs();
    connection.onDisturbed = () => this.#drop(connection);
    this.#idle.push(connection);
    connection.watch();
  }

  #drop(connection: Connection): void {
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    connection.onDisturbed = undefined;
    connection.kill(closedError());
  }

  #openMore(): void {
    while (!this.#closed && this.#openings.size < Math.min(this.#waiting.length, Math.floor(this.#ramp))) {
      if (this.size >= this.#limit) {
        const [oldest] = this.#idle;
        if (!oldest) return;
        this.#drop(oldest);
      }
      this.#startOpening();
    }
  }

  #startOpening(): void {
    const controller = new AbortController();
    const { clock, connectTimeoutMs, maxConnections } = this.#config;
    const settled = this.#open(controller.signal).then((connection) => {
      this.#openings.delete(opening);
      this.#ramp = Math.min(maxConnections, this.#ramp + 1);
      this.#give(connection);
    }, (error) => {
      this.#openings.delete(opening);
      if (opening.surplus) return;
      if (isDescriptorShortage(error) && this.size > 0) return this.#makeDo();
      this.#ramp = Math.max(1, this.#ramp / 2);
      this.#refuse(error);
    }).then(() => this.#openMore());
    const deadlineMs = clock.monotonicMs() + connectTimeoutMs;
    const opening: Opening = { controller, settled, deadlineMs, surplus: false };
    this.#openings.add(opening);
  }

  /** The system allows no further connection: those that are there have to do for a while. */
  #makeDo(): void {
    this.#config.onDescriptorShortage();
    this.#most = this.size;
    this.#moreFromMs = this.#config.clock.monotonicMs() + EASE_AFTER_MS;
  }

  get #limit(): number {
    const { clock, maxConnections } = this.#config;
    if (this.#most < maxConnections && clock.monotonicMs() >= this.#moreFromMs) this.#most = maxConnections;
    return this.#most;
  }

  /** Lets one wait reject, or all of them when no connection is left that could serve them. */
  #refuse(error: unknown): void {
    this.#waiting.refuse(error, this.size === 0 ? this.#waiting.length : 1);
  }

  #cancelSurplus(reason: unknown): void {
    for (const opening of [...this.#openings].slice(this.#waiting.length)) {
      opening.surplus = true;
      opening.controller.abort(reason);
    }
  }
}

function closedError(): WireError {
  return new WireError("closed", "the transport was closed");
}
