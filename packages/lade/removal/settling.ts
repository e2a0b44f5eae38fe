import type { CallOptions } from "@lade/core";
import type { ObjectFilter } from "@lade/transfer/filter";
import type { LocatedUri, UriCalls } from "@lade/transfer/places";
import type { Removal, RemovalAdvice } from "./removal.ts";

/** What every step of settling a removal is given. */
export interface Settling {
  /** The stores. */
  readonly lade: UriCalls;
  /** What does not exist counts as removed. */
  readonly force: boolean;
  /** A whole container may be emptied too. */
  readonly all: boolean;
  /** Which objects under the prefix go; all where absent. */
  readonly filter?: ObjectFilter;
  /** What messages say to do. */
  readonly advice: RemovalAdvice;
  /** Ends it. */
  readonly call: CallOptions;
}

/** A removal, and where it is done. */
export type Settled = Omit<Removal, "place"> & {
  /** Where. */
  readonly at: LocatedUri;
};
