import type { Clock } from "@lade/core/backend";
import type { EndpointAddress } from "./endpoint_address.ts";
import { HeadScanner } from "./head_scanner.ts";
import type { Pace } from "./pace.ts";
import { parseResponseHead, type ResponseHead } from "./parse_response_head.ts";
import type { ResponseLimits } from "./response_limits.ts";
import { WireError } from "./wire_error.ts";
import type { TransportErrorKind } from "./transport_error.ts";

/** The part of a `Deno.Conn` that a {@linkcode Connection} uses. */
export interface Socket {
  readonly remoteAddr: Deno.Addr;
  read(target: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
  ref(): void;
  unref(): void;
}

/** What a {@linkcode Connection} needs to know. */
export interface ConnectionConfig {
  readonly id: number;
  readonly endpoint: string;
  /** The address it leads to, where that is known. */
  readonly address?: EndpointAddress;
  readonly clock: Clock;
  readonly limits: ResponseLimits;
  /** Judges whether enough bytes of bodies move. */
  readonly pace: Pace;
}

const FIRST_BUFFER = 2 ** 14;

/**
 * One socket and the bytes that arrived on it and nobody took yet.
 *
 * A read is pending whenever no body is being read: before a request it notices that the other side closes or
 * speaks out of turn, afterwards it brings the head of the answer.
 */
export class Connection {
  readonly id: number;
  readonly endpoint: string;
  readonly remoteAddress: string | undefined;
  /** The address it leads to, where that is known. */
  readonly address: EndpointAddress | undefined;
  /** Requests that this connection has carried. */
  requests = 0;
  /** When it last became idle. */
  idleSinceMs = 0;
  /** Takes idle connections that end or receive anything out of their pool. */
  onDisturbed: ((connection: Connection) => void) | undefined;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #limits: ResponseLimits;
  readonly #pace: Pace;
  #scanner: HeadScanner;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_BUFFER);
  #start = 0;
  #end = 0;
  #arrival: Promise<void> | undefined;
  #ended = false;
  #arrived = 0;
  #readFailure: { readonly error: unknown } | undefined;
  #killed: { readonly reason: unknown } | undefined;
  #onKilled: ((reason: unknown) => void) | undefined;
  #deadlineMs = Infinity;
  #deadlineKind: TransportErrorKind = "stall";
  #deadlineBoundMs = 0;

  constructor(socket: Socket, config: ConnectionConfig) {
    this.#socket = socket;
    this.#clock = config.clock;
    this.#limits = config.limits;
    this.#pace = config.pace;
    this.#scanner = new HeadScanner(config.limits);
    this.id = config.id;
    this.endpoint = config.endpoint;
    this.remoteAddress = showAddress(socket.remoteAddr);
    this.address = config.address;
    if (this.address) this.address.connections++;
  }

  /** Bytes that arrived and were not taken. Valid until the next call. */
  get buffered(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** How many bytes arrived and were not taken. */
  get held(): number {
    return this.#end - this.#start;
  }

  /** Whether the other side closed or spoke although nothing was asked of it, or the socket is closed. */
  get disturbed(): boolean {
    return this.#end > this.#start || this.#ended || this.#killed !== undefined ||
      this.#readFailure !== undefined;
  }

  get killed(): boolean {
    return this.#killed !== undefined;
  }

  /** Closes the socket; what is pending on it and what comes later rejects with `reason`. */
  kill(reason: unknown): void {
    if (this.#killed) return;
    this.#killed = { reason };
    if (this.address) this.address.connections--;
    this.#deadlineMs = Infinity;
    this.#socket.close();
    this.#onKilled?.(reason);
  }

  /** Waits for `promise`, but no longer than the connection lives. */
  whileAlive<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#throwIfKilled();
      this.#onKilled = reject;
      promise.then(resolve, reject).finally(() => this.#onKilled = undefined);
    });
  }

  /** Bytes that the read under way has put into its target so far. */
  get arriving(): number {
    return this.#arrived;
  }

  /** How long bytes of the body have been waited for until now, in milliseconds. */
  get waitingMs(): number {
    return this.#pace.totalUntil(this.#clock.monotonicMs());
  }

  /** How long bytes of the body were waited for, in milliseconds. */
  get waitedMs(): number {
    return this.#pace.totalMs;
  }

  /** Kills the connection once `boundMs` pass without another call. Gives the time. */
  expect(kind: "first-byte-timeout" | "stall", boundMs: number): number {
    this.#deadlineKind = kind;
    this.#deadlineBoundMs = boundMs;
    const nowMs = this.#clock.monotonicMs();
    this.#deadlineMs = nowMs + boundMs;
    if (kind === "stall") this.#pace.begin(nowMs);
    else this.#pace.reset();
    return nowMs;
  }

  /** Nothing is expected of the other side now. */
  expectNothing(): void {
    this.#deadlineMs = Infinity;
    this.#pace.end(this.#clock.monotonicMs());
  }

  /** A body begins. */
  beginBody(): void {
    this.#deadlineMs = Infinity;
    this.#pace.reset();
  }

  /** Notes that bytes of a body moved. */
  moved(bytes: number, nowMs: number = this.#clock.monotonicMs()): void {
    this.#pace.move(bytes, nowMs);
  }

  /** Kills the connection if its time is over. */
  checkDeadline(nowMs: number): void {
    if (nowMs < this.#deadlineMs) {
      const slow = this.#pace.verdict(nowMs);
      if (slow) this.kill(new WireError("stall", slow.detail, { waitedMs: slow.waitedMs }));
      return;
    }
    const bound = this.#deadlineBoundMs;
    this.kill(
      this.#deadlineKind === "stall"
        ? new WireError("stall", `no byte moved for ${bound} ms`, { waitedMs: bound })
        : new WireError("first-byte-timeout", `no answer within ${bound} ms`, { waitedMs: bound }),
    );
  }

