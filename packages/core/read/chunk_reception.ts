import type { Permit } from "../concurrency/adaptive_limit.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { FileRegion, Poured, PourTarget } from "../contract/pour.ts";
import type { ResolvedRange } from "../contract/types.ts";
import { pourBody } from "./pour_body.ts";

/** Where the bytes of a chunk go, in memory that is handed on whenever it is full. */
export interface ChunkSink {
  /** Memory for the bytes from `offset` on, counted from the start of the object; never empty. */
  room(offset: number): Uint8Array;
  /** Called when the bytes up to `offset` are there, in one or several steps for each `room`; its result is awaited. */
  reached(offset: number): Promise<void> | undefined;
}

/** Takes the bytes of one chunk out of one answer after the other, and puts them where they belong. */
export interface ChunkReception {
  /** Bytes of the chunk that are there, right also after a failure. */
  readonly done: number;
  /** Whether it is not the answer that failed, but the place that its bytes go to. */
  readonly hasNoPlace: boolean;
  /** Takes what is left of the chunk out of an answer that begins with it, which has no more, and tells its permit. */
  receive(answer: GetResult, permit: Permit | undefined): Promise<void>;
  /** An answer failed: what is left comes by another one, if any. */
  brokeOff(): void;
}

/** What receptions tell of the bytes that came. */
export interface ReceptionReport {
  /** Called with the next bytes of the chunk, at the start of `piece` and from `offset` of the object on. */
  took(offset: number, piece: Uint8Array, count: number): void;
  /** An answer ended before its time. */
  endedEarly(count: number, length: number): Error;
  /** An answer failed, after so many bytes of the chunk. */
  brokeOff(done: number): void;
}

/** What a {@linkcode PourReception} tells. */
export interface PourReport extends Pick<ReceptionReport, "endedEarly"> {
  /** Called with what was poured of each answer. */
  poured(poured: Poured): void;
}

/** Takes no byte, so that a read of none comes to its end, and the source looks whether all is well. */
const NOTHING = new Uint8Array(0);

/** Reads a chunk into memory of its length, or piece by piece into a sink, at most `step` bytes at a time. */
export class ReadReception implements ChunkReception {
  done = 0;
  hasNoPlace = false;
  readonly #chunk: ResolvedRange;
  readonly #target: Uint8Array | ChunkSink;
  readonly #step: number;
  readonly #report: ReceptionReport;

  constructor(
    chunk: ResolvedRange,
    target: Uint8Array | ChunkSink,
    step: number,
    report: ReceptionReport,
  ) {
    this.#chunk = chunk;
    this.#target = target;
    this.#step = step;
    this.#report = report;
  }

  async receive(answer: GetResult, permit: Permit | undefined): Promise<void> {
    const { offset, length } = this.#chunk;
    const target = this.#target;
    const due = length - this.done;
    if (due === 0) await answer.readInto(NOTHING);
    while (this.done < length) {
      const room = target instanceof Uint8Array
        ? this.done === 0 ? target : target.subarray(this.done)
        : target.room(offset + this.done);
      const most = Math.min(this.#step, length - this.done);
      const piece = room.length > most ? room.subarray(0, most) : room;
      const count = await this.#read(answer, piece);
      permit?.moved(count, due);
      if (count < piece.length) throw this.#report.endedEarly(count, piece.length);
      if (this.done === length) permit?.done({ bytes: due });
      if (target instanceof Uint8Array) continue;
      this.hasNoPlace = true;
      await target.reached(offset + this.done);
      this.hasNoPlace = false;
    }
  }

  brokeOff(): void {
    this.#report.brokeOff(this.done);
  }

  async #read(answer: GetResult, piece: Uint8Array): Promise<number> {
    const before = answer.bytesRead;
    try {
      const count = await answer.readInto(piece);
      this.#take(piece, count);
      return count;
    } catch (error) {
      // What came before the failure is kept.
      this.#take(piece, answer.bytesRead - before);
      throw error;
    }
  }

  #take(piece: Uint8Array, count: number): void {
    const offset = this.#chunk.offset + this.done;
    this.done += count;
    this.#report.took(offset, piece, count);
  }
}

/** Pours a chunk straight into its place. */
export class PourReception implements ChunkReception {
  done = 0;
  hasNoPlace = false;
  readonly #target: PourTarget;
  readonly #report: PourReport;

  constructor(target: PourTarget, report: PourReport) {
    this.#target = target;
    this.#report = report;
  }

  async receive(answer: GetResult, permit: Permit | undefined): Promise<void> {
    const to = restOf(this.#target.to, this.done);
    const due = to.length;
    const onBytes = (count: number) => {
      permit?.moved(count, due);
      this.#target.onBytes?.(count);
    };
    const target = { ...this.#target, to, onBytes };
    this.hasNoPlace = true;
    const poured = await (answer.pour?.(target) ??
      pourBody({ read: (memory) => answer.readInto(memory) }, target));
    this.hasNoPlace = false;
    const { bytes, failure } = poured;
    this.done += bytes;
    this.#report.poured(poured);
    if (failure) throw failure.error;
    if (bytes < due) throw this.#report.endedEarly(bytes, due);
    permit?.done({ bytes: due });
  }

  brokeOff(): void {}
}

/** A place without its first bytes. */
function restOf(to: PourTarget["to"], done: number): FileRegion | Uint8Array<SharedArrayBuffer> {
  if (to instanceof Uint8Array) return to.subarray(done);
  return { ...to, offset: to.offset + done, length: to.length - done };
}
