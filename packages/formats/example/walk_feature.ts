import { I32, LEN, VARINT, WireFault, type WireReader } from "./wire_reader.ts";
import { misencoded } from "./walk_example.ts";

/** What the values of a feature are. */
export type FeatureKind = "bytes" | "floats" | "ints";

const KINDS: readonly (FeatureKind | undefined)[] = [undefined, "bytes", "floats", "ints"];
const STEP = 1 << 3 | LEN;

/** Takes the values of a feature as they come. */
export interface ValueSink {
  /** Takes a bytes value, which lies from `start` up to before `end`. */
  bytes(reader: WireReader, start: number, end: number): void;
  /** Takes `count` floats of four bytes, which lie one after the other from `start` on. */
  floats(reader: WireReader, start: number, count: number): void;
  /** Takes the whole numbers that lie one after the other where the reader stands, up to `end`; returns how many there are. */
  ints(reader: WireReader, end: number): number;
}

/**
 * Goes through the values of the feature that ends at `end` and begins where the reader stands. Gives how many there are;
 * `kind` says what they are, `undefined` for a feature that holds nothing.
 */
export class FeatureWalker {
  /** What the values of the last feature were. */
  kind: FeatureKind | undefined;
  readonly #reader: WireReader;

  /** Goes by this reader. */
  constructor(reader: WireReader) {
    this.#reader = reader;
  }

  /** The values of a feature. */
  walk(end: number, sink: ValueSink): number {
    const reader = this.#reader;
    this.kind = undefined;
    let count = 0;
    while (reader.at < end) {
      const start = reader.at;
      const tag = reader.tag(end);
      const kind = KINDS[tag >>> 3];
      if (!kind) {
        reader.skip(tag, end);
        continue;
      }
      if ((tag & 7) !== LEN) throw misencoded(tag, start);
      if (this.kind !== undefined && this.kind !== kind) {
        throw new WireFault(`a feature holds both ${this.kind} and ${kind}`, start);
      }
      this.kind = kind;
      count += this.#walkList(kind, reader.lengthTo(end), sink);
    }
    return count;
  }

  /** The features of a list of them, one for each step; `onStep` is given where each ends, and goes through it. */
  steps(end: number, onStep: (end: number) => void): void {
    const reader = this.#reader;
    while (reader.at < end) {
      const start = reader.at;
      const tag = reader.tag(end);
      if (tag === STEP) onStep(reader.lengthTo(end));
      else if (tag >>> 3 === 1) throw misencoded(tag, start);
      else reader.skip(tag, end);
    }
  }

  #walkList(kind: FeatureKind, end: number, sink: ValueSink): number {
    const reader = this.#reader;
    let count = 0;
    while (reader.at < end) {
      const start = reader.at;
      const tag = reader.tag(end);
      if (tag >>> 3 !== 1) {
        reader.skip(tag, end);
        continue;
      }
      const encoding = tag & 7;
      if (kind === "bytes" && encoding === LEN) {
        const valueEnd = reader.lengthTo(end);
        sink.bytes(reader, reader.at, valueEnd);
        reader.at = valueEnd;
        count++;
      } else if (kind === "floats" && (encoding === LEN || encoding === I32)) {
        const valuesEnd = encoding === LEN ? reader.lengthTo(end) : reader.at + 4;
        const size = valuesEnd - reader.at;
        if (valuesEnd > end || size % 4 !== 0) throw new WireFault("floats end amid a float", start);
        sink.floats(reader, reader.at, size / 4);
        reader.at = valuesEnd;
        count += size / 4;
      } else if (kind === "ints" && encoding === LEN) count += sink.ints(reader, reader.lengthTo(end));
      else if (kind === "ints" && encoding === VARINT) {
        const valueStart = reader.at;
        reader.varint(end);
        const valueEnd = reader.at;
        reader.at = valueStart;
        count += sink.ints(reader, valueEnd);
      } else throw misencoded(tag, start);
    }
    return count;
  }
}
