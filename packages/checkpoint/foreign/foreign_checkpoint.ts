import type { ObjectStore } from "@lade/core";
import { checkOptions } from "@lade/core/backend";
import { byteLengthOf, elementsOf, type NdArray } from "@lade/formats/array";
import { wholeBox } from "../boxes/box.ts";
import { InvalidCheckpointError } from "../errors/errors.ts";
import type { LoadOptions, LoadReport } from "../load/load_tensors.ts";
import { loadTensors, OF_LOAD } from "../load/load_tensors.ts";
import { planLoad, type TensorTarget } from "../load/plan_load.ts";
import { type LoadAllOptions, loadWhole, type TensorReader } from "../load/tensor_reader.ts";
import type { TensorTable } from "../manifest/manifest.ts";
import type { PieceBytes } from "../record/piece_bytes.ts";
import type { TensorInfo } from "../record/tensor_info.ts";

/**
 * What the tensors of others lie in: one safetensors file, several with an index, or parts of tensors as torch's DCP writes
 * them; an npz file; or files of bare elements that a description tells of.
 */
export type ForeignKind = "safetensors" | "safetensors-set" | "dcp-safetensors" | "npz" | "raw";

/** What is known of a tensor of others, and where its parts lie. */
export interface ForeignTensor extends TensorInfo {
  /** Its parts; none of one that is read as a whole. */
  readonly pieces: readonly Omit<PieceBytes, "sums">[];
  /** What is wrong with its bytes, by a checksum of all of them; absent where there is none. */
  readonly faultOf?: (bytes: Uint8Array) => string | undefined;
  /** Reads all of it, where its bytes do not lie in the object as they do in memory. */
  readonly whole?: {
    /** Bytes that are read for it. */
    readonly size: number;
    /** Its bytes in C order, whose checksum was compared. */
    readonly read: (signal: AbortSignal | undefined) => Promise<Uint8Array>;
  };
}

/** What a {@linkcode ForeignCheckpoint} is made of. */
export interface ForeignSetup {
  readonly kind: ForeignKind;
  readonly metadata: Readonly<Record<string, string>>;
  readonly shards: TensorTable["shards"];
  readonly tensors: readonly ForeignTensor[];
}

const NO_SUMS = new Uint8Array(0);
const CHUNK_BYTES = 2 ** 22;

/**
 * Tensors that others wrote, any part of which can be read, as of a checkpoint. Their headers are checked, and that they do not
 * change while they are read. What checksums there are (of arrays of an npz, and where a description has them) are of whole
 * tensors, and compared where one is loaded as a whole; otherwise damaged values are told by nothing. It holds nothing.
 */
export class ForeignCheckpoint implements TensorReader {
  /** What it is. */
  readonly kind: ForeignKind;
  /** What its writer said of it, in the first of its files. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly #store: ObjectStore;
  readonly #table: TensorTable;
  readonly #byName: ReadonlyMap<string, ForeignTensor>;
  /** What was read as a whole last, for the next part of it. */
  #last: { readonly name: string; readonly bytes: WeakRef<Uint8Array> } | undefined;

