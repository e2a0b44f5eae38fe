import type { ObjectMeta } from "@lade/core";
import type { Place } from "../places/place.ts";

/** An object of the destination that the source does not have. */
export interface Deletion {
  /** Where it is. */
  readonly remove: Place;
  /** Its key below the prefix. */
  readonly name: string;
  /** What its listing had of it: only that is deleted. */
  readonly listed: ObjectMeta;
}
