import { bindChecksums, checksumsOf } from "@lade/codec/checksum";
import { BufferPool, type Clock, startTicker, systemClock } from "@lade/core/backend";
import { pourBody } from "@lade/core/pour";
import { Flight } from "./flight.ts";
import type { HttpResponse } from "./http_response.ts";
import { packFailure } from "./lane_failure.ts";
import type { LaneCommand, LaneConfig, LaneReport, LaneRequest, LaneTarget } from "./lane_messages.ts";
import { RequestPayload } from "./request_payload.ts";
import type { Attempt } from "./send_with_retry.ts";
import { TcpCarrier } from "./tcp_carrier.ts";
import type { TransportRequest } from "./transport.ts";
import { completeTransportOptions } from "./transport_config.ts";
import type { TransportOptions } from "./transport_options.ts";

/** Hands a report to the main isolate, and with it the memory of `transfer`. */
export type Post = (report: LaneReport, transfer?: readonly Transferable[]) => void;

/** A try that a lane carries. */
interface Carried {
  readonly id: number;
  readonly request: TransportRequest;
  readonly stop: AbortController;
  response: HttpResponse | undefined;
  /** How long bytes of the body were waited for, once it has ended. */
  waitedMs: number | undefined;
  /** Bytes that were sent and not yet told of. */
  untold: number;
  toldMs: number;
}

/** How often a pour says how far it is. */
const PROGRESS_MS = 100;
/** At its beginning it says so more often, by which a climb goes: after each step of so many bytes. */
const BEGINNING_BYTES = 2 ** 22;
const STEP_BYTES = 2 ** 20;
/** What a lane keeps of the memory by which bytes get into files. */
const MOST_IDLE_BYTES = 2 ** 24;
/** The longest piece of a body that is read for the main isolate. */
const LONGEST_PIECE = 2 ** 20;

/** The work of a lane: makes tries of requests for the main isolate, over connections of its own. */
export class LaneServer {
  readonly #carrier: TcpCarrier;
  readonly #clock: Clock;
  readonly #post: Post;
  readonly #buffers = new BufferPool({ maxIdleBytes: MOST_IDLE_BYTES });
  readonly #carried = new Map<number, Carried>();
  /** Each says how far a pour is. */
  readonly #pours = new Set<() => void>();
  #stopTicker: (() => void) | undefined;

