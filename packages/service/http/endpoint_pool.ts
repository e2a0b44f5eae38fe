import { isDescriptorShortage } from "@lade/core/backend";
import { AbortableQueue } from "@lade/core/concurrency";
import type { AddressBook } from "./address_book.ts";
import type { Connection } from "./connection.ts";
import type { EndpointAddress } from "./endpoint_address.ts";
import type { TransportConfig } from "./transport_config.ts";
import { WireError } from "./wire_error.ts";

/** Opens one connection, to another address than `elsewhere` if that can be; rejects with the reason of `signal`. */
export type Opener = (signal: AbortSignal, elsewhere: string | undefined) => Promise<Connection>;

interface Wish {
  /** Takes no connection that was used before. */
  readonly fresh: boolean;
  /** Address and port where it is not to go, if there is another. */
  readonly elsewhere: string | undefined;
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
 * closed. Those to addresses that are avoided are closed, and some of those of which an address has too many.
 *
 * At first four connections are opened at a time; each that succeeds allows one more, each that fails halves the
 * number: a thousand requests do not become a burst of a thousand connects.
 */
export class EndpointPool {
  /** Whether the service lets the time for `100 Continue` pass, so that asking for it only costs time. */
  ignoresExpect = false;
  readonly #open: Opener;
  readonly #config: TransportConfig;
  readonly #addresses: AddressBook | undefined;
  readonly #idle: Connection[] = [];
  readonly #active = new Set<Connection>();
  readonly #openings = new Set<Opening>();
  readonly #waiting: AbortableQueue<Connection, Wish> = new AbortableQueue((reason) =>
    this.#cancelSurplus(reason)
  );
  #ramp = FIRST_RAMP;
  /** Connections that are to be there before anybody waits for them; 0 where nobody said so. */
  #ahead = 0;
  #most: number;
  #moreFromMs = 0;
  #closed = false;
  /** The address that the next connection to be used or released is closed of. */
  #surplus: EndpointAddress | undefined;

