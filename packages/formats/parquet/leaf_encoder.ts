import { crc32 } from "node:zlib";
import type { Compressor } from "./compress.ts";
import { GrowingBuffer } from "./growing_buffer.ts";
import type { TextValues } from "./leaf_sink.ts";
import { LeafStatistics } from "./leaf_statistics.ts";
import type { LeafNode } from "./schema_tree.ts";
import type { ShreddedLeaf } from "./shred.ts";
import { TextDictionary } from "./text_dictionary.ts";
import { i32, struct, type ThriftField, type ThriftFields, writeThriftStruct } from "./thrift_writer.ts";
import { writeHybrid } from "./write_hybrid.ts";

/** A page as it is going to lie in the object. */
export interface EncodedPage {
  /** Its header. */
  readonly header: Uint8Array;
  /** Its bytes. */
  readonly body: Uint8Array;
  /** Its first row, counted from that of the row group. */
  readonly firstRow: number;
}

/** A column of a row group, as it is going to lie in the object. */
export interface EncodedChunk {
  /** The column. */
  readonly leaf: LeafNode;
  /** Its dictionary, which comes first, where it has one. */
  readonly dictionary?: EncodedPage;
  /** Its pages. */
  readonly pages: readonly EncodedPage[];
  /** Entries. */
  readonly values: number;
  /** Bytes of the pages, with their headers. */
  readonly size: number;
  /** Bytes that they had before they were compressed, with their headers. */
  readonly fullSize: number;
  /** What the footer says of the values. */
  readonly statistics: ThriftField;
}

/** Bytes of values at which a page is closed. */
export const PAGE_SIZE = 2 ** 20;

const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const PLAIN = 0;
const RLE = 3;
const RLE_DICTIONARY = 8;

/** Makes pages of the values of one stored column, and holds them until the row group is whole. */
export class LeafEncoder {
  readonly #leaf: LeafNode;
  readonly #compressor: Compressor;
  readonly #definitions = new GrowingBuffer();
  readonly #repetitions = new GrowingBuffer();
  /** Of the page that is not closed: values as they are stored, or their places in the dictionary, four bytes each. */
  readonly #values = new GrowingBuffer();
  #statistics: LeafStatistics;
  /** What texts are told by, while that pays. */
  #dictionary: TextDictionary | undefined;
  /** The dictionary of the pages that are closed. */
  #used: TextDictionary | undefined;
  #pages: EncodedPage[] = [];
  #pageEntries = 0;
  #pageRow = 0;
  #rows = 0;
  #entries = 0;
  #size = 0;
  #fullSize = 0;

  /** For a column. */
  constructor(leaf: LeafNode, compressor: Compressor) {
    this.#leaf = leaf;
    this.#compressor = compressor;
    this.#statistics = new LeafStatistics(leaf);
    this.#dictionary = this.#newDictionary();
  }

  /** Bytes that are held. */
  get held(): number {
    return this.#size + this.#values.length;
  }

