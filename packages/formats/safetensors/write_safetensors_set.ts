import { compareKeys, type ObjectStore, type PutResult } from "@lade/core";
import { formatIndex } from "./parse_index.ts";
import { planSafetensors, type PlanSafetensorsOptions, type SafetensorsPlan } from "./plan_safetensors.ts";
import type { TensorToWrite } from "./tensor_data.ts";
import { tensorLength, type TensorSpec } from "./tensor_place.ts";
import {
  checkAllData,
  writePlanned,
  type WriteSafetensorsOptions,
  type WrittenSafetensors,
} from "./write_safetensors.ts";

/** Options of {@linkcode planSafetensorsSet}. */
export interface PlanSafetensorsSetOptions extends PlanSafetensorsOptions {
  /** What the names of the files begin with; `model` by default. */
  readonly name?: string;
  /** Bytes of the tensors of one file, at most, but for a tensor that is larger; 5 GB by default. */
  readonly maxSize?: number;
}

/** One file of several. */
export interface PlannedFile {
  /** Its name: `model-00001-of-00002.safetensors`. */
  readonly name: string;
  /** Where everything of it lies. */
  readonly plan: SafetensorsPlan;
}

/** Where everything of several safetensors files lies. */
export interface SafetensorsSetPlan {
  /** The files. */
  readonly files: readonly PlannedFile[];
  /** The bytes of the index, which lies beside them. */
  readonly index: Uint8Array;
  /** Bytes of all tensors. */
  readonly totalSize: number;
}

const MAX_SIZE = 5_000_000_000;
const INDEX_END = ".safetensors.index.json";

/**
 * Lays tensors out in several safetensors files and writes their index: a pure function of its arguments. Tensors come into
 * the files in the order in which they are given. Throws as `planSafetensors` does.
 */
export function planSafetensorsSet(
  tensors: Iterable<TensorSpec>,
  { name = "model", maxSize = MAX_SIZE, ...options }: PlanSafetensorsSetOptions = {},
): SafetensorsSetPlan {
  if (!(maxSize > 0)) {
    throw new RangeError(`Cannot write files of ${maxSize} bytes: a positive number is needed`);
  }
  const groups: TensorSpec[][] = [];
  let room = 0;
  let totalSize = 0;
  for (const tensor of tensors) {
    const length = tensorLength(tensor) ?? 0;
    const last = groups.at(-1);
    if (last && length <= room) last.push(tensor);
    else {
      groups.push([tensor]);
      room = maxSize;
    }
    room = Math.max(0, room - length);
    totalSize += length;
  }
  if (groups.length === 0) groups.push([]);
  const places = new Map<string, string>();
  const files = groups.map((group, index) => {
    const file = `${name}-${fiveDigits(index + 1)}-of-${fiveDigits(groups.length)}.safetensors`;
    const plan = planSafetensors(group, options);
    for (const { name } of plan.tensors) {
      if (places.has(name)) {
        throw new TypeError(`Cannot lay out tensor ${JSON.stringify(name)}: two tensors have this name`);
      }
      places.set(name, file);
    }
    return { name: file, plan };
  });
  const sorted = new Map([...places].sort(([a], [b]) => compareKeys(a, b)));
  return { files, index: formatIndex(sorted, totalSize), totalSize };
}

/** Options of {@linkcode writeSafetensorsSet}. */
export interface WriteSafetensorsSetOptions extends Omit<WriteSafetensorsOptions, "onBytes"> {
  /** Bytes of the tensors of one file, at most, but for a tensor that is larger; 5 GB by default. */
  readonly maxSize?: number;
}

/** Several safetensors files that were written. */
export interface WrittenSafetensorsSet {
  /** The index. */
  readonly index: PutResult;
  /** The files, with their keys. */
  readonly files: readonly (WrittenSafetensors & { readonly key: string })[];
  /** Bytes of all tensors. */
  readonly totalSize: number;
}

/**
 * Writes tensors as several safetensors files, one after the other, and at last their index, whose key is given and ends in
 * `.safetensors.index.json`: the files of `m/model.safetensors.index.json` are `m/model-00001-of-00002.safetensors` and so
 * on. Tensors are given as to `writeSafetensors`, and in the order of the files. After a failure the files before it are
 * there, and the index is not written.
 */
export async function writeSafetensorsSet(
  store: ObjectStore,
  key: string,
  tensors: Iterable<TensorToWrite>,
  options: WriteSafetensorsSetOptions = {},
): Promise<WrittenSafetensorsSet> {
  if (!key.endsWith(INDEX_END)) {
    throw new TypeError(`Cannot write ${JSON.stringify(key)}: the key of an index ends in ${INDEX_END}`);
  }
  const { maxSize, ...fileOptions } = options;
  const { metadata, alignment, objectMetadata, ...put } = fileOptions;
  const slash = key.lastIndexOf("/") + 1;
  const all = [...tensors];
  const plan = planSafetensorsSet(all, {
    name: key.slice(slash, -INDEX_END.length),
    ...(maxSize !== undefined && { maxSize }),
    ...(metadata && { metadata }),
    ...(alignment !== undefined && { alignment }),
  });
  const byName = new Map(all.map((tensor) => [tensor.name, tensor]));
  for (const file of plan.files) checkAllData(file.plan, byName);
  const files: (WrittenSafetensors & { readonly key: string })[] = [];
  for (const { name, plan: filePlan } of plan.files) {
    const fileKey = key.slice(0, slash) + name;
    const written = await writePlanned(store, fileKey, { plan: filePlan, byName }, fileOptions);
    files.push({ ...written, key: fileKey });
  }
  const index = await store.put(key, plan.index, {
    ...put,
    ...(objectMetadata && { metadata: objectMetadata }),
  });
  return { index, files, totalSize: plan.totalSize };
}

function fiveDigits(count: number): string {
  return String(count).padStart(5, "0");
}
