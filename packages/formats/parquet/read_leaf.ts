import type { CompressionCodec } from "hyparquet";
import { UnsupportedError } from "@lade/core/errors";
import { ByteReader } from "../binary/byte_reader.ts";
import { pagesOf, type StoredPage } from "./column_chunk.ts";
import { canDecompress, decompress } from "./decompress.ts";
import { readHybrid } from "./hybrid.ts";
import { FixedSink, type LeafSink, type PageValues, TextSink } from "./leaf_sink.ts";
import { chunkFault, type ChunkPlace } from "./page_fault.ts";
import { ENCODINGS, isOfDictionary, readIndexes, readValues, widthOf } from "./page_values.ts";
import type { LeafNode } from "./schema_tree.ts";

/** The values of a stored column, and the levels that say to which rows and lists they belong. */
export interface LeafData {
  /** A value for each place, with nothing sensible where it has none. */
  readonly values: PageValues;
  /** Places. */
  readonly length: number;
  /** Entries: values, nulls and empty lists. */
  readonly entries: number;
  /** Of each entry its definition level; absent where all have a value. */
  readonly definitions?: Uint8Array;
  /** Of each entry its repetition level; absent where it lies in no list. */
  readonly repetitions?: Uint8Array;
}

/** Bytes of a chunk, which hold whole pages. */
export interface ChunkPiece {
  /** Where they lie in the object. */
  readonly offset: number;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

/** A chunk, or some of its pages, and what is known of it. */
export interface LeafChunk {
  /** The dictionary, where it has one, and data pages. */
  readonly pieces: readonly ChunkPiece[];
  /** What it is, and where it begins. */
  readonly place: ChunkPlace;
  /** How its pages are compressed. */
  readonly codec: CompressionCodec;
  /** Entries that the pages have; absent where only some of them are there. */
  readonly values?: number;
  /** Rows that the pages have. */
  readonly rows: number;
  /**
   * Rows behind which nothing is wanted, of a column that lies in no list: pages behind them are counted, but not decoded, and no more
   * than these is taken out of a dictionary, whose values may be many times what the pages have.
   */
  readonly until?: number;
  /** The most entries that they may have. */
  readonly mostValues: number;
  /** Is told of each page, once its CRC is compared. */
  readonly onPage?: (page: StoredPage, piece: ChunkPiece) => void;
}

const RLE = 3;

/** Decodes the pages of a chunk. Whatever does not fit is a `FormatError` that names column, row group and byte. */
export function readLeaf(chunk: LeafChunk, leaf: LeafNode): LeafData {
  const { place, codec, mostValues, pieces } = chunk;
  if (!canDecompress(codec)) throw unsupported(place, `column "${place.column}" is compressed by ${codec}`);
  const { until = Infinity } = chunk;
  const gathered = gathererOf(leaf, mostValues, place);
  let dictionary: PageValues | undefined;
  let told = 0;
  for (const piece of pieces) {
    const here = { ...place, offset: piece.offset };
    for (const page of pagesOf(piece.bytes, here)) {
      chunk.onPage?.(page, piece);
      const { kind, encoding, values } = page.header;
      if (kind !== "index" && kind !== "dictionary") told += values;
      if (kind === "index" || gathered.entries >= until) continue;
      const reader = openPage(page, codec, here);
      try {
        if (kind === "dictionary") {
          if (dictionary) throw chunkFault(here, "a second dictionary follows the first", page.at);
          // Both names of the plain encoding are in use.
          const plain = isOfDictionary(encoding) ? 0 : encoding;
          dictionary = readValues(reader, plain, leaf.element, values);
          if (!dictionary) throw unknownEncoding(place, encoding);
        } else gathered.addPage(page, reader, { dictionary, place, until });
      } catch (error) {
        throw error instanceof RangeError ? chunkFault(here, error.message, page.at) : error;
      }
    }
  }
  const data = gathered.finish();
  const isPart = data.entries >= until;
  const rows = data.repetitions ? countRows(data.repetitions) : isPart ? told : data.entries;
  if (!isPart && chunk.values !== undefined && data.entries !== chunk.values) {
    throw chunkFault(place, `its pages have ${data.entries} values, and the footer tells ${chunk.values}`);
  }
  if (rows !== chunk.rows) throw chunkFault(place, `its pages have ${rows} rows, and ${chunk.rows} are due`);
  return data;
}

function gathererOf(leaf: LeafNode, most: number, place: ChunkPlace): LeafGatherer {
  try {
    return new LeafGatherer(leaf, most);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw chunkFault(place, `its ${most} values take more memory than an array may have`, 0, error);
  }
}

/** Takes the pages of one column, one after the other. */
class LeafGatherer {
  readonly #leaf: LeafNode;
  readonly #sink: LeafSink;
  readonly #most: number;
  readonly #definitions: Uint8Array | undefined;
  readonly #repetitions: Uint8Array | undefined;
  #entries = 0;
  #whole = true;

  constructor(leaf: LeafNode, most: number) {
    this.#leaf = leaf;
    this.#most = most;
    const width = widthOf(leaf.element);
    this.#sink = width > 0 ? new FixedSink(width, most, leaf) : new TextSink(most, leaf);
    if (leaf.defined > 0) this.#definitions = new Uint8Array(most);
    if (leaf.repetition > 0) this.#repetitions = new Uint8Array(most);
  }

  /** Entries so far. */
  get entries(): number {
    return this.#entries;
  }

