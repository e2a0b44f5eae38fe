import { type ObjectStore, PrefixStore } from "@lade/core";
import { checkOptions, needText } from "@lade/core/backend";
import { UnsupportedError } from "@lade/core/errors";
import { keepDurable } from "@lade/core/seams";
import type { Series } from "./series.ts";

/** Where a series of checkpoints lies. */
export interface SeriesPlace {
  /** The store. */
  readonly store: ObjectStore;
  /** What all its keys begin with; empty where it is the whole store. */
  readonly prefix: string;
}

/** Options of {@linkcode seriesAt}. */
export interface SeriesAtOptions {
  /** Whether something is saved there. */
  readonly writes: boolean;
  /** Whether it is promised that no other run writes at the same time. */
  readonly soleRun: boolean;
}

/**
 * The series at a place. To write, a store that replaces objects under any condition is an `UnsupportedError`, unless
 * `soleRun` is promised.
 */
export function seriesAt(place: SeriesPlace, { writes, soleRun }: SeriesAtOptions): Series {
  checkOptions("find checkpoints", place, { store: "any", prefix: "any" });
  const { store, prefix } = place;
  needText(prefix);
  const below = prefix === "" ? store : new PrefixStore(store, prefix.endsWith("/") ? prefix : `${prefix}/`);
  if (writes && !soleRun && store.capabilities.createOnly === false) {
    throw new UnsupportedError({
      operation: "keep checkpoints in",
      uri: below.uri,
      detail: "the store replaces objects whatever is asked, so that two runs could mix",
      advice: "promise by soleRun that only one writes at a time",
    });
  }
  // A manifest that survives the end of a machine names nothing that does not.
  if (writes) keepDurable(below, "");
  return { store: below, ifIgnored: soleRun ? "look" : "refuse" };
}
