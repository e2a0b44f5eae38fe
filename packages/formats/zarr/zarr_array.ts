import { type CallOptions, type ObjectStore, objectUri } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { UnsupportedError } from "@lade/core/errors";
import { type DType, layoutOf } from "../array/dtype.ts";
import { swapBytes } from "../array/swap_bytes.ts";
import type { NdArray } from "../array/nd_array.ts";
import type { ArrayMetadata } from "./array_metadata.ts";
import { chunksIn, lengthsOf, type Region, within } from "./chunk_grid.ts";
import { ChunkReader } from "./chunk_reader.ts";
import { isKnown } from "./codec_specs.ts";
import { copyRegion, fillRegion, stridesOf } from "./copy_region.ts";
import { unknownCodec } from "./decode_bytes.ts";
import { wordOf } from "./element_type.ts";
import type { JsonObject } from "./read_json.ts";

/** What of a Zarr array is read. */
export interface ReadZarrOptions extends CallOptions {
  /**
   * Of each dimension the part from the first element up to before the last, or `null` for all of it; what is left out at
   * the end is read whole. All of the array by default.
   */
  readonly region?: readonly (readonly [from: number, to: number] | null)[];
}

/** Memory of the chunks that are read at once, and how many these are at most. */
const TOGETHER = 64 * 2 ** 20;
const MOST = 16;

/** A Zarr array of version 2 or 3. */
export class ZarrArray {
  /** What it is. */
  readonly kind = "array";
  /** The store that has it. */
  readonly store: ObjectStore;
  /** What the keys of its objects begin with; it ends in a slash, or is empty. */
  readonly prefix: string;
  /** Its metadata. */
  readonly metadata: ArrayMetadata;

  /** An array whose metadata were read. */
  constructor(store: ObjectStore, prefix: string, metadata: ArrayMetadata) {
    this.store = store;
    this.prefix = prefix;
    this.metadata = metadata;
  }

  /** What errors name. */
  get uri(): string {
    return objectUri(this.store.uri, this.prefix);
  }

  /** Lengths. */
  get shape(): readonly number[] {
    return this.metadata.shape;
  }

  /** What elements are read as; `undefined` where they cannot be. */
  get dtype(): DType | undefined {
    return this.metadata.type.dtype;
  }

  /** Lengths of a chunk: what is read as a whole. */
  get chunks(): readonly number[] {
    return this.metadata.chunk.shape;
  }

  /** Lengths of a shard: what is stored as an object, where that is several chunks. */
  get shards(): readonly number[] | undefined {
    return this.metadata.shard?.shape;
  }

  /** What its writer said of it. */
  get attributes(): JsonObject {
    return this.metadata.attributes;
  }

  /** Refuses what cannot be read: an `UnsupportedError` that names it. */
  checkReadable(): DType {
    const { type, chunk } = this.metadata;
    const unknown = chunk.codecs.find((codec) => !isKnown(codec));
    if (!type.dtype) {
      const detail = `it has elements of type ${type.text}, which cannot be read`;
      throw new UnsupportedError({ operation: "read zarr", uri: this.uri, detail });
    }
    if (unknown) throw unknownCodec(unknown.name, this.uri);
    return type.dtype;
  }

  /**
   * Reads the array, or a region of it, in C order. Chunks that are not stored are the fill value. A region that is not
   * within the array is a `RangeError`.
   */
  async read(options: ReadZarrOptions = {}): Promise<NdArray> {
    const dtype = this.checkReadable();
    const { type, chunk, shard, fill = new Uint8Array(type.bytes) } = this.metadata;
    const region = this.#regionOf(options.region ?? []);
    const shape = lengthsOf(region);
    const out = this.#allocate(shape.reduce((product, length) => product * length, type.bytes));
    const outStrides = stridesOf(shape, shape.map((_, axis) => axis), type.bytes);
    const chunkStrides = stridesOf(chunk.shape, chunk.order, type.bytes);
    const word = wordOf(type);
    const blank = fill.slice();
    if (chunk.isBigEndian) swapBytes(blank, word);
    const reader = new ChunkReader(this.store, this.prefix, this.metadata);
    const visit = (place: readonly number[], bytes: Uint8Array | undefined) => {
      const part = within(region, chunk.shape, place);
      const lengths = lengthsOf(part);
      const at = (strides: readonly number[], starts: (axis: number) => number) =>
        part.reduce((sum, [from], axis) => sum + (from - starts(axis)) * (strides[axis] ?? 0), 0);
      const to = {
        bytes: out,
        offset: at(outStrides, (axis) => region[axis]?.[0] ?? 0),
        strides: outStrides,
      };
      if (!bytes) return fillRegion(blank, to, lengths);
      const offset = at(chunkStrides, (axis) => (place[axis] ?? 0) * (chunk.shape[axis] ?? 1));
      copyRegion({ bytes, offset, strides: chunkStrides }, to, lengths, type.bytes);
    };
    const stored = shard?.shape ?? chunk.shape;
    const bytes = stored.reduce((product, length) => product * length, type.bytes);
    const width = Math.min(MOST, Math.max(1, Math.floor(TOGETHER / bytes)));
    const work = (place: readonly number[], signal: AbortSignal) =>
      reader.read(place, region, visit, { signal });
    await inParallel(chunksIn(region, stored), width, work, options.signal);
    if (chunk.isBigEndian) swapBytes(out, word);
    return { dtype, shape, order: "C", data: layoutOf(dtype).view(out.buffer, 0, out.length) };
  }

  #regionOf(given: NonNullable<ReadZarrOptions["region"]>): Region {
    const { shape } = this;
    if (given.length > shape.length) {
      throw new RangeError(`${given.length} parts are given for ${shape.length} dimensions`);
    }
    return shape.map((length, axis) => {
      const [from, to] = given[axis] ?? [0, length];
      if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to && to <= length) {
        return [from, to] as const;
      }
      throw new RangeError(`elements ${from} to ${to} of dimension ${axis} are wanted, which has ${length}`);
    });
  }

  #allocate(bytes: number): Uint8Array<ArrayBuffer> {
    try {
      return new Uint8Array(bytes);
    } catch (cause) {
      throw new RangeError(
        `Cannot read ${this.uri}: its ${bytes} bytes do not fit into memory; read a region of it`,
        {
          cause,
        },
      );
    }
  }
}