  /** `addresses` are those that `open` connects to. */
  constructor(open: Opener, config: TransportConfig, addresses?: AddressBook) {
    this.#open = open;
    this.#config = config;
    this.#addresses = addresses;
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

  /**
   * Waits for a connection, one that no request has used if `fresh`, and one to another address than `elsewhere` if there
   * is one that is not avoided. Give it back by `release`.
   */
  acquire(
    fresh: boolean,
    signal: AbortSignal | undefined,
    elsewhere?: string,
  ): Promise<Connection> | Connection {
    if (this.#closed) return Promise.reject(closedError());
    if (!fresh && this.#waiting.length === 0) {
      const connection = this.#takeIdle(elsewhere);
      if (connection) return connection;
    }
    const waiting = this.#waiting.wait({ fresh, elsewhere }, signal);
    this.#openMore();
    return waiting;
  }

  /** Begins to open connections until there are so many, those in use counted, as many at a time as for those who wait. */
  openAhead(count: number): void {
    this.#ahead = Math.min(count, this.#limit);
    this.#openMore();
  }

  /** Takes a connection back; one that was killed is forgotten. */
  release(connection: Connection): void {
    if (!this.#active.delete(connection)) return;
    if (!connection.killed && this.#isUnwanted(connection)) connection.kill(closedError());
    if (!connection.killed) this.#give(connection);
    this.#openMore();
  }

  /** What is known of the addresses; nothing where they are not known. */
  get addresses(): AddressBook | undefined {
    return this.#addresses;
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
    if (this.#addresses && this.size > 0) this.#spread(this.#addresses);
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

  /** Keeps up with the addresses and with what is seen of them, one connection at a time. */
  #spread(addresses: AddressBook): void {
    addresses.refresh();
    for (const connection of [...this.#idle]) {
      if (this.#isAvoided(connection)) this.#drop(connection);
    }
    this.#surplus = addresses.surplus();
  }

  /** Whether a connection leads to an address that is avoided, and does not try it again. */
  #isAvoided({ address }: Connection): boolean {
    return address !== undefined && !address.probing && this.#addresses?.isAvoided(address) === true;
  }

  /** Whether a connection is to be closed although it works. */
  #isUnwanted(connection: Connection): boolean {
    if (this.#isAvoided(connection)) return true;
    if (this.#surplus === undefined || connection.address !== this.#surplus) return false;
    this.#surplus = undefined;
    return true;
  }

  /** Whether a connection leads elsewhere, or there is nowhere else to go. */
  #suits(connection: Connection, elsewhere: string | undefined): boolean {
    if (elsewhere === undefined || connection.remoteAddress !== elsewhere) return true;
    return this.#addresses?.hasOther(elsewhere) !== true;
  }

  #nextIdle(elsewhere: string | undefined): Connection | undefined {
    const index = this.#idle.findLastIndex((connection) => this.#suits(connection, elsewhere));
    return index < 0 ? undefined : this.#idle.splice(index, 1)[0];
  }

  #takeIdle(elsewhere: string | undefined): Connection | undefined {
    for (
      let connection = this.#nextIdle(elsewhere);
      connection;
      connection = this.#nextIdle(elsewhere)
    ) {
      connection.wake();
      if (!connection.disturbed && !this.#isUnwanted(connection)) {
        this.#active.add(connection);
        return connection;
      }
      connection.kill(closedError());
    }
  }

  /** Gives a connection to who waits for one, whatever its address where it was opened as they wished. */
  #give(connection: Connection, opened?: { readonly elsewhere: string | undefined }): void {
    if (this.#closed) return connection.kill(closedError());
    const used = connection.requests > 0;
    const suits = ({ fresh, elsewhere }: Wish) =>
      !(fresh && used) && (opened?.elsewhere === elsewhere || this.#suits(connection, elsewhere));
    if (this.#waiting.give(connection, suits)) {
      this.#active.add(connection);
      connection.watch();
      return connection.wake();
    }
    connection.idleSinceMs = this.#config.clock.monotonicMs();
    connection.onDisturbed = this.#drop;
    this.#idle.push(connection);
    connection.watch();
  }

  readonly #drop = (connection: Connection): void => {
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    connection.onDisturbed = undefined;
    connection.kill(closedError());
  };

  #openMore(): void {
    while (!this.#closed && this.#openings.size < Math.min(this.#wanted, Math.floor(this.#ramp))) {
      if (this.size >= this.#limit) {
        const [oldest] = this.#idle;
        if (!oldest) return;
        this.#drop(oldest);
      }
      this.#startOpening();
    }
    // What is closed later is not opened again because of it.
    if (this.size >= this.#ahead) this.#ahead = 0;
  }

  /** Connections that are to be opened, those that are being opened counted. */
  get #wanted(): number {
    return Math.max(this.#waiting.length, this.#ahead - this.#idle.length - this.#active.size);
  }

  #startOpening(): void {
    const controller = new AbortController();
    const { clock, connectTimeoutMs, maxConnections } = this.#config;
    const elsewhere = this.#waiting.at(this.#openings.size)?.elsewhere;
    const settled = this.#open(controller.signal, elsewhere).then((connection) => {
      this.#openings.delete(opening);
      this.#ramp = Math.min(maxConnections, this.#ramp + 1);
      this.#give(connection, { elsewhere });
    }, (error) => {
      this.#openings.delete(opening);
      if (opening.surplus) return;
      if (isDescriptorShortage(error) && this.size > 0) return this.#makeDo();
      this.#ramp = Math.max(1, this.#ramp / 2);
      this.#ahead = 0;
      // Those that are still being opened are enough for who waits.
      if (this.#openings.size < this.#waiting.length) this.#refuse(error);
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
    for (const opening of [...this.#openings].slice(Math.max(0, this.#wanted))) {
      opening.surplus = true;
      opening.controller.abort(reason);
    }
  }
}

function closedError(): WireError {
  return new WireError("closed", "the transport was closed");
}
