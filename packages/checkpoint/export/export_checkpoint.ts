import { type ObjectStore, objectUri } from "@lade/core";
import { checkOptions, needText, optionWords } from "@lade/core/backend";
import { AlreadyExistsError } from "@lade/core/errors";
import { byteLengthOf, elementsOf } from "@lade/formats/array";
import { type LoadOptions, OF_LOAD } from "../load/load_tensors.ts";
import type { TensorReader } from "../load/tensor_reader.ts";
import type { TensorInfo } from "../record/tensor_info.ts";
import type { ExportJob, WrittenExport } from "./export_job.ts";
import { exportNpz } from "./export_npz.ts";
import { exportRaw } from "./export_raw.ts";
import { exportSafetensors } from "./export_safetensors.ts";
import { streamTensor } from "./stream_tensor.ts";

/**
 * What tensors are exported as: files of safetensors with an index; one npz, which NumPy opens; or one file of bare bytes with a
 * description in JSON.
 */
export type ExportFormat = "safetensors" | "npz" | "raw";

/** Options of {@linkcode exportCheckpoint}. */
export interface ExportOptions extends LoadOptions {
  /** What is written; `safetensors` by default. */
  readonly format?: ExportFormat;
  /** Which tensors: all by default. */
  readonly filter?: (tensor: TensorInfo) => boolean;
  /** What a tensor is called in what is written; as in the checkpoint by default. */
  readonly rename?: (name: string) => string;
  /** Bytes of the tensors of one file of safetensors, at most, but for a tensor that is larger; 5 GB by default. */
  readonly fileBytes?: number;
  /** What the names of the files begin with; `model` by default, which `from_pretrained` looks for. */
  readonly name?: string;
  /**
   * Replaces an export that is there, whose index or description is removed first, and files that the old index names and the new
   * one does not last; `false` by default.
   */
  readonly replace?: boolean;
}

/** What was exported. */
export interface ExportReport {
  /** The key of what was written last: the index, the npz, or the description. */
  readonly index: string;
  /** The keys of the files, in their order. */
  readonly files: readonly string[];
  /** How many tensors. */
  readonly tensors: number;
  /** Bytes of all tensors. */
  readonly bytes: number;
  /** The keys of files of the export that was replaced, by its index, which were removed. */
  readonly removed: readonly string[];
  /** The keys of files that are called as those of an export are, and are not of this one. */
  readonly left: readonly string[];
}

/** Bytes of a part that is read at once, at most: two are in memory, besides what the byte budget holds. */
const PART_BYTES = 32 * 2 ** 20;

const OPTIONS = {
  format: "any",
  filter: "function",
  rename: "function",
  fileBytes: "any",
  name: "any",
  replace: "boolean",
  ...OF_LOAD,
} as const;

const WRITERS: Readonly<Record<ExportFormat, (job: ExportJob) => Promise<WrittenExport>>> = {
  safetensors: exportSafetensors,
  npz: exportNpz,
  raw: exportRaw,
};

/**
 * Writes whole tensors for others: each is put together from the parts that the ranks saved, and streamed, so that no tensor has
 * to fit into memory. Checksums are compared on the way, unless `verify` is `false`.
 *
 * As `safetensors` they are `model-00001-of-0000N.safetensors` with their `model.safetensors.index.json`, which `from_pretrained`
 * and other readers of safetensors open; as `npz` they are `model.npz`, where a dtype that NumPy has not is an
 * `UnsupportedError` before anything is written; as `raw` they are the bytes in `model.raw`, each tensor from a multiple of 64
 * on, and `model.raw.json`, which tells of each its name, dtype, shape, offset and CRC-32C.
 *
 * What tells of the others is written last; after a failure there is none. Where an object is there already, it is an
 * `AlreadyExistsError` before anything is read or written, unless `replace` is given.
 */
export async function exportCheckpoint(
  checkpoint: Pick<TensorReader, "tensors" | "load">,
  store: ObjectStore,
  prefix: string,
  options: ExportOptions = {},
): Promise<ExportReport> {
  checkOptions("export", options, OPTIONS);
  needText(prefix);
  const { filter = () => true, rename = (name) => name, name = "model", replace = false, ...rest } = options;
  const { format = "safetensors", fileBytes, ...load } = rest;
  const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const cannot = (detail: string) =>
    `Cannot export to ${JSON.stringify(objectUri(store.uri, folder))}: ${detail}`;
  if (typeof name !== "string" || name === "" || name.includes("/")) {
    throw new TypeError(cannot(`${optionWords(name)} is no name of a file`));
  }
  if (!Object.hasOwn(WRITERS, format)) {
    throw new TypeError(
      cannot(`the format ${optionWords(format)} is none of ${Object.keys(WRITERS).join(", ")}`),
    );
  }
  if (fileBytes !== undefined && typeof fileBytes !== "number") {
    throw new TypeError(cannot(`its fileBytes ${optionWords(fileBytes)} are no number`));
  }
  if (fileBytes !== undefined && format !== "safetensors") {
    throw new TypeError(cannot(`fileBytes is of safetensors, and ${format} is one file`));
  }
  const partBytes = Math.min(PART_BYTES, Math.max(2 ** 16, Math.floor(store.context.budget.capacity / 8)));
  const names = new Set<string>();
  const tensors = [...checkpoint.tensors()].filter(filter).map((tensor) => {
    const { dtype, shape } = tensor;
    const name = rename(tensor.name);
    if (names.has(name)) throw new TypeError(cannot(`two tensors would be called ${JSON.stringify(name)}`));
    names.add(name);
    return { name, dtype, shape, data: () => streamTensor(checkpoint, tensor, partBytes, load) };
  });
  if (tensors.length === 0) throw new RangeError(cannot("no tensor is chosen"));
  const job = { store, folder, name, tensors, replace, fileBytes, signal: load.signal };
  try {
    const written = await WRITERS[format](job);
    const bytes = tensors.reduce(
      (sum, { dtype, shape }) => sum + (byteLengthOf(dtype, elementsOf(shape) ?? 0) ?? 0),
      0,
    );
    return { removed: [], left: [], ...written, tensors: tensors.length, bytes };
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error;
    throw error.restated({ advice: "export elsewhere, or replace what is there" });
  }
}
