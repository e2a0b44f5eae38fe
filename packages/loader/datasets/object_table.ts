import type { ObjectMeta } from "@lade/core";

/** What a table keeps of an object. */
export interface TableObject {
  /** The key. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** The tag of its content, where the store has one. */
  readonly etag?: string;
}

const FIRST_ROOM = 1024;
/** Bytes that are handed out at a time. */
const PIECE = 2 ** 16;

/**
 * Objects by number, packed: two texts and a size for each take 20 bytes besides their UTF-8, so that ten million fit into
 * memory. Rows are only added.
 */
export class ObjectTable {
  #sizes = new Float64Array(FIRST_ROOM);
  /** Where the key of each ends, and its tag, in `#text`. */
  #keyEnds = new Float64Array(FIRST_ROOM);
  #tagEnds = new Float64Array(FIRST_ROOM);
  #text = new Uint8Array(FIRST_ROOM * 32);
  #textLength = 0;
  #length = 0;
  #bytes = 0;

  /** Makes one of listed objects. */
  static async of(objects: AsyncIterable<ObjectMeta> | Iterable<ObjectMeta>): Promise<ObjectTable> {
    const table = new ObjectTable();
    for await (const object of objects) table.add(object);
    return table;
  }

  /** Objects. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds one. */
  add({ key, size, etag }: TableObject): void {
    if (this.#length === this.#sizes.length) this.#grow();
    this.#append(key);
    this.#keyEnds[this.#length] = this.#textLength;
    // No tag is empty, so an empty one is none.
    this.#append(etag ?? "");
    this.#tagEnds[this.#length] = this.#textLength;
    this.#sizes[this.#length] = size;
    this.#bytes += size;
    this.#length++;
  }

  /** The object of a number, from 0 up to before `length`; another one is a `RangeError`. */
  at(index: number): TableObject {
    if (!(Number.isInteger(index) && index >= 0 && index < this.#length)) {
      throw new RangeError(`Cannot find object ${index}: there are ${this.#length}`);
    }
    const start = index === 0 ? 0 : this.#tagEnds[index - 1] ?? 0;
    const middle = this.#keyEnds[index] ?? 0, end = this.#tagEnds[index] ?? 0;
    const key = decoder.decode(this.#text.subarray(start, middle));
    const size = this.#sizes[index] ?? 0;
    return middle === end
      ? { key, size }
      : { key, size, etag: decoder.decode(this.#text.subarray(middle, end)) };
  }

  /**
   * All that was added, as bytes to be hashed: the name of each without the first `prefix` bytes, its size, and with `tags`
   * its tag. The bytes are valid until the next are asked for.
   */
  *content({ prefix = 0, tags = true }: { prefix?: number; tags?: boolean } = {}): Generator<Uint8Array> {
    const piece = new Uint8Array(PIECE);
    const view = new DataView(piece.buffer);
    let at = 0;
    for (let index = 0; index < this.#length; index++) {
      const start = (index === 0 ? 0 : this.#tagEnds[index - 1] ?? 0) + prefix;
      const middle = this.#keyEnds[index] ?? 0;
      const end = tags ? this.#tagEnds[index] ?? 0 : middle;
      const needed = 16 + end - start;
      if (at + needed > PIECE) {
        yield piece.subarray(0, at);
        at = 0;
      }
      view.setUint32(at, middle - start);
      view.setUint32(at + 4, end - middle);
      view.setFloat64(at + 8, this.#sizes[index] ?? 0);
      if (needed > PIECE) {
        yield piece.subarray(0, 16);
        yield this.#text.subarray(start, end);
        continue;
      }
      piece.set(this.#text.subarray(start, end), at + 16);
      at += needed;
    }
    yield piece.subarray(0, at);
  }

  #append(text: string): void {
    const most = text.length * 3;
    if (this.#textLength + most > this.#text.length) {
      const larger = new Uint8Array(Math.max(this.#text.length * 2, this.#textLength + most));
      larger.set(this.#text.subarray(0, this.#textLength));
      this.#text = larger;
    }
    this.#textLength += encoder.encodeInto(text, this.#text.subarray(this.#textLength)).written;
  }

  #grow(): void {
    const larger = (column: Float64Array<ArrayBuffer>) => {
      const grown = new Float64Array(column.length * 2);
      grown.set(column);
      return grown;
    };
    this.#sizes = larger(this.#sizes);
    this.#keyEnds = larger(this.#keyEnds);
    this.#tagEnds = larger(this.#tagEnds);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
