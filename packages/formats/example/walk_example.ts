import { LEN, WireFault, type WireReader } from "./wire_reader.ts";

/** The maps that an Example or SequenceExample has: features of the whole, and lists of them by step. */
export type FeatureMap = "features" | "lists";

/** Takes an entry of a map: where its name lies, and where its value does. */
export type OnEntry = (map: FeatureMap, name: Span, value: Span) => void;

/** Where something lies: from `start` up to before `end`. It is used again for the next one. */
export interface Span {
  /** The first byte. */
  start: number;
  /** Behind the last one. */
  end: number;
}

const FEATURES = 1 << 3 | LEN;
const LISTS = 2 << 3 | LEN;
const ENTRY = 1 << 3 | LEN;
const NAME = 1 << 3 | LEN;
const VALUE = 2 << 3 | LEN;

/** Goes through a message's entries, in the order in which they lie; a name may come again. */
export class ExampleWalker {
  readonly #reader: WireReader;
  readonly #name: Span = { start: 0, end: 0 };
  readonly #value: Span = { start: 0, end: 0 };

  /** Goes by this reader. */
  constructor(reader: WireReader) {
    this.#reader = reader;
  }

  /** Goes through the message that ends at `end` and begins where the reader stands. */
  walk(end: number, onEntry: OnEntry): void {
    const reader = this.#reader;
    while (reader.at < end) {
      const start = reader.at;
      const tag = reader.tag(end);
      if (tag === FEATURES || tag === LISTS) {
        this.#walkMap(tag === FEATURES ? "features" : "lists", reader.lengthTo(end), onEntry);
      } else if (tag >>> 3 <= 2) throw misencoded(tag, start);
      else reader.skip(tag, end);
    }
  }

  #walkMap(map: FeatureMap, end: number, onEntry: OnEntry): void {
    const reader = this.#reader;
    while (reader.at < end) {
      const start = reader.at;
      const tag = reader.tag(end);
      if (tag === ENTRY) this.#walkEntry(map, reader.lengthTo(end), onEntry);
      else if (tag >>> 3 === 1) throw misencoded(tag, start);
      else reader.skip(tag, end);
    }
  }

  #walkEntry(map: FeatureMap, end: number, onEntry: OnEntry): void {
    const reader = this.#reader;
    const [name, value] = [this.#name, this.#value];
    name.start =
      name.end =
      value.start =
      value.end =
        reader.at;
    let hasValue = false;
    while (reader.at < end) {
      const start = reader.at;
      const tag = reader.tag(end);
      if (tag === NAME) {
        name.end = reader.lengthTo(end);
        name.start = reader.at;
        reader.at = name.end;
      } else if (tag === VALUE) {
        if (hasValue) throw new WireFault("an entry has two values", start);
        hasValue = true;
        value.end = reader.lengthTo(end);
        value.start = reader.at;
        reader.at = value.end;
      } else if (tag >>> 3 <= 2) throw misencoded(tag, start);
      else reader.skip(tag, end);
    }
    onEntry(map, name, value);
  }
}

/** A field that is there, in an encoding that it never has. */
export function misencoded(tag: number, at: number): WireFault {
  return new WireFault(`field ${tag >>> 3} has the encoding ${tag & 7}, which it never has`, at);
}
