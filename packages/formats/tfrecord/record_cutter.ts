import { crc32c } from "@lade/codec/checksum";
import type { FormatError } from "../errors/format_error.ts";
import { RecordBatch } from "./record_batch.ts";
import { DATA_FAULT, LENGTH_FAULT, recordFault } from "./record_fault.ts";
import { FOOT_BYTES, HEAD_BYTES, isMaskedCrc, lengthInHead } from "./record_frame.ts";

/** What a {@linkcode RecordCutter} is told of the bytes that it gets. */
export interface RecordCutterContext {
  /** The object. */
  readonly uri: string;
  /** Where the bytes end, where that is known. */
  readonly size?: number;
  /** Where the first byte lies; 0 by default. */
  readonly offset?: number;
  /** Which record begins there; 0 by default. */
  readonly first?: number;
  /** Takes records whose checksum does not fit, which are then left out; else they are thrown. */
  readonly onFault?: (fault: FormatError) => void;
}

/** Memory that a record in several pieces begins with. */
const FIRST_BYTES = 2 ** 20;

/**
 * Cuts bytes that come in pieces into records. Every checksum is compared: that of a length before the length is believed,
 * and that of a record piece by piece as it comes, while it is in the processor's cache. Records that lie in one piece are
 * not copied.
 */
export class RecordCutter {
  readonly #context: RecordCutterContext;
  /** Where the next frame begins, and its number. */
  #offset: number;
  #record: number;
  /** What of a frame that goes on in the next piece is here. */
  readonly #head = new Uint8Array(HEAD_BYTES);
  readonly #foot = new Uint8Array(FOOT_BYTES);
  #memory = new Uint8Array(0);
  #have = 0;
  #length = 0;
  #crc = 0;
  /** Whether the last frame in several pieces was. */
  #isSound = true;

  /** Begins with the first byte of a frame. */
  constructor(context: RecordCutterContext) {
    this.#context = context;
    this.#offset = context.offset ?? 0;
    this.#record = context.first ?? 0;
  }

  /** Records that ended so far, counted from the object's first. */
  get record(): number {
    return this.#record;
  }

  /** Where the next frame begins. */
  get offset(): number {
    return this.#offset;
  }

  /** The records that end in a piece. They are valid until the next is asked for, and the piece has to stay as long. */
  *push(piece: Uint8Array): Generator<RecordBatch, void, void> {
    let at = 0;
    if (this.#have > 0) {
      at = this.#goOn(piece);
      if (this.#have > 0) return;
      const place = { first: this.#record - 1, offset: this.#offset - FOOT_BYTES - this.#length };
      if (this.#isSound) yield new RecordBatch(place, this.#memory, [0], [this.#length]);
    }
    const place = { first: this.#record, offset: this.#offset - at };
    const [starts, ends]: [number[], number[]] = [[], []];
    let failure: { readonly error: unknown } | undefined;
    try {
      while (piece.length - at >= HEAD_BYTES) {
        const length = this.#checkedLength(piece, at);
        const [start, end] = [at + HEAD_BYTES, at + HEAD_BYTES + length];
        if (end + FOOT_BYTES > piece.length) break;
        if (isMaskedCrc(piece, end, crc32c(piece.subarray(start, end)))) {
          starts.push(start);
          ends.push(end);
        } else {
          this.#report();
          if (starts.length > 0) yield new RecordBatch({ ...place }, piece, starts.splice(0), ends.splice(0));
          place.first = this.#record + 1;
        }
        at = end + FOOT_BYTES;
        this.#record++;
        this.#offset += HEAD_BYTES + length + FOOT_BYTES;
      }
    } catch (error) {
      // What is sound before it comes first.
      failure = { error };
    }
    if (starts.length > 0) yield new RecordBatch(place, piece, starts, ends);
    if (failure) throw failure.error;
    if (at < piece.length) this.#goOn(piece.subarray(at));
  }

  /** Throws where the bytes do not end with a record. */
  finish(): void {
    if (this.#have === 0) return;
    const total = this.#have < HEAD_BYTES ? undefined : HEAD_BYTES + this.#length + FOOT_BYTES;
    throw this.#fault(
      total === undefined
        ? `it is cut after ${this.#have} of the ${HEAD_BYTES} bytes of its head`
        : `it is cut after ${this.#have} of its ${total} bytes`,
    );
  }

  /** Takes what belongs to the frame that has begun; gives how many bytes that were. */
  #goOn(piece: Uint8Array): number {
    let at = 0;
    if (this.#have < HEAD_BYTES) {
      at = Math.min(HEAD_BYTES - this.#have, piece.length);
      this.#head.set(piece.subarray(0, at), this.#have);
      this.#have += at;
      if (this.#have < HEAD_BYTES) return at;
      this.#length = this.#checkedLength(this.#head, 0);
      this.#crc = 0;
    }
    const done = this.#have - HEAD_BYTES;
    const body = piece.subarray(at, at + Math.max(0, this.#length - done));
    if (body.length > 0) {
      this.#crc = crc32c(body, this.#crc);
      this.#hold(done + body.length);
      this.#memory.set(body, done);
    }
    at += body.length;
    this.#have += body.length;
    const footAt = this.#have - HEAD_BYTES - this.#length;
    if (footAt >= 0) {
      const foot = piece.subarray(at, at + FOOT_BYTES - footAt);
      this.#foot.set(foot, footAt);
      this.#have += foot.length;
      at += foot.length;
      if (footAt + foot.length === FOOT_BYTES) this.#end();
    }
    return at;
  }

  #end(): void {
    this.#isSound = isMaskedCrc(this.#foot, 0, this.#crc);
    if (!this.#isSound) this.#report();
    this.#record++;
    this.#offset += this.#have;
    this.#have = 0;
  }

  /** Grows with what has come, never with what a length claims. */
  #hold(bytes: number): void {
    if (bytes <= this.#memory.length) return;
    const grown = new Uint8Array(Math.min(this.#length, Math.max(FIRST_BYTES, 2 * bytes)));
    grown.set(this.#memory);
    this.#memory = grown;
  }

  #checkedLength(bytes: Uint8Array, at: number): number {
    const length = lengthInHead(bytes, at);
    if (length === undefined) throw this.#fault(LENGTH_FAULT);
    const { size } = this.#context;
    const left = (size ?? Number.MAX_SAFE_INTEGER) - this.#offset - HEAD_BYTES - FOOT_BYTES;
    if (length > left) {
      throw this.#fault(
        size === undefined
          ? `it has ${length} bytes, more than any object`
          : `it has ${length} bytes, and ${Math.max(left, 0)} are left`,
      );
    }
    return length;
  }

  #report(): void {
    const fault = this.#fault(DATA_FAULT);
    if (!this.#context.onFault) throw fault;
    this.#context.onFault(fault);
  }

  #fault(detail: string): FormatError {
    return recordFault({ uri: this.#context.uri, record: this.#record, offset: this.#offset }, detail);
  }
}