  /** Adds whole rows, copied. */
  add({ entries, definitions, repetitions, values, present }: ShreddedLeaf, rows: number): void {
    if ("offsets" in values) this.#addTexts(values as TextValues);
    else this.#values.add(values.bytes);
    if (definitions) this.#definitions.add(definitions);
    if (repetitions) this.#repetitions.add(repetitions);
    this.#statistics.add(values, entries - present);
    this.#pageEntries += entries;
    this.#entries += entries;
    this.#rows += rows;
    if (this.#values.length >= PAGE_SIZE || this.#pageEntries >= PAGE_SIZE) this.#closePage();
  }

  /** What a row group has of it. It is empty again afterwards. */
  finish(): EncodedChunk {
    if (this.#pageEntries > 0 || this.#pages.length === 0) this.#closePage();
    const dictionary = this.#used && this.#encodeDictionary(this.#used);
    const chunk = {
      leaf: this.#leaf,
      ...(dictionary && { dictionary }),
      pages: this.#pages,
      values: this.#entries,
      size: this.#size,
      fullSize: this.#fullSize,
      statistics: this.#statistics.finish(),
    };
    this.#statistics = new LeafStatistics(this.#leaf);
    this.#dictionary = this.#newDictionary();
    this.#used = undefined;
    this.#pages = [];
    this.#pageRow =
      this.#rows =
      this.#entries =
      this.#size =
      this.#fullSize =
        0;
    return chunk;
  }

  #newDictionary(): TextDictionary | undefined {
    return this.#leaf.element.type === "BYTE_ARRAY" ? new TextDictionary() : undefined;
  }

  #addTexts(values: TextValues): void {
    const places = this.#dictionary?.add(values);
    if (places) return this.#values.add(new Uint8Array(places.buffer));
    if (this.#dictionary) this.#giveUpDictionary(this.#dictionary);
    addTexts(this.#values, values);
  }

  /** Later values are stored as they are, and so are those of the page that is not closed. */
  #giveUpDictionary(dictionary: TextDictionary): void {
    this.#dictionary = undefined;
    const places = wordsOf(this.#values.view());
    this.#values.clear();
    dictionary.addPlain(places, this.#values);
  }

  #closePage(): void {
    const { defined, repetition, element } = this.#leaf;
    const page = new GrowingBuffer();
    if (repetition > 0) writeLevels(page, this.#repetitions.view(), repetition);
    if (defined > 0) writeLevels(page, this.#definitions.view(), defined);
    const values = this.#values.view();
    if (this.#dictionary) {
      this.#used = this.#dictionary;
      writePlaces(page, wordsOf(values), this.#dictionary.count);
    } else page.add(element.type === "BOOLEAN" ? packBits(values) : values);
    const encoding = this.#dictionary ? RLE_DICTIONARY : PLAIN;
    const header = struct({ 1: i32(this.#pageEntries), 2: i32(encoding), 3: i32(RLE), 4: i32(RLE) });
    this.#pages.push(this.#encodePage(DATA_PAGE, page.view(), { 5: header }));
    this.#pageRow = this.#rows;
    this.#pageEntries = 0;
    this.#definitions.clear();
    this.#repetitions.clear();
    this.#values.clear();
  }

  #encodeDictionary({ count, plain }: TextDictionary): EncodedPage {
    return this.#encodePage(DICTIONARY_PAGE, plain, { 7: struct({ 1: i32(count), 2: i32(PLAIN) }) });
  }

  #encodePage(kind: number, full: Uint8Array, fields: ThriftFields): EncodedPage {
    const packed = this.#compressor.compress(full);
    const body = packed === full ? full.slice() : packed;
    const header = writeThriftStruct({
      1: i32(kind),
      2: i32(full.length),
      3: i32(body.length),
      4: i32(crc32(body) | 0),
      ...fields,
    });
    this.#size += header.length + body.length;
    this.#fullSize += header.length + full.length;
    return { header, body, firstRow: this.#pageRow };
  }
}

/** Places in a dictionary, in as many bits as the last one takes, which are told before. */
function writePlaces(page: GrowingBuffer, places: Uint32Array, count: number): void {
  const width = count > 1 ? 32 - Math.clz32(count - 1) : 0;
  page.add(Uint8Array.of(width));
  writeHybrid(page, places, width);
}

/** The bytes of a growing buffer by fours, copied. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer);
}

/** Levels of a page of version 1: their size in four bytes, and themselves. */
function writeLevels(page: GrowingBuffer, levels: Uint8Array, most: number): void {
  const { at } = page.grow(4);
  writeHybrid(page, levels, 32 - Math.clz32(most));
  const view = page.view();
  new DataView(view.buffer, view.byteOffset).setUint32(at, page.length - at - 4, true);
}

/** Texts with the length of each before it. */
function addTexts(out: GrowingBuffer, { bytes, offsets }: TextValues): void {
  const count = offsets.length - 1;
  const first = offsets[0] ?? 0;
  const size = (offsets[count] ?? 0) - first;
  let { bytes: to, at } = out.grow(size + 4 * count);
  for (let index = 0; index < count; index++) {
    const from = offsets[index] ?? 0;
    const end = offsets[index + 1] ?? 0;
    const length = end - from;
    to[at++] = length & 255;
    to[at++] = length >> 8 & 255;
    to[at++] = length >> 16 & 255;
    to[at++] = length >> 24;
    if (length > 24) to.set(bytes.subarray(from, end), at);
    else for (let byte = 0; byte < length; byte++) to[at + byte] = bytes[from + byte] ?? 0;
    at += length;
  }
}

function packBits(values: Uint8Array): Uint8Array {
  const bits = new Uint8Array((values.length + 7) >> 3);
  for (let at = 0; at < values.length; at++) {
    if (values[at]) bits[at >> 3] = (bits[at >> 3] ?? 0) | 1 << (at & 7);
  }
  return bits;
}
