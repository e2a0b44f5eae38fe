import { type Checksums, startTicker } from "@lade/core/backend";
import type { HttpResponse } from "./http_response.ts";
import { LaneAttempt } from "./lane_attempt.ts";
import { LaneLink, type LaneWorker } from "./lane_link.ts";
import type { LaneConfig, LaneConnection, LaneTarget } from "./lane_messages.ts";
import type { Attempt } from "./send_with_retry.ts";
import type { ConnectionInfo, TransportRequest } from "./transport.ts";
import type { TransportConfig } from "./transport_config.ts";
import { WireError } from "./wire_error.ts";
import { isWorthPouring, isWorthSending } from "./worth_a_lane.ts";

/** Bytes still to come for each of those that are started together. */
const SHARE_OF_A_LANE = 2 ** 28;
/** Those that are started together at most; more follow where these have no time left. */
const FIRST_LANES = 2;
/** So many lanes leave a share of what is poured to the main isolate, whose core would be idle; more keep it busy enough. */
const FEW_LANES = 1;
/** The same for what is sent, which other threads read anyway. */
const FIRST_TO_SEND = 1;
/** A lane is taken for busy when its thread works for this share of the time. */
const BUSY = 0.75;
/** The shortest time over which that is judged. */
const LOAD_WINDOW_MS = 250;
/** How long a lane waits for work. It keeps the process alive meanwhile. */
const IDLE_MS = 2_000;
const TICK_MS = 500;
/** After so many lanes that broke none is started any more. */
const MOST_BROKEN = 3;

/** What a {@linkcode LaneCarrier} is made with. */
export interface LaneCarrierSetup {
  /** What lanes and the tries in them go by. */
  readonly config: TransportConfig;
  /** Lanes at most. */
  readonly most: number;
  /** Numbers a connection among all of the transport. */
  readonly nextId: () => number;
  /** Starts the isolate of a lane. */
  readonly start?: () => LaneWorker;
  /** Whether a request is carried by a lane that is there; by default one whose body is shared memory or is poured. */
  readonly carries?: (request: TransportRequest) => boolean;
  /** Tries whose answers the main isolate pours itself at the moment; none by default. */
  readonly pouredHere?: () => number;
}

interface Lane {
  readonly link: LaneLink;
  /** Numbers of its connections within the transport. */
  readonly ids: Map<number, number>;
  cpuMs: number;
  measuredMs: number;
}

/**
 * Makes tries of requests in other isolates, for bodies that are poured: each lane has a thread and connections of its own.
 * The first lanes are started when enough is to come, further ones while all of them are busy; those without work end.
 */
export class LaneCarrier {
  readonly #setup: LaneCarrierSetup;
  readonly #lanes = new Set<Lane>();
  #broken = 0;
  #closed = false;
  #stopTicker: (() => void) | undefined;
  #onReady: (() => void) | undefined;

  /** Starts no lane yet. */
  constructor(setup: LaneCarrierSetup) {
    this.#setup = setup;
  }

  /** Lanes that are there or being started. */
  get size(): number {
    return this.#lanes.size;
  }

  /** Makes one try in a lane; `undefined` where the request is better carried here. */
  attempt(attempt: Attempt): Promise<HttpResponse> | undefined {
    const lane = this.#laneFor(attempt.request);
    return lane && new LaneAttempt({
      attempt,
      link: lane.link,
      config: this.#setup.config,
      numbered: (connection) => this.#numbered(lane, connection),
      onOver: () => lane.link.idleSinceMs = this.#nowMs,
      onCpu: (cpuMs) => this.#measure(lane, cpuMs),
    }).run();
  }

  /** Has a lane compute checksums of shared memory; `undefined` where no lane is there. */
  digest(bytes: Uint8Array, sums: LaneTarget["sums"]): Promise<Checksums> | undefined {
    return this.#leastBusy()?.link.digest(bytes, sums);
  }

