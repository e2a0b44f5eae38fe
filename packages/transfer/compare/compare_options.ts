import type { ProgressListener } from "@lade/core";
import type { ChecksumCache } from "../sums/checksum_cache.ts";
import type { Listed } from "./difference.ts";

/**
 * What is to make a difference, besides the size:
 *
 * - `"content"`: what the content is known to be, else the times, and only where these differ a read of a local side, or of
 *   both where the target is the later one;
 * - `"checksum"`: the content alone; it is read where nothing tells;
 * - `"size"`: nothing;
 * - `"time"`: the times alone;
 * - `"read"`: the content, of which both sides are read whatever is known;
 * - `"all"`: everything differs, also what has the same size.
 */
export type CompareMode = "content" | "checksum" | "size" | "time" | "read" | "all";

/** How objects are compared. */
export interface CompareOptions {
  /** What is to make a difference. */
  readonly mode: CompareMode;
  /** A target that is newer than its source is left as it is; false by default. */
  readonly update?: boolean;
  /** Remembers checksums. */
  readonly cache?: ChecksumCache | undefined;
  /** Called when an object is about to be read. The listener it returns takes the events of the read. */
  readonly onRead?: (listed: Listed) => ProgressListener | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}
