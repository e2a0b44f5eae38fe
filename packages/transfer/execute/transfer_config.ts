import type {
  CopyObjectResult,
  Dropped,
  IgnoredCondition,
  ObjectAttributes,
  ProgressListener,
  ReadOptions,
  ResumableCopy,
  ZstdPool,
} from "@lade/core";
import type { PlaceJudge } from "@lade/core/operations";
import type { Conversion, Converted } from "../plan/conversion.ts";
import type { RememberedCopy } from "./kept_journal.ts";
import type { VerificationListener } from "./verification.ts";

/** How objects are transferred. */
export interface TransferConfig {
  /** The source is removed afterwards. */
  readonly move: boolean;
  /** Judges whether two names lead to one place. */
  readonly judge: PlaceJudge;
  /** Objects that exist are an `AlreadyExistsError`. */
  readonly createOnly: boolean;
  /** What to do where the service would ignore that condition. */
  readonly ifIgnored: IgnoredCondition;
  /** How objects are read. */
  readonly reading: Pick<ReadOptions, "checksum" | "chunkSize">;
  /** Attributes to store; those of the source by default. */
  readonly attributes: ObjectAttributes;
  /** Copies are dated as their sources. */
  readonly keepTime: boolean;
  /** Files are dated by when their sources were written, where no time of change is known. */
  readonly keepWriteTime?: boolean;
  /** What comes without a media type gets that of its name. */
  readonly guessContentType: boolean;
  /** What is done to the bytes of objects for which it is not done yet. */
  readonly conversion: Conversion;
  /** How hard to compress, from 1 to 22. */
  readonly level: number;
  /** Compresses and decompresses; absent where nothing is to be. */
  readonly pool: ZstdPool | undefined;
  /** Where a job without a destination writes. */
  readonly stdout: (bytes: Uint8Array) => Promise<void>;
  /** Called for each event. */
  readonly onProgress: ProgressListener;
  /** Called when standard input has given no byte to write. */
  readonly onEmptyInput: () => void;
  /** Called with what was verified of the bytes. */
  readonly onVerified: VerificationListener;
  /** Called with what a conversion made of the bytes, once all of them are written. */
  readonly onConverted: (converted: Converted) => void;
  /** Called with what of an object its copy lacks. */
  readonly onDropped: (dropped: readonly Dropped[]) => void;
  /** Makes copies of large objects outlive this process. */
  readonly resumable?: ResumableCopy;
  /** Called when a copy is proved, before its source is removed. */
  readonly onCopied?: RememberedCopy["onCopied"];
  /** Remembers the copy of an object that stays, when it is made. */
  readonly remember?: (copy: CopyObjectResult) => Promise<void>;
  /** Ends the transfer. */
  readonly signal: AbortSignal;
}
