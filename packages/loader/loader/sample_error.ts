import type { SampleFailure } from "../config/sample_failure.ts";
import { quoteUri } from "./quote_uri.ts";

/**
 * A sample could not be had. It is thrown at the batch that the sample is of, after all batches before it; the loader's
 * state then points at that batch.
 */
export class SampleError extends Error {
  /** The class's name. */
  override readonly name: string = "SampleError";
  /** The object it is of, or the data set. */
  readonly uri: string;
  /** Which record of the object, from 0. */
  readonly record?: number;
  /** Where in the object it lies, in bytes. */
  readonly offset?: number;
  /** Which of the data sets of a mixture it is of: its name. */
  readonly dataset?: string;
  /** What of the object it is decoded with, in the format's words: `row group 3`. */
  readonly group?: string;
  /** Which sample of the data set. */
  readonly index: number;
  /** Its position in the epoch's order. */
  readonly position: number;
  /** The epoch. */
  readonly epoch: number;

  /** Describes a failure; `more` follows the cause. */
  constructor(failure: SampleFailure, more = "") {
    const { uri, record, offset, group, dataset, index, position, epoch, cause } = failure;
    const where = record === undefined
      ? ""
      : `, record ${record}${offset === undefined ? "" : ` at byte ${offset}`}`;
    const within = group === undefined ? "" : ` in ${group}`;
    const of = dataset === undefined || dataset === uri ? "" : ` of ${quoteUri(dataset)}`;
    const words = causeWords(cause);
    super(`Cannot load sample ${index}${of} (${quoteUri(uri)}${where}${within}): ${words}${more}`, { cause });
    this.uri = uri;
    if (record !== undefined) this.record = record;
    if (offset !== undefined) this.offset = offset;
    if (group !== undefined) this.group = group;
    if (dataset !== undefined) this.dataset = dataset;
    this.index = index;
    this.position = position;
    this.epoch = epoch;
  }
}

/** What is said of anything that was thrown, which may be no error, and nothing that can be made a text. */
function causeWords(cause: unknown): string {
  try {
    return cause instanceof Error ? cause.message : String(cause);
  } catch {
    return `a thrown ${typeof cause} that says nothing of itself`;
  }
}
