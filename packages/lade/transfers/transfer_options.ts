import type { TransferLimit } from "@lade/transfer/limits";
import type { Dropped, ListOptions, ProgressOptions } from "@lade/core";
import type { ObjectFilter, TransferOptions } from "@lade/transfer";

/** Options of `Lade.upload` and `Lade.download`. */
export interface TransferFilesOptions extends
  Pick<
    TransferOptions,
    "checksum" | "chunkSize" | "concurrency" | "keepTime" | "guessContentType" | "failFast"
  >,
  Pick<ListOptions, "onLeftOut">,
  ProgressOptions {
  /** Ends the transfer, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Which objects are copied, by what the listing has of them and by the name below its source; all by default. */
  readonly filter?: ObjectFilter;
  /** Copies only what the destination has not: an object that exists there is an `AlreadyExistsError` of its own. */
  readonly createOnly?: boolean;
}

/** What `Lade.transfer` copies or moves. */
export interface UriTransfer
  extends Omit<TransferOptions, "createOnly" | "dryRun">, Pick<ListOptions, "onLeftOut">, ProgressOptions {
  /** URIs or local paths, one or several. */
  readonly from: string | Iterable<string>;
  /** A URI or a local path: one that ends in `/`, a container or a directory takes the sources by their own names. */
  readonly to: string;
  /** Everything under each source goes below `to`, not the object of its name. */
  readonly recursive?: boolean;
  /** The sources are removed, each when its copy is proved. With `recursive` there is one, else it is a `TypeError`. */
  readonly move?: boolean;
  /** The version of the one object that goes; the latest by default. */
  readonly version?: string;
  /** Nothing is done, and `onResult` is told what would be. */
  readonly dryRun?: boolean;
  /**
   * What to do about an object that is at the destination: it is replaced (the default), left alone (`"skip"`), or an
   * `AlreadyExistsError` of its own (`"fail"`).
   */
  readonly existing?: "replace" | "skip" | "fail";
  /** Called with what became of each object, in the order in which they end. */
  readonly onResult?: (result: UriTransferResult) => void;
  /** Ends the transfer, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What became of one object. */
export interface UriTransferResult {
  /** URI of the source. */
  readonly from: string;
  /** URI of the destination; absent where the object did not come so far. */
  readonly to?: string;
  /** Bytes, where they became known. */
  readonly size?: number;
  /** Why it was left alone; absent where it was not. */
  readonly skipped?: string;
  /** Why it failed; absent where it did not. */
  readonly error?: unknown;
}

/** What a finished transfer moved. */
export interface TransferSummary {
  /** Objects copied. */
  readonly objects: number;
  /** Their bytes. */
  readonly bytes: number;
  /** How many objects lack something that their sources have, by the name of it; absent where none does. */
  readonly dropped?: Readonly<Partial<Record<Dropped["name"], number>>>;
  /** What limited it, among all that the `Lade` did meanwhile. */
  readonly limit: TransferLimit;
}

/** What a finished `Lade.transfer` moved. */
export interface UriTransferSummary extends TransferSummary {
  /** Objects left alone on purpose. */
  readonly skipped: number;
}