  /** Watches an idle connection; a process may end while it does. */
  watch(): void {
    this.#socket.unref();
    if (!this.#arrival && !this.disturbed) this.#listen();
  }

  /** Brings the connection back from {@linkcode watch}. */
  wake(): void {
    this.onDisturbed = undefined;
    this.#socket.ref();
  }

  /** Sends all of `bytes`, which are in use until this settles. Calls `onProgress` with what the socket took. */
  async write(bytes: Uint8Array, onProgress: (count: number) => void): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      this.#throwIfKilled();
      try {
        const count = await this.#socket.write(sent === 0 ? bytes : bytes.subarray(sent));
        sent += count;
        onProgress(count);
      } catch (error) {
        this.#throwIfKilled();
        throw describeBreak(error, "closed the connection while the request was sent");
      }
    }
  }

  /** Waits for more bytes behind the buffered ones. Gives `false` when the other side has closed. */
  async fill(): Promise<boolean> {
    await this.#arriving();
    return this.#isGoingOn();
  }

  /** Marks buffered bytes as taken. */
  take(count: number): void {
    this.#start += count;
    if (this.#start !== this.#end || this.#arrival) return;
    this.#start = this.#end = 0;
  }

  /**
   * Reads from the socket straight into `target` until `atLeast` bytes are there; nothing may be buffered. TLS gives no
   * more than 16 KiB at a time. Gives fewer when the other side closes or the connection breaks, and 0 or the failure
   * when called again.
   */
  async read(target: Uint8Array, atLeast = 1): Promise<number> {
    this.#throwIfBroken();
    let total = 0;
    while (total < atLeast && !this.#ended) {
      const before = total;
      try {
        const count = await this.#socket.read(total === 0 ? target : target.subarray(total));
        if (count === null) this.#ended = true;
        else this.#arrived = total += count;
      } catch (error) {
        this.#readFailure = { error };
      }
      if (total === 0) this.#throwIfBroken();
      else if (this.#killed || this.#readFailure) break;
      if (this.#deadlineMs === Infinity) continue;
      const nowMs = this.#clock.monotonicMs();
      this.#deadlineMs = nowMs + this.#deadlineBoundMs;
      this.#pace.move(total - before, nowMs);
    }
    this.#arrived = 0;
    return total;
  }

  /** Takes one head; `undefined` when the other side closes instead of the first byte of one. */
  async readHead(): Promise<ResponseHead | undefined> {
    for (;;) {
      const bytes = this.buffered;
      const length = this.#scanner.scan(bytes);
      if (length >= 0) {
        const head = parseResponseHead(bytes.subarray(0, length), this.#limits);
        this.take(length);
        return head;
      }
      await this.#arriving();
      if (!this.#isGoingOn()) {
        if (bytes.length === 0) return undefined;
        throw new WireError("closed-early", "the connection was closed within the head of the answer");
      }
    }
  }

  /** Settles when more has come, or nothing more will; nothing to wait for where that is known. */
  #arriving(): Promise<void> | undefined {
    this.#throwIfKilled();
    if (this.#ended || this.#readFailure) return undefined;
    if (!this.#arrival) this.#listen();
    return this.#arrival;
  }

  /** Whether the other side has not closed; throws where the connection is broken. */
  #isGoingOn(): boolean {
    this.#throwIfBroken();
    return !this.#ended;
  }

  #listen(): void {
    if (this.#end === this.#buffer.length) this.#makeRoom();
    this.#arrival = this.#socket.read(this.#buffer.subarray(this.#end)).then(
      this.#onArrival,
      this.#onReadFailure,
    );
  }

  readonly #onArrival = (count: number | null): void => {
    this.#arrival = undefined;
    if (count === null) this.#ended = true;
    else this.#end += count;
    this.onDisturbed?.(this);
  };

  readonly #onReadFailure = (error: unknown): void => {
    this.#arrival = undefined;
    this.#readFailure = { error };
    this.onDisturbed?.(this);
  };

  #makeRoom(): void {
    const held = this.#end - this.#start;
    const room = held * 2 > this.#buffer.length ? this.#buffer.length * 2 : this.#buffer.length;
    const next = room === this.#buffer.length ? this.#buffer : new Uint8Array(room);
    next.set(this.buffered);
    this.#buffer = next;
    this.#start = 0;
    this.#end = held;
  }

  #throwIfBroken(): void {
    this.#throwIfKilled();
    if (this.#readFailure) throw describeBreak(this.#readFailure.error, "broke the connection off");
  }

  #throwIfKilled(): void {
    if (this.#killed) throw this.#killed.reason;
  }
}

function describeBreak(error: unknown, what: string): WireError {
  const detail = error instanceof Error ? ` (${error.message})` : "";
  if (error instanceof Deno.errors.UnexpectedEof) {
    return new WireError("closed-early", "the connection was closed without the closing notice of TLS", {
      cause: error,
    });
  }
  if (error instanceof Deno.errors.InvalidData) {
    return new WireError("tls", `TLS failed${detail}`, { cause: error });
  }
  return new WireError("reset", `the other side ${what}${detail}`, { cause: error });
}

function showAddress(address: Deno.Addr): string | undefined {
  if (!("hostname" in address)) return undefined;
  return address.hostname.includes(":")
    ? `[${address.hostname}]:${address.port}`
    : `${address.hostname}:${address.port}`;
}
