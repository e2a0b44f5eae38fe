import { type CallOptions, getBytes, type ObjectStore, objectUri, type ResolvedRange } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { FormatError, StaleIndexError } from "../errors/format_error.ts";
import { isUnseen } from "../source/is_unseen.ts";
import { ObjectSource } from "../source/object_source.ts";
import { scanMembers } from "../tar/scan_tar.ts";
import { TarHeader } from "../tar/tar_header.ts";
import { BLOCK, paddedSize } from "../tar/tar_member.ts";
import { indexSource, refuseCompressed, sampleIndexKey } from "./index_samples.ts";
import { parseSampleIndex, staleIndex } from "./index_text.ts";
import type { SampleField } from "./sample_grouper.ts";
import type { SampleIndex } from "./sample_index.ts";
import { sampleNameOf } from "./sample_name.ts";
import type { Sample } from "./stream_samples.ts";

/** Options of {@linkcode SampleReader.open}. */
export interface SampleReaderOptions extends CallOptions {
  /** The key of the index; that of `sampleIndexKey` by default. Where there is none, the shard's headers are read. */
  readonly indexKey?: string;
}

/** Bytes between the fields of a sample that are read with it, rather than asked for around. */
const GAP = 64 * 2 ** 10;
/** Bytes of a name from which on a header may have only part of it. */
const SHORT_NAME = 100;

/**
 * The samples of a shard, any of which can be read by itself. What is read of each has the header of its files with it, and
 * is compared with the index: data that lies elsewhere by now is a `StaleIndexError`, not a sample.
 */
export class SampleReader {
  /** The shard. */
  readonly source: ObjectSource;
  /** Where its samples lie. */
  readonly index: SampleIndex;
  /** Whether the index is that which lies beside the shard. */
  readonly isIndexStored: boolean;
  readonly #indexUri: string;

  private constructor(source: ObjectSource, index: SampleIndex, indexUri: string | undefined) {
    this.source = source;
    this.index = index;
    this.isIndexStored = indexUri !== undefined;
    this.#indexUri = indexUri ?? source.uri;
  }

  /** Opens a shard with the index beside it, which has to reach to the shard's end, or else by its headers. */
  static async open(
    store: ObjectStore,
    key: string,
    options: SampleReaderOptions = {},
  ): Promise<SampleReader> {
    const { indexKey = sampleIndexKey(key), signal } = options;
    const call = signal ? { signal } : {};
    const text = await getBytes(store, indexKey, call).catch((error) => {
      if (options.indexKey === undefined ? isUnseen(error) : error instanceof NotFoundError) return undefined;
      throw error;
    });
    const source = await ObjectSource.open(store, key, { ...call, at: text ? "end" : "start" });
    if (!text) {
      await refuseCompressed(source, call);
      return new SampleReader(source, await indexSource(source, call), undefined);
    }
    const { uri, size } = source;
    const shard = { uri, size, indexUri: objectUri(store.uri, indexKey) };
    const index = parseSampleIndex(text.bytes, shard);
    const rest = scanMembers(source, { ...call, from: paddedSize(index.end) });
    try {
      for await (const { type, name } of rest) {
        if (type !== "file" || !sampleNameOf(name)) continue;
        throw staleIndex(shard, `${JSON.stringify(name)} comes after the last file that it has`);
      }
    } catch (error) {
      if (!(error instanceof FormatError) || error instanceof StaleIndexError) throw error;
      throw staleIndex(shard, "the shard does not end where it does", error);
    }
    return new SampleReader(source, index, shard.indexUri);
  }

  /** Samples. */
  get length(): number {
    return this.index.length;
  }

  /**
   * The bytes of the shard that a sample is decoded from: its files, each with the block before it. They are one range,
   * unless much lies between two files. With `fields` only those fields are meant.
   */
  ranges(index: number, fields?: ReadonlySet<string>): ResolvedRange[] {
    const ranges: { offset: number; length: number }[] = [];
    for (const { field, offset, size } of this.index.at(index).fields) {
      if (fields && !fields.has(field)) continue;
      const last = ranges.at(-1);
      const start = offset - BLOCK;
      if (last && start - (last.offset + last.length) <= GAP) last.length = offset + size - last.offset;
      else ranges.push({ offset: start, length: BLOCK + size });
    }
    return ranges;
  }

