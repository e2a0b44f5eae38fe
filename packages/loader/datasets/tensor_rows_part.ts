import type { ObjectStore } from "@lade/core";
import { layoutOf, type NdArray } from "@lade/formats/array";
import { type TensorPlace, viewAlignment } from "@lade/formats/safetensors";
import type { ObjectSource } from "@lade/formats/source";
import type {
  FixedSample,
  MapDataset,
  NamedArray,
  ReadPlan,
  SampleContext,
  SamplePlace,
  SampleRead,
} from "./dataset.ts";
import { contentTag, fingerprintOf, nameOf } from "./fingerprint.ts";
import type { TensorRow } from "./tensor_samples.ts";

/** A safetensors file that is open. */
export interface TensorFile {
  readonly store: ObjectStore;
  readonly key: string;
  readonly source: ObjectSource;
  /** The tensors that are read, all with as many rows where rows are. */
  readonly places: readonly TensorPlace[];
  readonly columns: readonly string[] | undefined;
}

/** What tells a file's tensors from others'. */
export function fingerprintOfTensors(
  { store, key, source: { info }, places }: TensorFile,
  of: string,
): string {
  const told = places.flatMap(({ name, dtype, shape }) => [name, dtype, JSON.stringify(shape)]);
  return fingerprintOf("safetensors", [nameOf(key), info.size, contentTag(store, info.etag), of, ...told]);
}

/** The rows of the tensors of one file: of several by their names, of one alone. */
export class TensorRowsPart implements MapDataset<NdArray | TensorRow> {
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context;
  readonly fixed?: FixedSample;
  readonly arrays?: readonly NamedArray[];
  readonly #file: TensorFile;
  /** Bytes of a row of each tensor. */
  readonly #rowBytes: readonly number[];
  /** The places of tensors, those of larger elements first, so that all rows of a sample lie at their elements' multiples. */
  readonly #order: readonly number[];

  constructor(file: TensorFile) {
    const { store, source, places } = file;
    this.#file = file;
    this.uri = source.uri;
    this.length = places[0]?.shape[0] ?? 0;
    this.context = store.context;
    this.fingerprint = fingerprintOfTensors(file, "rows");
    this.#rowBytes = places.map(({ length }) => this.length === 0 ? 0 : length / this.length);
    const alignmentAt = (place: number) => viewAlignment(places[place]?.dtype ?? "uint8");
    this.#order = [...places.keys()].sort((a, b) => alignmentAt(b) - alignmentAt(a));
    const arrays = places.map(({ name, dtype, shape }) => ({ name, dtype, shape: shape.slice(1) }));
    const [only] = arrays;
    if (only && arrays.length === 1) this.fixed = { dtype: only.dtype, shape: only.shape };
    else this.arrays = arrays;
  }

  async get(index: number, { signal }: SampleContext): Promise<NdArray | TensorRow> {
    const { reads, decode } = this.plan([index]);
    const bytes = new Uint8Array(reads.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    const ranges = reads.map(({ offset, length }) => ({
      offset,
      length,
      target: bytes.subarray(at, at += length),
    }));
    await this.#file.source.readRanges(ranges, { signal });
    return await decode(0, bytes);
  }

  plan(indices: readonly number[]): ReadPlan<NdArray | TensorRow> {
    return {
      reads: indices.flatMap((index, place) => this.#readsOf(index, place)),
      decode: (_, bytes) => this.#decode(bytes),
    };
  }

  locate(index: number): SamplePlace {
    const [first] = this.#readsOf(index, 0);
    return { uri: this.uri, record: index, ...(first && { offset: first.offset }) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #readsOf(index: number, place: number): SampleRead[] {
    if (!(Number.isInteger(index) && index >= 0 && index < this.length)) {
      throw new RangeError(`Cannot find sample ${index}: there are ${this.length}`);
    }
    const { store, key, source: { info: { etag } }, places } = this.#file;
    return this.#order.map((tensor) => {
      const length = this.#rowBytes[tensor] ?? 0;
      const offset = (places[tensor]?.offset ?? 0) + index * length;
      return { store, key, offset, length, place, ...(etag !== undefined && { etag }) };
    });
  }

  #decode(bytes: Uint8Array<ArrayBuffer>): NdArray | TensorRow {
    let at = 0;
    const rows = new Array<NdArray>(this.#order.length);
    for (const tensor of this.#order) {
      const place = this.#file.places[tensor];
      const own = bytes.subarray(at, at += this.#rowBytes[tensor] ?? 0);
      if (place) rows[tensor] = rowIn(place, own);
    }
    const [only] = rows;
    if (this.fixed && only) return only;
    return Object.fromEntries(rows.map((row, tensor) => [this.#file.places[tensor]?.name ?? "", row]));
  }
}

/** A row in its bytes; in others where they do not lie at a multiple of an element. */
function rowIn({ dtype, shape }: TensorPlace, bytes: Uint8Array<ArrayBuffer>): NdArray {
  const { buffer, byteOffset, length } = bytes.byteOffset % viewAlignment(dtype) === 0
    ? bytes
    : bytes.slice();
  return { dtype, shape: shape.slice(1), order: "C", data: layoutOf(dtype).view(buffer, byteOffset, length) };
}
