import type { ObjectMeta, ObjectStore } from "@lade/core";

/**
 * What shows that two objects are the same, or are not: their sizes, a checksum of each that nothing was read for, the tags
 * by which services name a content, a checksum that was remembered, their times, or bytes that were read. `"none"` where
 * nothing was to be looked at.
 */
export type Evidence = "size" | "checksum" | "etag" | "remembered" | "time" | "content" | "none";

/** An object of one of the two sides, as its listing has it. */
export interface Listed {
  /** The store that listed it. */
  readonly store: ObjectStore;
  /** Its key there. */
  readonly key: string;
  /** What the listing had of it. */
  readonly meta: ObjectMeta;
  /** Its URI, for messages and for what is remembered of it. */
  readonly uri: string;
}

/** Whether two objects are the same, and how that is known. */
export interface Difference {
  /** Whether they are taken to have the same content, so that nothing is to be brought from the one to the other. */
  readonly same: boolean;
  /** What showed it. */
  readonly by: Evidence;
  /** What it showed, as a clause: `the sizes differ`. */
  readonly detail: string;
}

/** Objects without bytes. */
export const BOTH_EMPTY: Difference = { same: true, by: "size", detail: "both are empty" };
/** The size is all that was asked for. */
export const SAME_SIZE: Difference = { same: true, by: "size", detail: "the sizes are the same" };
/** Objects of two sizes. */
export const OTHER_SIZE: Difference = { same: false, by: "size", detail: "the sizes differ" };
/** Nothing was to be looked at. */
export const UNSEEN: Difference = { same: false, by: "none", detail: "no evidence was asked for" };
/** The target is newer, and only older ones are to be replaced. */
export const NEWER: Difference = { same: true, by: "time", detail: "the destination is newer" };
/** The rule of times. */
export const NOT_OLDER: Difference = { same: true, by: "time", detail: "the destination is not older" };
/** The rule of times, by times that were carried along. */
export const SAME_TIME: Difference = { same: true, by: "time", detail: "the times of change are the same" };
/** The rule of times. */
export const OLDER: Difference = { same: false, by: "time", detail: "the destination is older" };
