import { type ObjectStore, objectUri } from "@lade/core";
import { AlreadyExistsError } from "@lade/core/errors";
import { writeSafetensorsSet } from "@lade/formats/safetensors";
import type { LoadOptions } from "../load/load_tensors.ts";
import type { TensorReader } from "../load/tensor_reader.ts";
import type { TensorInfo } from "../record/tensor_info.ts";
import { streamTensor } from "./stream_tensor.ts";

/** Options of {@linkcode exportCheckpoint}. */
export interface ExportOptions extends LoadOptions {
  /** Which tensors: all by default. */
  readonly filter?: (tensor: TensorInfo) => boolean;
  /** What a tensor is called in what is written; as in the checkpoint by default. */
  readonly rename?: (name: string) => string;
  /** Bytes of the tensors of one file, at most, but for a tensor that is larger; 5 GB by default. */
  readonly fileBytes?: number;
  /** What the names of the files begin with; `model` by default, which `from_pretrained` looks for. */
  readonly name?: string;
  /** Replaces an export that is there, whose index is removed first; `false` by default. */
  readonly replace?: boolean;
}

/** What was exported. */
export interface ExportReport {
  /** The key of the index, which was written last. */
  readonly index: string;
  /** The keys of the files, in their order. */
  readonly files: readonly string[];
  /** How many tensors. */
  readonly tensors: number;
  /** Bytes of all tensors. */
  readonly bytes: number;
}

/** Bytes of a part that is read at once, at most: two are in memory, besides what the byte budget holds. */
const PART_BYTES = 32 * 2 ** 20;

/**
 * Writes whole tensors as `model-00001-of-0000N.safetensors` with their `model.safetensors.index.json`, which `from_pretrained`
 * and other readers of safetensors open: each tensor is put together from the parts that the ranks saved, and streamed, so that
 * no tensor has to fit into memory. Checksums are compared on the way, unless `verify` is `false`.
 *
 * The index is written last; after a failure there is none. Where an object is there already, it is an `AlreadyExistsError`,
 * unless `replace` is given.
 */
export async function exportCheckpoint(
  checkpoint: Pick<TensorReader, "tensors" | "load">,
  store: ObjectStore,
  prefix: string,
  options: ExportOptions = {},
): Promise<ExportReport> {
  const { filter = () => true, rename = (name) => name, name = "model", replace = false, ...rest } = options;
  const { fileBytes, ...load } = rest;
  if (name === "" || name.includes("/")) {
    throw new TypeError(`Cannot export as ${JSON.stringify(name)}: it is no name of a file`);
  }
  const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const key = `${folder}${name}.safetensors.index.json`;
  const partBytes = Math.min(PART_BYTES, Math.max(2 ** 16, Math.floor(store.context.budget.capacity / 8)));
  const tensors = [...checkpoint.tensors()].filter(filter).map((tensor) => ({
    name: rename(tensor.name),
    dtype: tensor.dtype,
    shape: tensor.shape,
    data: () => streamTensor(checkpoint, tensor, partBytes, load),
  }));
  if (tensors.length === 0) {
    throw new RangeError(
      `Cannot export to ${JSON.stringify(objectUri(store.uri, key))}: no tensor is chosen`,
    );
  }
  const call = load.signal ? { signal: load.signal } : {};
  if (replace) await store.delete(key, call);
  try {
    const written = await writeSafetensorsSet(store, key, tensors, {
      metadata: { format: "pt" },
      ...(fileBytes !== undefined && { maxSize: fileBytes }),
      ...(!replace && { ifNoneMatch: "*" as const, ifIgnored: "look" as const }),
      ...call,
    });
    return {
      index: key,
      files: written.files.map(({ key }) => key),
      tensors: tensors.length,
      bytes: written.totalSize,
    };
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error;
    throw error.restated({ advice: "export elsewhere, or replace what is there" });
  }
}
