import type { CallOptions, ObjectStore } from "@lade/core";
import type { NdArray } from "../array/nd_array.ts";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { ObjectSource, type ObjectSourceOptions } from "../source/object_source.ts";
import { ByteReader } from "../binary/byte_reader.ts";
import { LENGTH_BYTES, MOST_HEADER_BYTES, parseHeader, type SafetensorsHeader } from "./parse_header.ts";
import type { TensorPlace } from "./tensor_place.ts";
import {
  arrayIn,
  fits,
  rangeOf,
  type TensorOptions,
  type WantedTensor,
  withTarget,
} from "./tensor_wanted.ts";

/** Options of a read of all tensors. */
export interface ReadAllOptions extends CallOptions {
  /** Where the data go as they lie in the file, `dataLength` bytes; fresh memory for each tensor by default. */
  readonly target?: Uint8Array;
}

/** A safetensors file whose header is read and checked. It holds nothing that has to be closed. */
export class SafetensorsFile {
  /** The object. */
  readonly source: ByteSource;
  /** What its writer said of it. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The tensors by name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, TensorPlace>;
  /** Where the data begin, from the start of the object. */
  readonly dataOffset: number;

  /** A file by its header, which was read of this source. */
  constructor(source: ByteSource, { tensors, metadata, dataOffset }: SafetensorsHeader) {
    this.source = source;
    this.metadata = metadata;
    this.tensors = new Map(tensors.map((place) => [place.name, place]));
    this.dataOffset = dataOffset;
  }

  /** Bytes of all tensors. */
  get dataLength(): number {
    return this.source.size - this.dataOffset;
  }

  /** Reads a tensor, or some of its rows. A name that is not there is a `TypeError`. */
  async read(name: string, options: TensorOptions & CallOptions = {}): Promise<NdArray> {
    const range = rangeOf(this.#find(name), options);
    const { offset, target } = withTarget(range, options);
    await this.source.readInto(offset, target, options);
    return arrayIn(range, target);
  }

  /** Reads several tensors, by name or by what is wanted of them, those near one another by one request. */
  async readMany(
    wanted: Iterable<string | WantedTensor>,
    options: CallOptions = {},
  ): Promise<readonly NdArray[]> {
    const tensors = Array.from(wanted, (one) => {
      const want = typeof one === "string" ? { name: one } : one;
      const range = rangeOf(this.#find(want.name), want);
      return { range, place: withTarget(range, want) };
    });
    await this.source.readRanges(tensors.map(({ place }) => place), options);
    return tensors.map(({ range, place }) => arrayIn(range, place.target));
  }

  /**
   * Reads all tensors. With a `target` they are views of it; one that does not lie there as its elements have to is a copy.
   */
  async readAll({ target, ...options }: ReadAllOptions = {}): Promise<ReadonlyMap<string, NdArray>> {
    const names = [...this.tensors.keys()];
    if (!target) {
      const arrays = await this.readMany(names, options);
      return new Map(arrays.map((array, index) => [names[index] ?? "", array]));
    }
    if (target.length !== this.dataLength) {
      const due = `its tensors take ${this.dataLength} bytes`;
      throw new RangeError(`Cannot read all tensors: ${due}, and the target has ${target.length}`);
    }
    await this.source.readInto(this.dataOffset, target, options);
    return new Map(Array.from(this.tensors, ([name, place]) => {
      const start = place.offset - this.dataOffset;
      const bytes = target.subarray(start, start + place.length);
      return [name, arrayIn(rangeOf(place, {}), fits(place, bytes) ? bytes : bytes.slice())];
    }));
  }

  /** Yields the bytes of a tensor or of some of its rows in order, read ahead; a piece is valid until the next is asked for. */
  stream(
    name: string,
    { rows, ...options }: Pick<TensorOptions, "rows"> & CallOptions = {},
  ): AsyncIterable<Uint8Array> {
    const { offset, length } = rangeOf(this.#find(name), rows ? { rows } : {});
    return this.source.stream({ ...options, offset, end: offset + length });
  }

  #find(name: string): TensorPlace {
    const place = this.tensors.get(name);
    if (place) return place;
    const some = [...this.tensors.keys()].slice(0, 5).map((known) => JSON.stringify(known));
    const more = this.tensors.size > some.length ? `, … (${this.tensors.size} in all)` : "";
    const uri = JSON.stringify(this.source.uri);
    throw new TypeError(
      `Cannot read tensor ${JSON.stringify(name)} of ${uri}: it has ${some.join(", ") || "none"}${more}`,
    );
  }
}

/**
 * Opens a safetensors file: reads its header, by one request where that lies in the first 64 KiB (`window`), and checks it.
 * What is damaged, cut or lengthened is a `FormatError`, but for the values of tensors, which the format has no checksum of.
 */
export async function openSafetensors(
  store: ObjectStore,
  key: string,
  options: ObjectSourceOptions = {},
): Promise<SafetensorsFile> {
  return await readSafetensors(await ObjectSource.open(store, key, { ...options, at: "start" }), options);
}

/** Opens a safetensors file that lies in any source, such as a part of another object. */
export async function readSafetensors(
  source: ByteSource,
  options: CallOptions = {},
): Promise<SafetensorsFile> {
  const { uri, size } = source;
  const operation = "read safetensors";
  if (size < LENGTH_BYTES) {
    throw new FormatError({ operation, uri, detail: `it has ${size} bytes, too few for a header` });
  }
  const length = new ByteReader(await source.read(0, LENGTH_BYTES, options), { operation, uri })
    .u64("the length of the header");
  if (length > MOST_HEADER_BYTES || length > size - LENGTH_BYTES) {
    const detail = `its header is said to have ${length} bytes, `;
    const limit = length > MOST_HEADER_BYTES ? `more than ${MOST_HEADER_BYTES}` : `and it has ${size} in all`;
    throw new FormatError({ operation, uri, detail: detail + limit, offset: 0 });
  }
  const json = await source.read(LENGTH_BYTES, length, options);
  return new SafetensorsFile(source, parseHeader(json, uri, size));
}
