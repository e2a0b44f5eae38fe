import type { Evidence } from "../compare/difference.ts";

/**
 * What became of one name, as `rclone check` writes it: `=` the same on both sides, `*` on both but different, `+` missing
 * at the destination, `-` missing at the source, `!` not compared because of an error.
 */
export type CheckSign = "=" | "*" | "+" | "-" | "!";

/** What a comparison of two trees, or of two objects, says of one name. */
export interface CheckEntry {
  /** What became of it. */
  readonly sign: CheckSign;
  /** The name: the key below the prefix of either side. */
  readonly name: string;
  /** The URI at the source, where there is an object. */
  readonly source?: string;
  /** The URI at the destination, where there is an object. */
  readonly target?: string;
  /** Bytes, where the sides have as many. */
  readonly size?: number;
  /** What showed whether they are the same; absent where they were not compared. */
  readonly by?: Evidence;
  /** What it showed, as a clause. */
  readonly detail?: string;
  /** Why they were not compared. */
  readonly error?: unknown;
}
