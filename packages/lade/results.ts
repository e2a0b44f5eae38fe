import type { CommonPrefix, GetManyResult, ObjectMeta, ObjectVersion } from "@lade/core";

/** One entry of a listing by URI: an object, or a prefix that stands for all below it. */
export type UriEntry = (ObjectMeta | CommonPrefix) & {
  /** The URI of the object or prefix. */
  readonly uri: string;
};

/** One version of an object, or a delete marker, with the URI of the object. */
export type UriVersion = ObjectVersion & {
  /** The URI of the object. */
  readonly uri: string;
};

/** One object of `getMany`, with its URI. */
export type GetManyUriResult = GetManyResult & {
  /** The URI as its provider writes it. */
  readonly uri: string;
};
