/**
 * How much of a checkpoint is looked at: the sizes of its objects, by listing them (`"size"`); every byte of its tensors and
 * extras, by checksum (`"chunks"`); or, besides that, what its files and records say of themselves, against its manifest
 * (`"full"`).
 */
export type VerifyLevel = "size" | "chunks" | "full";

/** Something that is wrong with a checkpoint. */
export interface VerifyFault {
  /** The object, by its key below the prefix of the series. */
  readonly key: string;
  /** What is wrong with it, as a clause. */
  readonly detail: string;
  /** The tensor that cannot be had, where it is one. */
  readonly tensor?: string;
  /** Where in the object the damage begins, in bytes. */
  readonly offset?: number;
  /** Bytes from there that are damaged. */
  readonly length?: number;
}

/** What was found of a checkpoint. */
export interface VerifyReport {
  /** How much of it was looked at. */
  readonly level: VerifyLevel;
  /** Objects that it names. */
  readonly objects: number;
  /** Bytes that were read and compared with their checksums. */
  readonly bytes: number;
  /** All that is wrong, by object; none of a sound checkpoint. */
  readonly faults: readonly VerifyFault[];
}

/** Options of a verification. */
export interface VerifyOptions {
  /** Ends it. */
  readonly signal?: AbortSignal;
}