  /** Has the lanes open connections, each its share of so many. */
  openAhead(url: string, connections: number): void {
    const share = Math.ceil(connections / this.#lanes.size);
    for (const { link } of this.#lanes) link.openAhead(url, share);
  }

  /** Ends every lane. */
  close(): void {
    this.#closed = true;
    this.#stopTicker?.();
    const error = new WireError("closed", "the transport was closed");
    for (const lane of [...this.#lanes]) this.#end(lane, error);
  }

  /** Starts so many lanes, those that are there counted, and resolves when all can carry requests. */
  async ready(count: number): Promise<void> {
    while (this.#lanes.size < count && this.#startOne());
    await new Promise<void>((resolve) => {
      this.#onReady = () => {
        for (const { link } of this.#lanes) if (!link.ready) return;
        this.#onReady = undefined;
        resolve();
      };
      this.#onReady();
    });
  }

  #laneFor(request: TransportRequest): Lane | undefined {
    const { pours = 0 } = request;
    const { carries = isBulk, pouredHere } = this.#setup;
    if (this.#closed || !carries(request)) return undefined;
    this.expect(pours);
    const lane = this.#leastBusy();
    const shares = pouredHere !== undefined && pours > 0 && this.#lanes.size <= FEW_LANES;
    return lane && shares && pouredHere() < lane.link.carried ? undefined : lane;
  }

  /** Starts lanes where so many bytes to be poured pay for them: some at first, one more while all are busy. */
  expect(bytes: number): boolean {
    return this.#expect(bytes, isWorthPouring(bytes), FIRST_LANES);
  }

  /** The same for bytes to be sent. */
  expectToSend(bytes: number): boolean {
    return this.#expect(bytes, isWorthSending(bytes, this.#setup.most), FIRST_TO_SEND);
  }

  #expect(bytes: number, pays: boolean, first: number): boolean {
    if (this.#closed) return false;
    if (pays && this.#lanes.size === 0) this.#startFor(bytes, first);
    else if (pays && this.#areBusy) this.#startOne();
    return this.#lanes.size > 0;
  }

  get #areBusy(): boolean {
    for (const { link } of this.#lanes) if (!link.ready || link.load < BUSY) return false;
    return true;
  }

  /** Of those that are ready, the one that carries the fewest tries. */
  #leastBusy(): Lane | undefined {
    let best: Lane | undefined;
    for (const lane of this.#lanes) {
      if (lane.link.ready && !(best && best.link.carried <= lane.link.carried)) best = lane;
    }
    return best;
  }

  #startFor(bytes: number, first: number): void {
    const wanted = Math.min(first, Math.ceil(bytes / SHARE_OF_A_LANE));
    for (let count = 0; count < wanted; count++) this.#startOne();
  }

  #startOne(): boolean {
    const { config, most, start = startWorker } = this.#setup;
    if (this.#lanes.size >= most || this.#broken >= MOST_BROKEN || this.#closed) return false;
    const { observer, onDescriptorShortage } = config;
    let worker: LaneWorker;
    try {
      worker = start();
    } catch {
      this.#broken = MOST_BROKEN;
      return false;
    }
    const link = new LaneLink(worker, configOf(config), {
      ready: () => {
        link.idleSinceMs = this.#nowMs;
        config.figures.lanes++;
        this.#onReady?.();
      },
      report: (report) => {
        if (report.type === "descriptorShortage") onDescriptorShortage();
        else if (report.type === "connected") observer.connected?.(this.#numbered(lane, report.connection));
        else if (report.type === "broken") observer.broken?.(report.address);
        else observer.avoided?.(report.address, report.avoided);
      },
      broke: () => {
        // One that could not even start will not do so the next time.
        this.#broken += lane.link.idleSinceMs === Infinity ? MOST_BROKEN : 1;
        this.#lanes.delete(lane);
        this.#onReady?.();
      },
    });
    link.idleSinceMs = Infinity;
    const lane: Lane = { link, ids: new Map(), cpuMs: 0, measuredMs: this.#nowMs };
    this.#lanes.add(lane);
    this.#stopTicker ??= startTicker(config.clock, TICK_MS, this.#tick);
    return true;
  }

  #measure(lane: Lane, cpuMs: number): void {
    const nowMs = this.#nowMs;
    const passedMs = nowMs - lane.measuredMs;
    if (passedMs < LOAD_WINDOW_MS) return;
    lane.link.load = (cpuMs - lane.cpuMs) / passedMs;
    lane.cpuMs = cpuMs;
    lane.measuredMs = nowMs;
  }

  #numbered({ ids }: Lane, { id, endpoint, remoteAddress, reused }: LaneConnection): ConnectionInfo {
    let own = ids.get(id);
    if (own === undefined) ids.set(id, own = this.#setup.nextId());
    return { id: own, endpoint, remoteAddress, reused };
  }

  readonly #tick = (): void => {
    const oldest = this.#nowMs - IDLE_MS;
    for (const lane of [...this.#lanes]) {
      if (lane.link.carried > 0 || lane.link.idleSinceMs > oldest) continue;
      this.#end(lane, new WireError("closed", "the lane had nothing to do"));
    }
    if (this.#lanes.size > 0) return;
    this.#stopTicker?.();
    this.#stopTicker = undefined;
  };

  #end(lane: Lane, error: WireError): void {
    this.#lanes.delete(lane);
    lane.link.end(error);
  }

  get #nowMs(): number {
    return this.#setup.config.clock.monotonicMs();
  }
}

/** A request without a body of its own, whose answer is poured, or one whose body lies in shared memory. */
function isBulk({ body, pours }: TransportRequest): boolean {
  return body === undefined ? pours !== undefined : !("chunks" in body) && areShared(body);
}

/** Whether bytes lie in memory that other isolates see. */
function areShared(body: Uint8Array | readonly Uint8Array[]): boolean {
  const parts = body instanceof Uint8Array ? [body] : body;
  return parts.length > 0 && parts.every(({ buffer }) => buffer instanceof SharedArrayBuffer);
}

/** Starts an isolate with the program of a lane, which lies beside this module, or beside the bundle it is part of. */
function startWorker(): LaneWorker {
  const url = new URL(import.meta.url.endsWith(".ts") ? "./lane.ts" : "./lane.js", import.meta.url);
  // Deno itself would report on the terminal that it may not.
  if (
    url.protocol === "file:" && Deno.permissions.querySync({ name: "read", path: url }).state !== "granted"
  ) {
    throw new Deno.errors.NotCapable(`no permission to read ${url}`);
  }
  return new Worker(url, { type: "module", name: "lade lane" }) as LaneWorker;
}

const SETTINGS: Readonly<Record<keyof LaneConfig, true>> = {
  caCerts: true,
  connectTimeoutMs: true,
  continueTimeoutMs: true,
  endpointAddresses: true,
  expectContinueBytes: true,
  firstByteTimeoutMs: true,
  idleTimeoutMs: true,
  limits: true,
  maxConnections: true,
  minBytesPerSecond: true,
  stallTimeoutMs: true,
  verifyCertificates: true,
};

function configOf(config: TransportConfig): LaneConfig {
  const names = Object.keys(SETTINGS) as (keyof LaneConfig)[];
  return Object.fromEntries(names.map((name) => [name, config[name]])) as unknown as LaneConfig;
}
