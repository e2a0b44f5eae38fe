import type { IgnoredCondition, ObjectAttributes, ReadOptions } from "@lade/core";
import type { ObjectFilter } from "../filter/object_filter.ts";
import type { ByteSource } from "../plan/byte_source.ts";
import type { Job, Refusal } from "../plan/job.ts";
import type { NameMapping } from "../names/local_names.ts";
import type { LinkMode } from "../plan/link_mode.ts";
import type { Conversion } from "../plan/conversion.ts";
import type { Destination } from "../places/resolve_destination.ts";
import type { JournalRequest } from "./kept_journal.ts";
import type { Shard } from "@lade/core/shard";
import type { ChecksumCache } from "../sums/checksum_cache.ts";

/** How a transfer works on each object. */
export interface TransferOptions extends Pick<ReadOptions, "checksum" | "chunkSize"> {
  /** Does nothing, and reports what would be done. */
  readonly dryRun?: boolean;
  /** Leaves alone what exists at the destination. */
  readonly createOnly?: boolean;
  /** What to do where the service would ignore that condition; `"look"` by default. */
  readonly ifIgnored?: IgnoredCondition;
  /** A prefix under which there is nothing is no error. */
  readonly allowMissing?: boolean;
  /** Objects in flight; 32 by default, fewer where memory or descriptors do not suffice. */
  readonly concurrency?: number;
  /** Attributes to store in place of those of the source. */
  readonly attributes?: ObjectAttributes;
  /** Copies are dated as their sources, and the time of change of local files is kept; true by default. */
  readonly keepTime?: boolean;
  /** Files are dated by when their sources were written, where no time of change is known; false by default. */
  readonly keepWriteTime?: boolean;
  /** What comes without a media type gets that of its name; true by default. */
  readonly guessContentType?: boolean;
  /** What is done to the bytes, and so to the names; nothing by default. */
  readonly conversion?: Conversion;
  /** How hard to compress, from 1 to 22; 3 by default. */
  readonly zstdLevel?: number;
  /**
   * What becomes of names of which no file can be made: they are refused, or written with percent signs, and read so where
   * files go to a store of objects. Refused by default.
   */
  readonly mapNames?: NameMapping;
  /** What becomes of symbolic links of a local source, and of objects that are links; followed by default. Not of a move. */
  readonly links?: LinkMode;
  /** Which objects go; all by default. */
  readonly filter?: ObjectFilter;
  /** Of what is under each source only this share goes, and the rest is left to others; all by default. */
  readonly shard?: Shard;
  /**
   * Ends the transfer at the first failure: what is under way is given up, the rest is not begun, and the counts so far
   * are the result. By default everything else goes on.
   */
  readonly failFast?: boolean;
  /** Remembers which objects are copies of one another, and their checksums; by default nothing does. */
  readonly cache?: ChecksumCache | undefined;
  /** Keeps a journal, by which the same transfer goes on where an interrupted one stopped; none is kept by default. */
  readonly journal?: JournalRequest | undefined;
}

/** What is transferred, and where to. */
export interface TransferRequest extends TransferOptions {
  /** The command, for messages: `cp`. */
  readonly operation: string;
  /** URIs or local paths of the sources; `-` is standard input. */
  readonly sources: readonly string[];
  /** Where they go. */
  readonly destination: Destination;
  /** Everything under a source goes, not the object of its name. */
  readonly recursive: boolean;
  /** Wildcards in sources stand for names: what matches goes, by its name below the last segment without any. */
  readonly glob?: boolean;
  /** The sources are removed, each when its copy is proved. */
  readonly move: boolean;
  /** The version of the one object that goes; the latest by default. */
  readonly version?: string;
  /** What `-` reads; nothing by default. */
  readonly stdin?: ByteSource;
  /** Where objects without a destination go; needed where the destination is standard output. */
  readonly stdout?: (bytes: Uint8Array) => Promise<void>;
  /** Jobs that were planned before, those of the share alone: then the sources are not listed. */
  readonly planned?: () => AsyncGenerator<Job | Refusal>;
  /** What is to be done when all jobs are, if none failed, before the journal ends; resolves with whether it was. */
  readonly afterwards?: () => Promise<boolean>;
  /** Ends the transfer. */
  readonly signal: AbortSignal;
}
