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

/**
 * What is found of an object: its checksums; `"changed"` where something is remembered that the URI named before; `"touched"`
 * where size and time of change are those that are remembered, but something was done to the local file since; nothing else.
 */
export type FoundSums = RememberedSums | "changed" | "touched" | undefined;

/** The checksums that were found, if any. */
export function sumsOf(found: FoundSums): RememberedSums | undefined {
  return typeof found === "string" ? undefined : found;
}

/** Looks up what is remembered of objects, the fastest in the order of their URIs. */
export interface ChecksumReader {
  /** What is remembered of an object as `meta` shows it. */
  find(uri: string, meta: ObjectMeta): FoundSums;
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
