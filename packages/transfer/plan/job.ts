import type { ObjectMeta } from "@lade/core";
import type { Place } from "../places/place.ts";
import type { Input } from "./input.ts";

/** One object to be transferred. */
export interface Job {
  /** Where it is; standard input where absent. */
  readonly from?: Place;
  /** The version that is taken; the latest where absent. */
  readonly version?: string;
  /** Where it goes; standard output where absent. */
  readonly to?: Place;
  /** What is read to its end in place of an object: standard input, or what is at `from`. */
  readonly input?: Input;
  /** Its source is not removed though it is moved: a link leads there, which is removed in its place. */
  readonly isLinked?: boolean;
  /** A symbolic link is made at the local destination: that of the source, or where an object says. */
  readonly makesLink?: boolean;
  /** Its size, where a listing had it. */
  readonly size?: number;
  /** All that a listing had of it. */
  readonly listed?: ObjectMeta;
  /**
   * What a listing had of the destination: only that is replaced, and `"nothing"` where it had none. What somebody else wrote
   * since then stays, and the object fails. Without it anything is replaced.
   */
  readonly replaces?: ObjectMeta | "nothing";
  /** Its source has to be what `listed` says, and its destination what `replaces` says: it was planned before. */
  readonly isPinned?: boolean;
}

/** One object that is not transferred. */
export interface Refusal {
  /** Its URI. */
  readonly uri: string;
  /** Why it could not be; a `string` where it is left alone on purpose. */
  readonly reason: Error | string;
  /** The object, where it only marks a directory: a move removes it. */
  readonly marker?: Marker;
}

/** An object that only marks a directory, or an empty local directory. */
export interface Marker {
  /** Where it is. */
  readonly from: Place;
  /** What the listing had of it; absent for an empty local directory, which no move of objects removes. */
  readonly listed?: ObjectMeta;
  /** The local directory that is made of it. */
  readonly to?: Place;
}

/** The source of a job, as messages write it. */
export function sourceOf(job: Job): string {
  return job.from?.uri ?? "-";
}

/** The destination of a job, as messages write it. */
export function destinationOf(job: Job): string {
  return job.to?.uri ?? "-";
}
