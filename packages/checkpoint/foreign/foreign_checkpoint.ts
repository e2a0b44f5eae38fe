import type { ObjectStore } from "@lade/core";
import type { NdArray } from "@lade/formats/array";
import type { LoadOptions, LoadReport } from "../load/load_tensors.ts";
import { loadTensors } from "../load/load_tensors.ts";
import type { TensorTarget } from "../load/plan_load.ts";
import { type LoadAllOptions, loadWhole, type TensorReader } from "../load/tensor_reader.ts";
import type { TensorTable } from "../manifest/manifest.ts";
import type { PieceBytes } from "../record/piece_bytes.ts";
import type { TensorInfo } from "../record/tensor_info.ts";

/** What the tensors of others lie in: one file, several with an index, or parts of tensors as torch's DCP writes them. */
export type ForeignKind = "safetensors" | "safetensors-set" | "dcp-safetensors";

/** What is known of a tensor of others, and where its parts lie. */
export interface ForeignTensor extends TensorInfo {
  readonly pieces: readonly Omit<PieceBytes, "sums">[];
}

/** What a {@linkcode ForeignCheckpoint} is made of. */
export interface ForeignSetup {
  readonly kind: ForeignKind;
  readonly metadata: Readonly<Record<string, string>>;
  readonly shards: TensorTable["shards"];
  readonly tensors: readonly ForeignTensor[];
}

const NO_SUMS = new Uint8Array(0);

/**
 * Tensors that others wrote, any part of which can be read, as of a checkpoint. Such files have no checksums: their headers are
 * checked, and that they do not change while they are read; damaged values are told by nothing. It holds nothing.
 */
export class ForeignCheckpoint implements TensorReader {
  /** What it is. */
  readonly kind: ForeignKind;
  /** What its writer said of it, in the first of its files. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly #store: ObjectStore;
  readonly #table: TensorTable;

  /** Of headers that were read. */
  constructor(store: ObjectStore, { kind, metadata, shards, tensors }: ForeignSetup) {
    this.kind = kind;
    this.metadata = metadata;
    this.#store = store;
    const sorted = tensors.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    this.#table = {
      chunkBytes: 2 ** 22,
      shards,
      tensors: sorted.map((tensor) => ({
        ...tensor,
        pieces: tensor.pieces.map((piece) => ({ ...piece, sums: NO_SUMS })),
      })),
    };
  }

  /** The tensors, by name. */
  *tensors(): Iterable<TensorInfo> {
    for (const { name, dtype, shape } of this.#table.tensors) yield { name, dtype, shape };
  }

  /**
   * Reads parts of tensors into the caller's memory, which holds arbitrary bytes after a failure. `verify: true` is a `TypeError`,
   * since there is nothing to compare with.
   */
  async load(
    targets: Iterable<TensorTarget>,
    { verify = false, ...options }: LoadOptions = {},
  ): Promise<LoadReport> {
    if (verify) throw new TypeError("Cannot verify what is loaded: files of safetensors have no checksums");
    return await loadTensors({ store: this.#store }, this.#table, targets, { ...options, verify });
  }

  /** Reads whole tensors into fresh memory. */
  async loadAll(options: LoadAllOptions = {}): Promise<Map<string, NdArray>> {
    return await loadWhole(this, options);
  }
}
