import type { StoreFigures } from "@lade/core/backend";
import type { BulkCarrier, Transport, TransportOptions } from "@lade/service/http";
import {
  completeTransportOptions,
  hedgerOf,
  LaneCarrier,
  type LaneCommand,
  type LaneConfig,
  type LaneReport,
  LaneServer,
  type LaneWorker,
  sendWithRetry,
  TcpCarrier,
} from "@lade/service/lanes";
import { needDeno } from "./need_deno.ts";

/**
 * A transport that sends every request by a lane, but for bodies that are produced while they are sent, whatever becomes of its
 * answer, and has every part in shared memory. Its lanes are in this isolate, where they keep to the transport's clock; what
 * goes to them and comes back is cloned as between isolates. It is for Deno: elsewhere it is an `UnsupportedError`.
 */
export class LanedTransport implements Transport {
  readonly #carrier: TcpCarrier;
  readonly #lanes: LaneCarrier;
  readonly #hedger: ReturnType<typeof hedgerOf>;
  readonly #ready: Promise<void>;
  /** What it has done so far. */
  readonly figures: StoreFigures;
  /** Sends a request by a lane. */
  readonly send: Transport["send"];
  /** Has any number of bytes in shared memory, and checksums computed by a lane. */
  readonly bulk: BulkCarrier;

  /** Starts two lanes. */
  constructor(options: TransportOptions = {}) {
    needDeno("LanedTransport");
    const config = completeTransportOptions(options);
    this.figures = config.figures;
    this.#hedger = hedgerOf(config);
    const carrier = this.#carrier = new TcpCarrier(config);
    const { clock, resolve } = config;
    const lanes = this.#lanes = new LaneCarrier({
      config,
      most: 2,
      nextId: () => carrier.nextId(),
      start: () => new LocalLane((laneConfig, post) => new LaneServer(laneConfig, post, { clock, resolve })),
      carries: ({ body }) => body === undefined || !("chunks" in body),
    });
    this.bulk = { expect: () => true, digest: (bytes, sums) => lanes.digest(bytes, sums) };
    this.#ready = lanes.ready(2);
    this.send = async (request) => {
      await this.#ready;
      return await sendWithRetry(
        request,
        config,
        (attempt) => lanes.attempt(attempt) ?? carrier.attempt(attempt),
        this.#hedger,
      );
    };
  }

  /** Ends every request and every lane. */
  async close(): Promise<void> {
    this.#hedger?.close();
    this.#lanes.close();
    await this.#carrier.close();
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

type MakeServer = (
  config: LaneConfig,
  post: (report: LaneReport, transfer?: readonly Transferable[]) => void,
) => LaneServer;

/** A lane in this isolate. */
class LocalLane implements LaneWorker {
  onmessage: LaneWorker["onmessage"] = null;
  onerror: LaneWorker["onerror"] = null;
  readonly #make: MakeServer;
  #server: LaneServer | undefined;
  #ended = false;

  constructor(make: MakeServer) {
    this.#make = make;
  }

  postMessage(command: LaneCommand): void {
    const cloned = clone(command);
    queueMicrotask(() => this.#take(cloned));
  }

  terminate(): void {
    this.#ended = true;
    this.#server?.close();
  }

  #take(command: LaneCommand): void {
    if (this.#ended) return;
    if (command.type !== "configure") return this.#server?.handle(command);
    this.#server = this.#make(command.config, (report, transfer) => this.#tell(report, transfer));
    this.#tell({ type: "ready" });
  }

  #tell(report: LaneReport, transfer: readonly Transferable[] = []): void {
    const data = clone(report, transfer);
    queueMicrotask(() => {
      if (!this.#ended) this.onmessage?.(new MessageEvent("message", { data }));
    });
  }
}

/** Shared memory stays shared, all else is copied or moved. */
function clone<Value>(value: Value, transfer: readonly Transferable[] = []): Value {
  return structuredClone(value, { transfer: [...transfer] });
}