  /** The sample that lies in the bytes of its `ranges`, of which its fields are views. */
  decode(index: number, bytes: readonly Uint8Array[], wanted?: ReadonlySet<string>): Sample {
    const { key, fields: places } = this.index.at(index);
    const ranges = this.ranges(index, wanted);
    const fields: Record<string, Uint8Array> = Object.create(null);
    let found = key;
    let piece = 0;
    for (const place of places) {
      const { field, offset, size } = place;
      if (wanted && !wanted.has(field)) continue;
      let range = ranges[piece];
      while (range && offset + size > range.offset + range.length) range = ranges[++piece];
      const at = offset - (range?.offset ?? 0);
      const whole = bytes[piece];
      if (!whole || whole.length !== range?.length) {
        throw new TypeError(`Cannot decode sample ${index}: bytes of other ranges are given`);
      }
      const name = this.#checkHeader(index, whole.subarray(at - BLOCK, at), place);
      found ??= sampleNameOf(name)?.key;
      fields[field] = whole.subarray(at, at + size);
    }
    return { key: found ?? "", fields };
  }

  /** Reads one sample. */
  async read(index: number, options?: CallOptions): Promise<Sample> {
    return this.decode(index, await this.source.readRanges(this.ranges(index), options));
  }

  /** Reads samples in the order of their indexes, those near one another by one request. */
  async readMany(
    indexes: readonly number[],
    { fields, ...options }: CallOptions & { readonly fields?: ReadonlySet<string> } = {},
  ): Promise<Sample[]> {
    const ranges = indexes.map((index) => this.ranges(index, fields));
    const bytes = await this.source.readRanges(ranges.flat(), options);
    let at = 0;
    return indexes.map((index, place) => {
      const count = ranges[place]?.length ?? 0;
      at += count;
      return this.decode(index, bytes.slice(at - count, at), fields);
    });
  }

  /** The name that the header has, which is to be that of the index. What was found by the headers needs no comparison. */
  #checkHeader(sample: number, block: Uint8Array, { name, field, offset, size }: SampleField): string {
    if (!this.isIndexStored && name !== undefined) return name;
    const { uri } = this.source;
    const place = { uri, offset: offset - BLOCK };
    const stale = (detail: string, cause?: unknown) =>
      staleIndex({ uri, indexUri: this.#indexUri }, `sample ${sample}: ${detail} at byte ${offset}`, cause);
    try {
      const header = new TarHeader(block, place);
      const isFile = header.flag === "0" || header.flag === "\0" || header.flag === "7";
      // A size in a pax header may be too large for this one.
      const sameSize = header.size === size || size >= 8 ** 11;
      if (!isFile || !sameSize) throw stale(`no file of ${size} bytes has its data`);
      if (name === undefined) return this.#nameWithout(header, field, stale);
      if (isTold(name) && header.name() !== name) {
        throw stale(`${JSON.stringify(header.name())} has its data, not ${JSON.stringify(name)}`);
      }
      return name;
    } catch (error) {
      if (!(error instanceof FormatError) || error instanceof StaleIndexError) throw error;
      throw stale("no member has its data", error);
    }
  }

  /** The name in a header, where the index has only the extension. */
  #nameWithout(header: TarHeader, field: string, stale: (detail: string) => Error): string {
    const name = header.name();
    const parts = sampleNameOf(name);
    if (name.length >= SHORT_NAME) throw stale("the index has no names, and the header only part of one");
    if (!parts || parts.extension.toLowerCase() !== field) {
      throw stale(`${JSON.stringify(name)} has its data, not a .${field}`);
    }
    return name;
  }
}

/** Whether the last header of a member has its whole name, with which ever writer. */
function isTold(name: string): boolean {
  // deno-lint-ignore no-control-regex
  return name.length < SHORT_NAME && /^[\x00-\x7f]*$/.test(name);
}
