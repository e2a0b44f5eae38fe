import type { ObjectStore } from "@lade/core";
import type { TensorInfo } from "../record/tensor_info.ts";

/** A tensor that is exported, under the name that it gets. */
export interface ExportedTensor extends TensorInfo {
  /** Yields its bytes in C order; those that were yielded are valid until the next are asked for. */
  readonly data: () => AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** What is exported, and where to. */
export interface ExportJob {
  readonly store: ObjectStore;
  /** The prefix of all keys, which is empty or ends with a slash. */
  readonly folder: string;
  /** What the names of the files begin with. */
  readonly name: string;
  readonly tensors: readonly ExportedTensor[];
  /** Replaces what is there. */
  readonly replace: boolean;
  readonly fileBytes: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The keys that were written, the last one first of all by itself. */
export interface WrittenExport {
  readonly index: string;
  readonly files: readonly string[];
  /** Those of the export that was replaced, which were removed. */
  readonly removed?: readonly string[];
  /** Those that are called as files of an export, and are not of this one. */
  readonly left?: readonly string[];
}

/** Options of a call that writes an object of an export: nothing is replaced unless that is asked for. */
export function writeOptions({ replace, signal }: Pick<ExportJob, "replace" | "signal">) {
  return {
    ...(!replace && { ifNoneMatch: "*" as const, ifIgnored: "look" as const }),
    ...(signal && { signal }),
  };
}
