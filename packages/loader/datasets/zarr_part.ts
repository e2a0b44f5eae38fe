import { type ObjectStore, objectUri } from "@lade/core";
import { observe } from "@lade/core/layers";
import { elementsOf, layoutOf, type NdArray } from "@lade/formats/array";
import { FormatError } from "@lade/formats/errors";
import { ZarrArray } from "@lade/formats/zarr";
import type {
  FixedSample,
  MapDataset,
  OpenGroupOptions,
  ReadPlan,
  SampleContext,
  SampleGroup,
  SampleGroups,
  SamplePlace,
} from "./dataset.ts";
import { contentTag, fingerprintOf, nameOf } from "./fingerprint.ts";
import type { ListedObjects } from "./listed_objects.ts";
import type { ListedStore } from "./listed_store.ts";
import { keyOfRows, plainChunks } from "./plain_chunks.ts";

/** A Zarr array that is open. */
export interface ZarrRows {
  /** The store of the chunks. */
  readonly store: ObjectStore;
  /** The same, held to what was listed. */
  readonly listed: ListedStore;
  readonly objects: ListedObjects;
  readonly array: ZarrArray;
  /** Whether samples are the rows of a chunk, rather than each row. */
  readonly wholeChunks: boolean;
}

/** Bytes of a shard's rows that are decoded together; of larger ones the rows of its chunks are. */
const MOST_OF_SHARD = 64 * 2 ** 20;

/** The rows of one array, or those of a chunk together. */
export class ZarrPart implements MapDataset<NdArray> {
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context;
  readonly fixed?: FixedSample;
  readonly groups: SampleGroups<NdArray>;
  readonly plan?: (indices: readonly number[]) => ReadPlan<NdArray>;
  /** Bytes of all rows. */
  readonly bytes: number;
  readonly #file: ZarrRows;
  readonly #dtype;
  /** Rows that are read together, and in all. */
  readonly #step: number;
  readonly #rows: number;
  readonly #rowBytes: number;

  constructor(file: ZarrRows) {
    const { store, objects, array, wholeChunks } = file;
    const { metadata: { shape, chunk, shard, type }, uri } = array;
    const [rows, ...rest] = shape;
    if (rows === undefined) {
      throw new FormatError({ operation: "load", uri, detail: "it is a single value, and has no rows" });
    }
    this.#file = file;
    this.#dtype = array.checkReadable();
    this.#rows = rows;
    this.#rowBytes = (elementsOf(rest) ?? 0) * type.bytes;
    this.bytes = rows * this.#rowBytes;
    const ofShard = shard?.shape[0] ?? 0;
    this.#step = ofShard > 0 && ofShard * this.#rowBytes <= MOST_OF_SHARD ? ofShard : chunk.shape[0] ?? 1;
    const groups = Math.ceil(rows / this.#step);
    this.uri = uri;
    this.context = store.context;
    this.length = wholeChunks ? groups : rows;
    this.groups = {
      count: groups,
      of: (index) => wholeChunks ? index : Math.floor(index / this.#step),
      startOf: (group) => wholeChunks ? group : Math.min(group * this.#step, rows),
      sizeOf: (group) => (Math.min((group + 1) * this.#step, rows) - group * this.#step) * this.#rowBytes,
      open: (group, options) => this.#open(group, options),
    };
    this.fingerprint = fingerprintOf("zarr", this.#content());
    if (wholeChunks) return;
    this.fixed = { dtype: this.#dtype, shape: rest };
    const rangeOf = plainChunks({ store, objects, array, rowBytes: this.#rowBytes });
    if (!rangeOf) return;
    this.plan = (indices) => ({
      reads: indices.map((index, place) => ({ ...rangeOf(this.#within(index)), place })),
      decode: (_, bytes) => this.#rowIn(bytes),
    });
  }

  async get(index: number, { signal }: SampleContext): Promise<NdArray> {
    const group = this.groups.of(this.#within(index));
    if (this.#file.wholeChunks) {
      return (await this.groups.open(group, { signal, clock: this.context.clock })).get(index);
    }
    const { data } = await this.#file.array.read({ region: [[index, index + 1]], signal });
    return this.#rowIn(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength));
  }

  locate(index: number): SamplePlace {
    const group = this.groups.of(this.#within(index));
    const first = group * this.#step;
    const told = `rows ${first} to ${Math.min(first + this.#step, this.#rows)}`;
    return { uri: this.#uriOf(first), record: index, group: told };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** The one object that has a row, or where several have it the array. */
  #uriOf(row: number): string {
    const { store, array } = this.#file;
    const { chunk, shard } = array.metadata;
    const [rows = 1, ...across] = (shard ?? chunk).shape;
    const isOne = array.shape.slice(1).every((length, axis) => length <= (across[axis] ?? 0));
    return isOne ? objectUri(store.uri, keyOfRows(array, Math.floor(row / rows))) : this.uri;
  }

  async #open(group: number, { signal, onRead }: OpenGroupOptions): Promise<SampleGroup<NdArray>> {
    const { array, listed, wholeChunks } = this.#file;
    const store = onRead
      ? observe(listed, (event) => {
        if (event.type === "finished" && event.bytes > 0) onRead(event.bytes, event.durationMs);
      })
      : listed;
    const first = group * this.#step;
    const region = [[first, Math.min(first + this.#step, this.#rows)]] as const;
    const rows = await new ZarrArray(store, array.prefix, array.metadata).read({ region, signal });
    const { buffer, byteOffset, byteLength } = rows.data;
    const all = new Uint8Array(buffer, byteOffset, byteLength);
    if (wholeChunks) return { bytes: byteLength, get: () => rows };
    const get = (index: number, into: Uint8Array<ArrayBuffer> = new Uint8Array(this.#rowBytes)) => {
      const at = (index - first) * this.#rowBytes;
      into.set(all.subarray(at, at + this.#rowBytes));
      return this.#rowIn(into);
    };
    return { bytes: byteLength, get };
  }

  /** A row in its bytes; in others where they do not lie at a multiple of an element. */
  #rowIn(bytes: Uint8Array<ArrayBuffer>): NdArray {
    const { view } = layoutOf(this.#dtype);
    const unit = view(new ArrayBuffer(0), 0, 0).BYTES_PER_ELEMENT;
    const { buffer, byteOffset, length } = bytes.byteOffset % unit === 0 ? bytes : bytes.slice();
    const shape = this.#file.array.shape.slice(1);
    return { dtype: this.#dtype, shape, order: "C", data: view(buffer, byteOffset, length) };
  }

  #within(index: number): number {
    if (Number.isInteger(index) && index >= 0 && index < this.length) return index;
    throw new RangeError(`Cannot find sample ${index}: there are ${this.length}`);
  }

  *#content(): Generator<string | number> {
    const { store, objects, array: { prefix, shape }, wholeChunks } = this.#file;
    yield nameOf(prefix.slice(0, -1));
    yield `${this.#dtype}[${shape.join(", ")}]`;
    yield wholeChunks ? "batches" : "rows";
    for (const { key, size, etag } of objects.below(prefix)) {
      yield key.slice(prefix.length);
      yield size;
      yield contentTag(store, etag);
    }
  }
}
