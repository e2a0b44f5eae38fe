import { seededRandom } from "@lade/testing";
import { AdaptiveLimit, type AdaptiveLimitConfig, type Permit } from "./adaptive_limit.ts";

/** A service as a network makes it look. */
export interface SimulatedService {
  /** Time until the first byte of an answer. */
  readonly rttMs: number;
  /** Megabytes a second on one connection at most. */
  readonly perConnection: number;
  /** Megabytes a second on all connections together. */
  readonly total: number;
  /** Times and rates of a request vary by this share either way; 0.1 by default. */
  readonly noise?: number;
  /** A request that finds so many in flight is refused. */
  readonly throttledAt?: number;
  /** Extra time of a request that is the first on its connection. */
  readonly connectMs?: number;
  /** Whether connections are opened when the limit says that they will be needed. */
  readonly opensAhead?: boolean;
  /** Bytes of an answer that lie in the buffers of sockets and are there with its first one. */
  readonly buffered?: number;
  /** Whether nothing is known of a request before it ends, as of one that sends. */
  readonly isSilent?: boolean;
}

interface Flow {
  readonly permit: Permit;
  readonly size: number;
  readonly refused: boolean;
  /** Share of the usual rate. */
  readonly speed: number;
  startsMs: number;
  left: number;
  /** Bytes that the limit was told of; none before the answer began. */
  told: number | undefined;
}

/** A client tells of its progress in steps of so many bytes. */
const STEP = 2 ** 20;

/** Runs requests against a {@linkcode SimulatedService}, in simulated time, as many as an adaptive limit allows. */
export class SimulatedClient {
  nowMs = 0;
  refused = 0;
  finished = 0;
  moved = 0;
  service: SimulatedService;
  readonly limit: AdaptiveLimit;
  /** Each limit and when it was set. */
  readonly limits: { readonly limit: number; readonly atMs: number }[] = [];
  readonly #flows: Flow[] = [];
  readonly #random: () => number;
  /** When each connection is open. */
  readonly #openMs: number[] = [];

  constructor(service: SimulatedService, config: Omit<AdaptiveLimitConfig, "clock">, seed = 1) {
    this.service = service;
    this.#random = seededRandom(seed);
    const onAhead = service.opensAhead ? (count: number) => this.#open(count) : undefined;
    this.limit = new AdaptiveLimit({ clock: { monotonicMs: () => this.nowMs }, onAhead, ...config });
    this.#note();
  }

  /** Keeps requests of `size` bytes in flight until `enough` is; gives the time that took. */
  run(size: number, enough: () => boolean): number {
    const startMs = this.nowMs;
    while (!enough()) {
      for (let permit = this.limit.tryAcquire(); permit; permit = this.limit.tryAcquire()) {
        this.#start(permit, size);
      }
      this.#step();
    }
    return this.nowMs - startMs;
  }

  /** Runs until so many bytes more are moved. */
  move(bytes: number, size: number): number {
    const goal = this.moved + bytes;
    return this.run(size, () => this.moved >= goal);
  }

  /** Makes `count` requests of `size` bytes, again where they are refused, `most` in flight; gives the time it took. */
  serve(count: number, size: number, most = Infinity): number {
    const startMs = this.nowMs;
    for (let left = count; left > 0 || this.#flows.length > 0;) {
      while (left > 0 && this.#flows.length < most) {
        const permit = this.limit.tryAcquire();
        if (!permit) break;
        left--;
        this.#start(permit, size);
      }
      const { refused } = this;
      this.#step();
      left += this.refused - refused;
    }
    return this.nowMs - startMs;
  }

  /** What `limit` requests of `size` bytes in flight move at best, in bytes per millisecond. */
  rateAt(limit: number, size: number): number {
    const { perConnection, rttMs, total } = this.service;
    return Math.min(total * 1e3, limit * size / (rttMs + size / (perConnection * 1e3)));
  }

  #start(permit: Permit, size: number): void {
    const { noise = 0.1, rttMs, throttledAt = Infinity } = this.service;
    this.#open(this.#flows.length + 1);
    const openMs = this.#openMs[this.#flows.length] ?? 0;
    const vary = () => 1 + noise * (2 * this.#random() - 1);
    this.#flows.push({
      permit,
      size,
      refused: this.#flows.length >= throttledAt,
      speed: vary(),
      startsMs: Math.max(this.nowMs, openMs) + rttMs * vary(),
      left: size,
      told: undefined,
    });
  }

  #open(count: number): void {
    const { connectMs = 0 } = this.service;
    while (this.#openMs.length < count) this.#openMs.push(this.nowMs + connectMs);
  }

  #tell(flow: Flow): void {
    if (this.service.isSilent || flow.startsMs > this.nowMs) return;
    if (flow.told === undefined) flow.left = Math.max(1, flow.left - (this.service.buffered ?? 0));
    const come = Math.floor((flow.size - flow.left + 1) / STEP) * STEP;
    if (flow.told === undefined || come > flow.told) flow.permit.moved(come - (flow.told ?? 0), flow.size);
    flow.told = come;
  }

  /** Goes to the next event, or a good part of the way there. */
  #step(): void {
    const { perConnection, total } = this.service;
    const moving = this.#flows.filter((flow) => flow.startsMs <= this.nowMs && !flow.refused);
    const share = total * 1e3 / Math.max(1, moving.length);
    const rateOf = (flow: Flow) => Math.min(perConnection * 1e3, share) * flow.speed;
    const next = Math.min(
      ...this.#flows.flatMap(({ startsMs }) => startsMs > this.nowMs ? [startsMs - this.nowMs] : []),
      ...moving.map((flow) => Math.min(flow.left, STEP - (flow.size - flow.left) % STEP) / rateOf(flow)),
    );
    const ms = Math.max(next, 1e-3);
    for (const flow of moving) flow.left -= rateOf(flow) * ms;
    this.nowMs += ms;
    for (const flow of [...this.#flows]) {
      if (!flow.refused) this.#tell(flow);
      if (flow.refused ? flow.startsMs > this.nowMs : flow.left > 1) continue;
      this.#flows.splice(this.#flows.indexOf(flow), 1);
      flow.permit.done({ bytes: flow.refused ? 0 : flow.size, throttled: flow.refused });
      if (flow.refused) this.refused++;
      else {
        this.finished++;
        this.moved += flow.size;
      }
      this.#note();
    }
    this.#note();
  }

  #note(): void {
    const limit = this.limit.current;
    if (this.limits.at(-1)?.limit !== limit) this.limits.push({ limit, atMs: this.nowMs });
  }
}