  /** Answers by `post`. Time and resolver are the system's where none is given. */
  constructor(config: LaneConfig, post: Post, given: Pick<TransportOptions, "clock" | "resolve"> = {}) {
    this.#clock = given.clock ?? systemClock;
    this.#post = post;
    this.#carrier = new TcpCarrier(completeTransportOptions({
      ...config,
      ...given,
      onDescriptorShortage: () => post({ type: "descriptorShortage" }),
      observer: {
        broken: (address) => post({ type: "broken", address: { ...address } }),
        avoided: (address, avoided) => post({ type: "avoided", address: { ...address }, avoided }),
        connected: (connection) => post({ type: "connected", connection: { ...connection } }),
        sent: (request, bytes) => this.#tellSent(request, bytes),
        finished: (request, _complete, { waitedMs }) => this.#finish(request, waitedMs),
      },
    }));
  }

  /** Does what the main isolate asks. Commands about what has ended are passed over. */
  handle(command: Exclude<LaneCommand, { readonly type: "configure" }>): void {
    if (command.type === "openAhead") return this.#carrier.openAhead(command.url, command.connections);
    const { id } = command;
    if (command.type === "send") return void this.#send(id, command.request);
    if (command.type === "digest") return this.#digest(command);
    const carried = this.#carried.get(id);
    if (command.type === "abort") return carried?.stop.abort();
    const work = this.#work(command, carried);
    work.catch((error) => this.#fail(id, error, carried));
  }

  /** Ends everything. */
  close(): Promise<void> {
    this.#stopTicker?.();
    return this.#carrier.close();
  }

  async #send(id: number, asked: LaneRequest): Promise<void> {
    const { body, elsewhere, expectContinue, firstByteTimeoutMs, headers, idempotent, label, method, url } =
      asked;
    const depart = (address: string | undefined) => this.#post({ type: "departed", id, address });
    const stop = new AbortController();
    const request: TransportRequest = {
      method,
      url,
      idempotent,
      signal: stop.signal,
      ...(label !== undefined && { label }),
      ...(body && { body }),
      ...(expectContinue !== undefined && { expectContinue }),
    };
    const carried: Carried = {
      id,
      request,
      stop,
      response: undefined,
      waitedMs: undefined,
      untold: 0,
      toldMs: 0,
    };
    this.#carried.set(id, carried);
    const startMs = this.#clock.monotonicMs();
    const payload = new RequestPayload(body);
    const attempt: Attempt = {
      ...{ request, payload, url, headers, idempotent, elsewhere, startMs, firstByteTimeoutMs },
      ...(asked.tellsDeparture && { flight: new Departure(depart) }),
    };
    try {
      const response = carried.response = await this.#carrier.attempt(attempt);
      const { body: { length }, connection, headers, status, timings } = response;
      const lines = [...headers];
      const { untold: sent } = carried;
      carried.untold = 0;
      this.#post({
        type: "head",
        id,
        sent,
        waitedMs: carried.waitedMs,
        head: {
          status,
          names: lines.map(([name]) => name),
          values: lines.map(([, value]) => value),
          length,
          connection: { ...connection },
          connectedAfterMs: timings.connectedMs - startMs,
          sentAfterMs: timings.sentMs - startMs,
          firstByteAfterMs: timings.firstByteMs - startMs,
        },
        cpuMs: cpuMsOfThread(),
      });
    } catch (error) {
      this.#carried.delete(id);
      this.#fail(id, error, carried);
    }
  }

  async #work(
    command: Extract<LaneCommand, { readonly type: "read" | "pour" | "close" }>,
    carried: Carried | undefined,
  ): Promise<void> {
    if (!carried?.response) throw new TypeError("the lane has no such answer");
    if (command.type === "read") return await this.#read(command, carried, carried.response);
    if (command.type === "pour") {
      return await this.#pour(command.id, command.target, carried, carried.response);
    }
    await carried.response.body.close(true);
    this.#post({ type: "closed", id: command.id, waitedMs: carried.waitedMs });
  }

  async #read(
    { atLeast, id, size }: Extract<LaneCommand, { readonly type: "read" }>,
    carried: Carried,
    { body }: HttpResponse,
  ): Promise<void> {
    const piece = new Uint8Array(Math.min(size, LONGEST_PIECE));
    const count = await body.read(piece, Math.min(atLeast, piece.length));
    const bytes = piece.subarray(0, count);
    this.#post({ type: "bytes", id, bytes, waitedMs: carried.waitedMs }, [piece.buffer]);
  }

  async #pour(id: number, target: LaneTarget, carried: Carried, { body }: HttpResponse): Promise<void> {
    let untold = 0;
    let told = 0;
    const tell = () => {
      this.#post({ type: "progress", id, bytes: untold, arrivals: body.arrivals?.() });
      told += untold;
      untold = 0;
    };
    const onBytes = (count: number) => {
      untold += count;
      if (untold >= STEP_BYTES && told < BEGINNING_BYTES) tell();
    };
    this.#pours.add(tell);
    this.#stopTicker ??= startTicker(this.#clock, PROGRESS_MS, this.#tellProgress);
    const pouring = pourBody(body, { ...target, buffers: this.#buffers, onBytes });
    const { bytes, failure, sums } = await pouring.finally(() => this.#pours.delete(tell));
    this.#post({
      type: "poured",
      id,
      poured: { bytes, sums },
      failure: failure && this.#failureOf(failure.error, carried),
      waitedMs: carried.waitedMs,
      cpuMs: cpuMsOfThread(),
    });
  }

  readonly #tellProgress = (): void => {
    for (const tell of this.#pours) tell();
    if (this.#pours.size > 0) return;
    this.#stopTicker?.();
    this.#stopTicker = undefined;
  };

  #digest({ bytes, id, memory, sums }: Extract<LaneCommand, { readonly type: "digest" }>): void {
    if (memory) bindChecksums(memory);
    const there = memory ? new Uint8Array(memory.buffer, bytes.byteOffset, bytes.length) : bytes;
    this.#post({ type: "digested", id, sums: checksumsOf(there, sums) });
  }

  #tellSent(request: TransportRequest, bytes: number): void {
    const carried = this.#carriedFor(request);
    if (!carried) return;
    carried.untold += bytes;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - carried.toldMs < PROGRESS_MS) return;
    this.#post({ type: "sent", id: carried.id, bytes: carried.untold });
    carried.untold = 0;
    carried.toldMs = nowMs;
  }

  #finish(request: TransportRequest, waitedMs: number): void {
    const carried = this.#carriedFor(request);
    if (!carried) return;
    carried.waitedMs = waitedMs;
    this.#carried.delete(carried.id);
  }

  #carriedFor(request: TransportRequest): Carried | undefined {
    for (const carried of this.#carried.values()) {
      if (carried.request === request) return carried;
    }
  }

  #fail(id: number, error: unknown, carried: Carried | undefined): void {
    this.#post({ type: "failed", id, failure: this.#failureOf(error, carried), waitedMs: carried?.waitedMs });
  }

  #failureOf(error: unknown, carried: Carried | undefined): ReturnType<typeof packFailure> {
    return carried?.stop.signal.aborted && error === carried.stop.signal.reason
      ? { type: "aborted" }
      : packFailure(error);
  }
}

/** Tells the main isolate that a try goes out. It is ended there, by the signal of its request. */
class Departure extends Flight {
  readonly #tell: (address: string | undefined) => void;

  constructor(tell: (address: string | undefined) => void) {
    super();
    this.#tell = tell;
  }

  override depart(nowMs: number, address: string | undefined): void {
    super.depart(nowMs, address);
    this.#tell(address);
  }
}

/** CPU time of this thread. Not every version of the runtime tells it. */
function cpuMsOfThread(): number {
  const { process } = globalThis as { process?: { threadCpuUsage?(): { user: number; system: number } } };
  try {
    const used = process?.threadCpuUsage?.();
    return used ? (used.user + used.system) / 1_000 : 0;
  } catch {
    return 0;
  }
}
