import type { ObjectPlace } from "@lade/core";
import type { PermissionDeniedError } from "@lade/core/errors";

/** Something that was removed, or could not be. */
export interface Removed {
  /** Its URI. */
  readonly uri: string;
  /** The version that was removed; absent where an object as a whole was. */
  readonly version?: string;
  /** Why it could not be removed; absent when it is gone. */
  readonly error?: Error;
}

/** What messages say to do, in the words of the caller. */
export interface RemovalAdvice {
  /** Where a prefix or directory is named. */
  readonly recursive: string;
  /** Where a name is an object and a prefix too. */
  readonly ambiguous: string;
  /** Where a whole container is named. */
  readonly all: string;
  /** Where a container that is to be removed holds something. */
  readonly force: string;
  /** Where a container that is to be removed holds older versions or delete markers. */
  readonly versions: string;
}

/** Advice for scripts. */
export const SCRIPT_ADVICE: RemovalAdvice = {
  recursive: "recursive: true removes everything under it",
  ambiguous: "add a slash for the prefix or leave out recursive",
  all: "recursive: true and all: true remove every object in it",
  force: "force: true removes everything in it first",
  versions: "force: true and versions: true remove those too",
};

/** A removal that was looked into and may be done. */
export interface Removal {
  /** What its URI names; `"other"` is a socket, pipe or device. */
  readonly kind:
    | "object"
    | "version"
    | "marker"
    | "link"
    | "other"
    | "prefix"
    | "container"
    | "nothing";
  /** What is removed. */
  readonly uri: string;
  /** Where it is, in whatever way it was named. */
  readonly place: ObjectPlace;
  /** Why it is not known whether the object is there: neither reading nor listing is allowed. */
  readonly unseen?: PermissionDeniedError;
  /** Yields what `run` would remove, and removes nothing. */
  preview(): AsyncIterable<Removed>;
  /** Removes it and yields what became of each thing, also when the rest fails. */
  run(): AsyncIterable<Removed>;
}
