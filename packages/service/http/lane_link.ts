import { boundMemory } from "@lade/codec/checksum";
import type { Checksums } from "@lade/core/backend";
import type { LaneCommand, LaneConfig, LaneReport, LaneTarget } from "./lane_messages.ts";
import { WireError } from "./wire_error.ts";

/** A report about one try. */
export type TryReport = Extract<LaneReport, { readonly id: number }>;

/** A report about no try. */
export type LaneEvent = Exclude<LaneReport, { readonly id: number } | { readonly type: "ready" }>;

/** What a {@linkcode LaneLink} tells its owner. */
export interface LaneListener {
  /** The lane can carry requests. */
  ready(): void;
  /** A report that is about no try. */
  report(report: LaneEvent): void;
  /** The lane ended by itself: what it carried is lost. */
  broke(): void;
}

/** The part of a `Worker` that a {@linkcode LaneLink} uses. */
export interface LaneWorker {
  /** Takes what the lane says. */
  onmessage: ((event: MessageEvent<LaneReport>) => void) | null;
  /** Called when the lane ends by an error. */
  onerror: ((event: ErrorEvent) => void) | null;
  /** Tells the lane what to do. */
  postMessage(command: LaneCommand): void;
  /** Ends it at once. */
  terminate(): void;
}

/** A lane, as the main isolate sees it: takes commands, hands reports on to whom they are about. */
export class LaneLink {
  /** How busy its thread was of late, from 0 to 1. */
  load = 0;
  /** When it last had something to do. */
  idleSinceMs = 0;
  readonly #worker: LaneWorker;
  readonly #listener: LaneListener;
  readonly #tries = new Map<number, (report: TryReport | WireError) => void>();
  #lastId = 0;
  #ready = false;
  #ended: WireError | undefined;

  /** Takes over a worker that runs `lane.ts`. */
  constructor(worker: LaneWorker, config: LaneConfig, listener: LaneListener) {
    this.#worker = worker;
    this.#listener = listener;
    worker.onmessage = ({ data }) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#break(`the lane that carried it ended (${event.message})`);
    };
    worker.postMessage({ type: "configure", config });
  }

  /** Whether it can carry requests. */
  get ready(): boolean {
    return this.#ready && !this.#ended;
  }

  /** Tries that it carries. */
  get carried(): number {
    return this.#tries.size;
  }

  /** Sends the command that begins a try, and hands its reports to `onReport`, or the error with which the lane ended. */
  begin(
    request: Extract<LaneCommand, { readonly type: "send" }>["request"],
    onReport: (report: TryReport | WireError) => void,
  ): number {
    const id = ++this.#lastId;
    if (this.#ended) throw this.#ended;
    this.#tries.set(id, onReport);
    this.#worker.postMessage({ type: "send", id, request });
    return id;
  }

  /** Has the checksums of shared memory computed. */
  digest(bytes: Uint8Array, sums: LaneTarget["sums"]): Promise<Checksums> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      const id = ++this.#lastId;
      this.#tries.set(id, (report) => {
        this.#tries.delete(id);
        if (report instanceof WireError) reject(report);
        else if (report.type === "digested") resolve(report.sums);
      });
      this.#worker.postMessage({ type: "digest", id, bytes, memory: boundMemory(bytes.buffer), sums });
    });
  }

  /** Has it open connections to an endpoint that a try of it went to. */
  openAhead(url: string, connections: number): void {
    this.#worker.postMessage({ type: "openAhead", url, connections });
  }

  /** Sends a further command of a try. */
  post(
    command: Exclude<LaneCommand, { readonly type: "configure" | "digest" | "openAhead" | "send" }>,
  ): void {
    if (this.#tries.has(command.id)) this.#worker.postMessage(command);
  }

  /** Nothing more comes of a try, or nothing more is wanted. */
  forget(id: number): void {
    this.#tries.delete(id);
  }

  /** Ends the lane; what it carries ends with `error`. */
  end(error: WireError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#worker.terminate();
    for (const [id, onReport] of [...this.#tries]) {
      this.#tries.delete(id);
      onReport(error);
    }
  }

  #take(report: LaneReport): void {
    if (this.#ended) return;
    if (report.type === "ready") {
      this.#ready = true;
      return this.#listener.ready();
    }
    if ("id" in report) this.#tries.get(report.id)?.(report);
    else this.#listener.report(report);
  }

  #break(detail: string): void {
    if (this.#ended) return;
    this.end(new WireError("reset", detail));
    this.#listener.broke();
  }
}
