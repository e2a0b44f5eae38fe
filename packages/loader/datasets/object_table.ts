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

/** Objects of a page. */
const PAGE = 4096;
/** Bytes that are handed out at a time. */
const PIECE = 2 ** 16;
/** In a tag's end: that it is an MD5 as services write it, of which the 16 bytes are kept. */
const IS_MD5 = 2 ** 31;

/** Some objects, one after the other. */
interface Page {
  readonly sizes: Float64Array;
  /** Where the key of each ends in `text`, and where its tag does. */
  readonly ends: Uint32Array;
  readonly text: Uint8Array;
}

/**
 * Objects by number, packed: two texts and a size for each take 16 bytes besides their UTF-8, and tags that are an MD5 take
 * 16, so that ten million fit into memory. Rows are only added, and what was added stays where it is.
 */
export class ObjectTable {
  readonly #pages: Page[] = [];
  /** What is being filled. */
  #sizes = new Float64Array(PAGE);
  #ends = new Uint32Array(2 * PAGE);
  #text = new Uint8Array(PAGE * 32);
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
    const place = this.#length % PAGE;
    this.#append(key);
    this.#ends[2 * place] = this.#textLength;
    // No tag is empty, so an empty one is none.
    const isMd5 = this.#appendTag(etag ?? "");
    this.#ends[2 * place + 1] = isMd5 ? this.#textLength + IS_MD5 : this.#textLength;
    this.#sizes[place] = size;
    this.#bytes += size;
    this.#length++;
    if (place === PAGE - 1) this.#turn();
  }

  /** The object of a number, from 0 up to before `length`; another one is a `RangeError`. */
  at(index: number): TableObject {
    if (!(Number.isInteger(index) && index >= 0 && index < this.#length)) {
      throw new RangeError(`Cannot find object ${index}: there are ${this.#length}`);
    }
    const { text, start, middle, end, isMd5, size } = this.#find(index);
    const key = decoder.decode(text.subarray(start, middle));
    if (middle === end) return { key, size };
    const tag = text.subarray(middle, end);
    return { key, size, etag: isMd5 ? tag.toHex() : decoder.decode(tag) };
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
      const { text, start, middle, end, isMd5, size } = this.#find(index);
      const name = text.subarray(start + prefix, middle);
      const tag = !tags ? NOTHING : isMd5 ? hexOf(text, middle) : text.subarray(middle, end);
      const needed = 16 + name.length + tag.length;
      if (at + needed > PIECE) {
        yield piece.subarray(0, at);
        at = 0;
      }
      view.setUint32(at, name.length);
      view.setUint32(at + 4, tag.length);
      view.setFloat64(at + 8, size);
      if (needed > PIECE) {
        yield piece.subarray(0, 16);
        const whole = new Uint8Array(name.length + tag.length);
        whole.set(name);
        whole.set(tag, name.length);
        yield whole;
        continue;
      }
      piece.set(name, at + 16);
      piece.set(tag, at + 16 + name.length);
      at += needed;
    }
    yield piece.subarray(0, at);
  }

  #find(index: number) {
    const page = this.#pages[Math.floor(index / PAGE)] ?? this.#latest();
    const { sizes, ends, text } = page;
    const place = index % PAGE;
    const start = place === 0 ? 0 : (ends[2 * place - 1] ?? 0) % IS_MD5;
    const middle = ends[2 * place] ?? 0, tagged = ends[2 * place + 1] ?? 0;
    return { text, start, middle, end: tagged % IS_MD5, isMd5: tagged >= IS_MD5, size: sizes[place] ?? 0 };
  }

  #latest(): Page {
    return { sizes: this.#sizes, ends: this.#ends, text: this.#text };
  }

  /** Puts the page that is full away, without the room that its text did not need. */
  #turn(): void {
    this.#pages.push({ ...this.#latest(), text: this.#text.slice(0, this.#textLength) });
    this.#sizes = new Float64Array(PAGE);
    this.#ends = new Uint32Array(2 * PAGE);
    this.#textLength = 0;
  }

  #append(text: string): void {
    this.#reserve(text.length * 3);
    this.#textLength += encoder.encodeInto(text, this.#text.subarray(this.#textLength)).written;
  }

  /** Adds a tag, and says whether it was an MD5. */
  #appendTag(tag: string): boolean {
    const isMd5 = tag.length === 32 && MD5.test(tag);
    if (!isMd5) this.#append(tag);
    else {
      this.#reserve(16);
      this.#text.subarray(this.#textLength, this.#textLength += 16).setFromHex(tag);
    }
    return isMd5;
  }

  #reserve(most: number): void {
    if (this.#textLength + most <= this.#text.length) return;
    const larger = new Uint8Array(Math.max(this.#text.length * 2, this.#textLength + most));
    larger.set(this.#text.subarray(0, this.#textLength));
    this.#text = larger;
  }
}

const MD5 = /^[0-9a-f]{32}$/;
const NOTHING = new Uint8Array(0);
const DIGITS = new TextEncoder().encode("0123456789abcdef");
const HEX = new Uint8Array(32);

/** 16 bytes as services write an MD5; valid until the next. */
function hexOf(text: Uint8Array, from: number): Uint8Array {
  for (let place = 0; place < 16; place++) {
    const byte = text[from + place] ?? 0;
    HEX[2 * place] = DIGITS[byte >> 4] ?? 0;
    HEX[2 * place + 1] = DIGITS[byte & 15] ?? 0;
  }
  return HEX;
}

const encoder = new TextEncoder();
// A name may begin with U+FEFF, which is then no byte order mark.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
