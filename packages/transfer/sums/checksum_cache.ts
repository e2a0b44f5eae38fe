import type { Checksums, ObjectMeta } from "@lade/core";

/** Checksums that were computed of an object. */
export interface ComputedSums {
  /** The URI of the object. */
  readonly uri: string;
  /** What its listing or its read had of it. */
  readonly meta: ObjectMeta;
  /** The checksums. */
  readonly checksums: RememberedSums;
  /** When its read began, or that of what it was written from, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/** What is remembered of an object. */
export interface RememberedSums extends Checksums {
  /** What it has in common with every object that is a copy of it or of which it is one. */
  readonly pair?: string;
  /** When anything of the local file had last changed, in seconds since 1970; absent of others. */
  readonly status?: string;
}

/** Looks up what is remembered of objects, the fastest in the order of their URIs. */
export interface ChecksumReader {
  /**
   * The checksums that are remembered of an object as `meta` shows it; `"changed"` where something is remembered that the
   * URI named before.
   */
  find(uri: string, meta: ObjectMeta): RememberedSums | "changed" | undefined;
}

/**
 * Remembers checksums of objects, so that they need not be read again. It is a help alone: what it cannot keep is computed
 * anew, and what is stale or damaged is not believed.
 */
export interface ChecksumCache extends Disposable {
  /** Begins to look things up; one for each listing. */
  reader(): ChecksumReader;
  /** Takes note of what was computed. */
  remember(computed: ComputedSums): void;
}