  addPage(
    { header }: StoredPage,
    reader: ByteReader,
    { dictionary, place, until }: {
      readonly dictionary: PageValues | undefined;
      readonly place: ChunkPlace;
      readonly until: number;
    },
  ): void {
    const { values: told, encoding, v2 } = header;
    const from = this.#entries;
    if (told > this.#most - from) {
      throw reader.fault(`${told} values are told, and ${this.#most - from} are due`);
    }
    const isPart = told > until - from && isOfDictionary(encoding);
    const count = isPart ? until - from : told;
    const repetitions = this.#repetitions?.subarray(from, from + count);
    const definitions = this.#definitions?.subarray(from, from + count);
    const { repetition, defined } = this.#leaf;
    const [definitionCode = RLE, repetitionCode = RLE] = header.levelEncodings ?? [];
    if (repetitions) readLevels(reader, repetitions, repetition, repetitionCode, v2?.repetitionSize, isPart);
    else reader.take(v2?.repetitionSize ?? 0, "repetition levels");
    let present = count;
    if (definitions) {
      present = readLevels(reader, definitions, defined, definitionCode, v2?.definitionSize, isPart);
    } else reader.take(v2?.definitionSize ?? 0, "definition levels");
    if (repetitions && from === 0 && count > 0 && repetitions[0] !== 0) {
      throw reader.fault("the first value goes on with a row before it");
    }
    if (v2 && !isPart && v2.nulls !== count - present) {
      throw reader.fault(`${count - present} values are null, and the header tells ${v2.nulls}`);
    }
    const own = present < count && definitions ? { count, definitions } : { count };
    if (present < count) this.#whole = false;
    if (isOfDictionary(encoding)) {
      if (!dictionary) {
        if (present > 0) throw reader.fault("values are of a dictionary, and there is none before them");
        dictionary = widthOf(this.#leaf.element) > 0
          ? { width: widthOf(this.#leaf.element), bytes: new Uint8Array(0) }
          : { bytes: new Uint8Array(0), offsets: new Int32Array(1) };
      }
      this.#sink.add(dictionary, own, readIndexes(reader, present, isPart));
    } else {
      const values = readValues(reader, encoding, this.#leaf.element, present);
      if (!values) throw unknownEncoding(place, encoding);
      this.#sink.add(values, own);
    }
    this.#entries += count;
  }

  finish(): LeafData {
    const entries = this.#entries;
    // What lies in no list needs no levels where all have values.
    const definitions = this.#whole ? undefined : this.#definitions?.subarray(0, entries);
    const repetitions = this.#repetitions?.subarray(0, entries);
    return {
      values: this.#sink.finish(),
      length: this.#sink.length,
      entries,
      ...(definitions && { definitions }),
      ...(repetitions && { repetitions }),
    };
  }
}

/** A reader over the page once it is decompressed; of version 2 its levels lie before it as they are. */
function openPage(page: StoredPage, codec: CompressionCodec, place: ChunkPlace): ByteReader {
  const { header: { fullSize, v2 }, bytes, at } = page;
  let full: Uint8Array;
  try {
    if (!v2) full = decompress(codec, bytes, fullSize);
    else if (codec === "UNCOMPRESSED" || !v2.compressed) full = decompress("UNCOMPRESSED", bytes, fullSize);
    else {
      const levels = v2.repetitionSize + v2.definitionSize;
      const values = fullSize === levels
        ? new Uint8Array(0)
        : decompress(codec, bytes.subarray(levels), fullSize - levels);
      if (levels === 0) full = values;
      else {
        full = new Uint8Array(fullSize);
        full.set(bytes.subarray(0, levels));
        full.set(values, levels);
      }
    }
  } catch (error) {
    throw chunkFault(place, `a page cannot be decompressed by ${codec} to ${fullSize} bytes`, at, error);
  }
  return new ByteReader(full, {
    operation: "read parquet",
    uri: place.uri,
    offset: place.offset + at,
  });
}

/** Fills `out` with levels up to `most`, and tells how many are `most`. */
function readLevels(
  reader: ByteReader,
  out: Uint8Array,
  most: number,
  code: number,
  size: number | undefined,
  isPart: boolean,
): number {
  if (code !== RLE) {
    throw reader.fault(`levels are encoded by ${ENCODINGS[code] ?? code}, which is not done since 2013`);
  }
  const end = (size ?? reader.u32("the size of levels")) + reader.position;
  if (end > reader.bytes.length) throw reader.fault("levels pass the end of the page");
  const all = readHybrid(reader, 32 - Math.clz32(most), out, isPart);
  if (reader.position > end) throw reader.fault("levels pass their end");
  reader.seek(end);
  if (all === most) return out.length;
  let found = 0;
  for (let entry = 0; entry < out.length; entry++) {
    const level = out[entry] ?? 0;
    if (level === most) found++;
    else if (level > most) throw reader.fault(`a level is ${level}, and ${most} is the highest`);
  }
  return found;
}

function countRows(repetitions: Uint8Array): number {
  let rows = 0;
  for (const level of repetitions) if (level === 0) rows++;
  return rows;
}

function unknownEncoding(place: ChunkPlace, encoding: number): UnsupportedError {
  return unsupported(
    place,
    `column "${place.column}" is encoded by ${ENCODINGS[encoding] ?? `encoding ${encoding}`}`,
  );
}

function unsupported({ uri }: ChunkPlace, detail: string): UnsupportedError {
  return new UnsupportedError({ operation: "read parquet", uri, detail });
}