  /** Of headers that were read. */
  constructor(store: ObjectStore, { kind, metadata, shards, tensors }: ForeignSetup) {
    this.kind = kind;
    this.metadata = metadata;
    this.#store = store;
    const sorted = tensors.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    this.#byName = new Map(sorted.map((tensor) => [tensor.name, tensor]));
    this.#table = {
      chunkBytes: CHUNK_BYTES,
      shards,
      tensors: sorted.map(({ name, dtype, shape, pieces }) => ({
        name,
        dtype,
        shape,
        pieces: pieces.map((piece) => ({ ...piece, sums: NO_SUMS })),
      })),
    };
  }

  /** The tensors, by name. */
  *tensors(): Iterable<TensorInfo> {
    for (const { name, dtype, shape } of this.#table.tensors) yield { name, dtype, shape };
  }

  /**
   * Reads parts of tensors into the caller's memory, which holds arbitrary bytes after a failure. A tensor that is loaded as a
   * whole is compared with its checksum, if it has one, unless `verify` is `false`: damage is an `InvalidCheckpointError`. With
   * `verify: true`, what cannot be compared (a tensor without a checksum, or a part) is a `TypeError`.
   */
  async load(
    targets: Iterable<TensorTarget>,
    options: LoadOptions = {},
  ): Promise<LoadReport> {
    checkOptions("load tensors", options, OF_LOAD);
    const { verify, signal } = options;
    const straight: TensorTarget[] = [];
    const compared: { readonly tensor: ForeignTensor; readonly target: TensorTarget }[] = [];
    const apart = new Map<ForeignTensor, TensorTarget[]>();
    for (const target of targets) {
      const tensor = this.#byName.get(target.name);
      if (tensor?.whole) {
        apart.set(tensor, [...apart.get(tensor) ?? [], target]);
        continue;
      }
      straight.push(target);
      if (!tensor) continue;
      const isWhole = target.data.byteLength === lengthOf(tensor);
      if (verify && !(tensor.faultOf && isWhole)) throw incomparable(tensor);
      if (verify !== false && isWhole) compared.push({ tensor, target });
    }
    const call = signal ? { signal } : {};
    const report = await loadTensors({ store: this.#store }, this.#table, straight, {
      ...call,
      verify: false,
    });
    for (const { tensor, target } of compared) this.#compare(tensor, target);
    let { bytes, bytesRead } = report;
    for (const [tensor, parts] of apart) {
      bytesRead += await this.#loadApart(tensor, parts, signal);
      for (const { data } of parts) bytes += data.byteLength;
    }
    return { bytes, bytesRead };
  }

  /** Reads whole tensors into fresh memory. */
  async loadAll(options: LoadAllOptions = {}): Promise<Map<string, NdArray>> {
    return await loadWhole(this, options);
  }

  #compare(
    { name, faultOf }: ForeignTensor,
    { data: { buffer, byteOffset, byteLength } }: TensorTarget,
  ): void {
    const detail = faultOf?.(new Uint8Array(buffer, byteOffset, byteLength));
    if (detail === undefined) return;
    const operation = `load tensor ${JSON.stringify(name)} of`;
    throw new InvalidCheckpointError({ operation, uri: this.#store.uri, detail, tensor: name });
  }

  /** Reads a tensor as a whole, and copies what is wanted of it; gives the bytes that were read. */
  async #loadApart(
    tensor: ForeignTensor,
    targets: readonly TensorTarget[],
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const { name, dtype, shape, whole } = tensor;
    const length = lengthOf(tensor);
    const piece = { ...wholeBox(shape), shard: 0, offset: 0, length, sums: NO_SUMS };
    const table = { ...this.#table, tensors: [{ name, dtype, shape, pieces: [piece] }] };
    const plan = [...planLoad(table, targets, { inChunks: false, gap: length })];
    let bytes = this.#last?.name === name ? this.#last.bytes.deref() : undefined;
    const isKept = bytes !== undefined;
    if (!bytes) {
      bytes = await whole?.read(signal) ?? NO_SUMS;
      this.#last = { name, bytes: new WeakRef(bytes) };
    }
    for (const { runs, target } of plan) {
      for (const run of runs) target.set(bytes.subarray(run.source, run.source + run.length), run.target);
    }
    return isKept ? 0 : whole?.size ?? 0;
  }
}

function lengthOf({ dtype, shape }: TensorInfo): number {
  return byteLengthOf(dtype, elementsOf(shape) ?? 0) ?? 0;
}

function incomparable({ name, faultOf }: ForeignTensor): TypeError {
  const why = faultOf ? "its checksum is of all of it, so load all of it" : "it has no checksum";
  return new TypeError(`Cannot verify tensor ${JSON.stringify(name)}: ${why}`);
}
