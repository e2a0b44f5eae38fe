import { byteLengthOf, elementsOf, layoutOf, type NdArray } from "@lade/formats/array";
import type { TensorInfo } from "../record/tensor_info.ts";
import { checkOptions } from "@lade/core/backend";
import { type LoadOptions, type LoadReport, OF_LOAD } from "./load_tensors.ts";
import type { TensorTarget } from "./plan_load.ts";

/** Options of {@linkcode TensorReader.loadAll}. */
export interface LoadAllOptions extends LoadOptions {
  /** Which tensors: all by default. */
  readonly filter?: (tensor: TensorInfo) => boolean;
}

/** Tensors by name, any part of which can be read: a checkpoint, or what others wrote. */
export interface TensorReader {
  /** The tensors, by name. */
  tensors(): Iterable<TensorInfo>;
  /** Reads parts of tensors into the caller's memory, which holds arbitrary bytes after a failure. */
  load(targets: Iterable<TensorTarget>, options?: LoadOptions): Promise<LoadReport>;
  /** Reads whole tensors into fresh memory. */
  loadAll(options?: LoadAllOptions): Promise<Map<string, NdArray>>;
}

/** Reads whole tensors of a reader into fresh memory. */
export async function loadWhole(
  reader: Pick<TensorReader, "tensors" | "load">,
  given: LoadAllOptions,
): Promise<Map<string, NdArray>> {
  checkOptions("load tensors", given, { filter: "function", ...OF_LOAD });
  const { filter = () => true, ...options } = given;
  const tensors = new Map<string, NdArray>();
  for (const tensor of reader.tensors()) {
    if (!filter(tensor)) continue;
    const { name, dtype, shape } = tensor;
    const bytes = byteLengthOf(dtype, elementsOf(shape) ?? 0) ?? 0;
    const data = layoutOf(dtype).view(new ArrayBuffer(bytes), 0, bytes);
    tensors.set(name, { dtype, shape, order: "C", data });
  }
  const targets = [...tensors].map(([name, { data: { buffer, byteOffset, byteLength } }]) => ({
    name,
    data: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
  }));
  await reader.load(targets, options);
  return tensors;
}
