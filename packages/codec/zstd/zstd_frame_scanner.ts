import { isContinued } from "./continued_frame.ts";
import {
  FRAME_MAGIC,
  type FrameHeader,
  frameHeaderLength,
  LONGEST_HEADER,
  parseFrameHeader,
} from "./frame_header.ts";
import type { ZstdFault } from "./zstd_fault.ts";

/** Where a {@linkcode ZstdFrameScanner} stands: what the next byte is part of. */
export type ScanPlace =
  | "magic number"
  | "frame header"
  | "block header"
  | "block"
  | "checksum"
  | "skippable frame header"
  | "skippable frame";

/** What a {@linkcode ZstdFrameScanner} checks against. */
export interface FrameScannerConfig {
  /** Makes the errors. */
  readonly fault: ZstdFault;
  /** Largest window that is let through, as a power of two. */
  readonly maxWindowLog: number;
}

const LARGEST_BLOCK = 2 ** 17;

/**
 * Walks a stream of zstd frames (RFC 8878, section 3) without decompressing it: it finds where each frame ends, how
 * much content it can have, and whether the stream ends where it may.
 *
 * Truncation, bytes that are no frame, and lengths that break the format are faults of the kind `damaged`; a window that
 * is too large and a frame that needs a dictionary are `unsupported`.
 */
export class ZstdFrameScanner {
  readonly #config: FrameScannerConfig;
  readonly #held = new Uint8Array(LONGEST_HEADER);
  #heldLength = 0;
  #place: ScanPlace = "magic number";
  #remaining = 4;
  #position = 0;
  #frames = 0;
  #continued = false;
  #header: FrameHeader | undefined;
  #headerBytes = new Uint8Array(0);
  #lastBlock = false;
  #contentBound = 0;

  /** Starts before the first byte. */
  constructor(config: FrameScannerConfig) {
    this.#config = config;
  }

  /** What the next byte is part of; `"magic number"` between two frames. */
  get place(): ScanPlace {
    return this.#place;
  }

  /** Bytes walked so far. */
  get position(): number {
    return this.#position;
  }

  /** The header of the frame that the walk is in or has just ended; absent for a skippable one. */
  get header(): FrameHeader | undefined {
    return this.#header;
  }

  /** The bytes of {@linkcode ZstdFrameScanner.header}. */
  get headerBytes(): Uint8Array {
    return this.#headerBytes;
  }

  /** The most content that the blocks of this frame can have, up to and with the one that the walk is in. */
  get contentBound(): number {
    return this.#contentBound;
  }

  /** Walks to the end of the present place or of `bytes`, whichever is first, and returns the offset reached. */
  scan(bytes: Uint8Array, offset: number): number {
    const length = Math.min(this.#remaining, bytes.length - offset);
    if (this.#place !== "block" && this.#place !== "skippable frame" && this.#place !== "checksum") {
      this.#held.set(bytes.subarray(offset, offset + length), this.#heldLength);
      this.#heldLength += length;
    }
    this.#remaining -= length;
    this.#position += length;
    if (this.#remaining === 0) this.#leave();
    return offset + length;
  }

  /** Throws unless the stream may end here. */
  finish(): void {
    if (this.#position === 0) throw this.#mismatch("compressed data ends early: it is empty");
    if (this.#place === "magic number" && this.#heldLength === 0) {
      if (!this.#continued) return;
      throw this.#mismatch(
        `compressed data ends early: after ${this.#position} bytes, where another frame must follow`,
      );
    }
    throw this.#mismatch(`compressed data ends early: after ${this.#position} bytes, in a ${this.#place}`);
  }

  #leave(): void {
    const held = new DataView(this.#held.buffer);
    switch (this.#place) {
      case "magic number":
        return this.#leaveMagic(held.getUint32(0, true));
      case "frame header":
        if (this.#heldLength === 5) {
          this.#remaining = frameHeaderLength(held.getUint8(4)) - 5;
          if (this.#remaining > 0) return;
        }
        return this.#leaveHeader();
      case "block header":
        return this.#leaveBlockHeader(held.getUint16(0, true) + held.getUint8(2) * 0x1_0000);
      case "block":
        if (!this.#lastBlock) return this.#enter("block header", 3);
        return this.#header?.checksum ? this.#enter("checksum", 4) : this.#enter("magic number", 4);
      case "skippable frame header":
        return this.#enter("skippable frame", held.getUint32(4, true));
      case "checksum":
      case "skippable frame":
        return this.#enter("magic number", 4);
    }
  }

  #enter(place: ScanPlace, length: number): void {
    this.#place = place;
    this.#remaining = length;
    if (place !== "frame header" && place !== "skippable frame header") this.#heldLength = 0;
    if (length === 0) this.#leave();
  }

  #leaveMagic(magic: number): void {
    if (magic === FRAME_MAGIC) this.#enter("frame header", 1);
    else if (magic >= 0x184d2a50 && magic <= 0x184d2a5f) {
      this.#header = undefined;
      this.#enter("skippable frame header", 4);
    } else {
      const where = this.#position - 4;
      const hint = this.#frames === 0 && where === 0 ? "the data is not zstd" : "no frame starts there";
      throw this.#mismatch(`compressed data is damaged at byte ${where}: ${hint}`);
    }
  }

  #leaveHeader(): void {
    const bytes = this.#held.slice(0, this.#heldLength);
    let header: FrameHeader;
    try {
      header = parseFrameHeader(bytes);
    } catch (error) {
      throw this.#mismatch(
        `compressed data is damaged at byte ${this.#position}: ${(error as Error).message}`,
      );
    }
    this.#checkHeader(header);
    this.#header = header;
    this.#headerBytes = bytes;
    this.#frames++;
    this.#continued = isContinued(bytes, header);
    this.#contentBound = 0;
    this.#enter("block header", 3);
  }

  #checkHeader({ windowSize, dictionaryId }: FrameHeader): void {
    const { fault, maxWindowLog } = this.#config;
    if (dictionaryId !== 0) {
      throw fault("unsupported", `it needs dictionary ${dictionaryId}`);
    }
    if (windowSize > 2 ** maxWindowLog) {
      const detail =
        `a frame asks for a window of ${windowSize} bytes, maxWindowLog ${maxWindowLog} permits ` +
        `${2 ** maxWindowLog}: raise it for data that you trust`;
      throw fault("unsupported", detail);
    }
  }

  #leaveBlockHeader(value: number): void {
    this.#lastBlock = (value & 1) === 1;
    const type = value >> 1 & 3;
    const size = value >> 3;
    const largest = Math.min(this.#header?.windowSize ?? 0, LARGEST_BLOCK);
    const where = this.#position - 3;
    if (type === 3) throw this.#mismatch(`compressed data is damaged at byte ${where}: reserved block type`);
    if (size > largest) {
      throw this.#mismatch(
        `compressed data is damaged at byte ${where}: a block of ${size} bytes, at most ${largest}`,
      );
    }
    this.#contentBound += type === 2 ? largest : size;
    this.#enter("block", type === 1 ? 1 : size);
  }

  #mismatch(detail: string): Error {
    return this.#config.fault("damaged", detail);
  }
}
