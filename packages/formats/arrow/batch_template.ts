import { FlatBuilder, type FlatField, number, reference } from "./flat_builder.ts";
import { PREFIX } from "./message.ts";
import { frame } from "./frame_message.ts";
import { HEADER, VERSION } from "./type_codes.ts";

/** What a batch's message is made for. */
export interface TemplateShape {
  /** Columns, those below others included. */
  readonly nodes: number;
  /** Buffers. */
  readonly buffers: number;
  /** Whether they are compressed by zstd. */
  readonly zstd: boolean;
  /** What the message begins at a multiple of, and its body too. */
  readonly alignment: number;
}

/** What differs between messages of one shape. */
export interface BatchNumbers {
  /** Rows. */
  readonly rows: number;
  /** Two numbers for each node. */
  readonly nodes: readonly number[];
  /** Two numbers for each buffer: where it lies in the body, and its length. */
  readonly buffers: readonly number[];
  /** Bytes of the body. */
  readonly bodyLength: number;
}

/** Texts grow into so many bytes before the message is built anew. */
const ROOM = 64;

const ZSTD = 1;

/**
 * The message of a record batch, whose numbers and texts are put into the same bytes for each batch: all batches of a
 * schema have the same parts.
 */
export class BatchTemplate {
  readonly #shape: TemplateShape;
  #keys = "";
  #message = new Uint8Array(0);
  #view = new DataView(this.#message.buffer);
  #rows = 0;
  #length = 0;
  #nodes = 0;
  #buffers = 0;
  #texts: { readonly at: number; readonly room: number }[] = [];

  /** None is built yet. */
  constructor(shape: TemplateShape) {
    this.#shape = shape;
  }

  /** The message, which is valid until the next one is asked for. */
  fill(numbers: BatchNumbers, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    const keys = JSON.stringify(Object.keys(metadata));
    if (this.#message.length === 0 || keys !== this.#keys || !this.#setTexts(Object.values(metadata))) {
      this.#keys = keys;
      this.#build(metadata);
      this.#setTexts(Object.values(metadata));
    }
    this.#set(this.#rows, numbers.rows);
    this.#set(this.#length, numbers.bodyLength);
    numbers.nodes.forEach((value, index) => this.#set(this.#nodes + index * 8, value));
    numbers.buffers.forEach((value, index) => this.#set(this.#buffers + index * 8, value));
    return this.#message;
  }

  #set(at: number, value: number): void {
    this.#view.setBigInt64(at, BigInt(value), true);
  }

  /** Puts texts in their places; `false` where one has no room. */
  #setTexts(values: readonly string[]): boolean {
    for (const [index, value] of values.entries()) {
      const { at, room } = this.#texts[index] ?? { at: 0, room: -1 };
      const bytes = new TextEncoder().encode(value);
      if (bytes.length > room) return false;
      this.#view.setUint32(at, bytes.length, true);
      this.#message.fill(0, at + 4, at + 4 + room);
      this.#message.set(bytes, at + 4);
    }
    return true;
  }

  #build(metadata: Readonly<Record<string, string>>): void {
    const { nodes, buffers, zstd, alignment } = this.#shape;
    const builder = new FlatBuilder();
    const texts: { fromEnd: number; room: number }[] = [];
    const pairs = Object.entries(metadata).map(([key, value]) => {
      const length = new TextEncoder().encode(value).length;
      const room = length + ROOM - length % ROOM;
      const fromEnd = builder.text(value, room);
      texts.push({ fromEnd, room });
      return builder.table([reference(builder.text(key)), reference(fromEnd)]);
    });
    const pairsVector = pairs.length > 0 ? reference(builder.vector(pairs)) : undefined;
    const compression = zstd ? reference(builder.table([number(1, ZSTD), number(1, 0)])) : undefined;
    const buffersAt = builder.structs(new Array<number>(buffers * 2).fill(0), 2);
    const nodesAt = builder.structs(new Array<number>(nodes * 2).fill(0), 2);
    let [rowsAt, lengthAt] = [0, 0];
    const placed = (set: (at: number) => void): FlatField => ({ bytes: 8, value: 0, placed: set });
    const batch = builder.table([
      placed((at) => rowsAt = at),
      reference(nodesAt),
      reference(buffersAt),
      compression,
    ]);
    const message = builder.table([
      number(2, VERSION.V5),
      number(1, HEADER.batch),
      reference(batch),
      placed((at) => lengthAt = at),
      pairsVector,
    ]);
    const flat = builder.finish(message);
    this.#message = frame(flat, alignment);
    this.#view = new DataView(this.#message.buffer);
    const end = PREFIX + flat.length;
    this.#rows = end - rowsAt;
    this.#length = end - lengthAt;
    // Behind the number of structs that a vector begins with.
    this.#nodes = end - nodesAt + 4;
    this.#buffers = end - buffersAt + 4;
    this.#texts = texts.map(({ fromEnd, room }) => ({ at: end - fromEnd, room }));
  }
}
