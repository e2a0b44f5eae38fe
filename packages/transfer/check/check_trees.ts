import type { LeftOut, ObjectMeta } from "@lade/core";
import { inOrder } from "@lade/core/concurrency";
import { UnsupportedError } from "@lade/core/errors";
import type { CompareOptions } from "../compare/compare_options.ts";
import { DifferenceJudge } from "../compare/difference_judge.ts";
import { unknownMeta } from "../filter/unknown_meta.ts";
import { LeftOuts } from "../merge/left_outs.ts";
import { type ListedSide, mergeListings, type Pair } from "../merge/merge_listings.ts";
import { lookUp } from "../places/look_up.ts";
import { refuseMissing } from "../places/missing.ts";
import { localPathOf, type Place } from "../places/place.ts";
import type { Difference, Evidence, Listed } from "../compare/difference.ts";
import { ListedObject } from "../compare/listed_object.ts";
import type { CheckEntry, CheckSign } from "./check_entry.ts";

/** What is compared, and how. */
export interface CheckRequest {
  /** The one side: a prefix, or an object. */
  readonly source: Place;
  /** The other side, likewise. */
  readonly target: Place;
  /** How two objects of one name are compared. */
  readonly compare: CompareOptions;
  /** Objects that only the target has are no difference; false by default. */
  readonly oneWay?: boolean;
  /** Compares only objects that it accepts, of either side; all by default. */
  readonly filter?: ((meta: ObjectMeta, name: string) => boolean) | undefined;
  /** Pairs that are worked on at a time; 32 by default. */
  readonly concurrency?: number;
  /** Called with what a local side holds besides files, such as links that are not followed. */
  readonly onSkipped?: (uri: string, reason: string) => void;
}

const AT_ONCE = 32;
const DESCRIPTOR_WAIT_MS = 60_000;

/**
 * Compares two trees name by name, in the order of the names, without copying: each side is listed once, and read only
 * where nothing else tells. A source that holds nothing is a `NotFoundError`, unless it is a container or a directory; a
 * target that holds nothing lacks everything.
 */
export async function* checkTrees(request: CheckRequest): AsyncGenerator<CheckEntry, void, void> {
  const { source, target, concurrency = AT_ONCE, compare: { signal } } = request;
  const judge = new DifferenceJudge(request.compare);
  const leftOut: CheckEntry[] = [];
  const notCompared = { source: new LeftOuts(), target: new LeftOuts() };
  let isEmpty = true;
  const from = sideOf(request, source, {
    leftOut,
    names: notCompared.source,
    onObject: () => isEmpty = false,
  });
  const to = sideOf(request, target, { leftOut, names: notCompared.target, onObject: () => {} });
  const { descriptors } = source.store.context;
  const work = (pair: Pair) => {
    // What is there, and may not be compared, is not missing.
    const isThere = !pair.source && notCompared.source.find(pair.name) !== undefined ||
      !pair.target && notCompared.target.find(pair.name) !== undefined;
    return isThere ? undefined : compareOne(request, judge, pair);
  };
  const atOnce = () => descriptors.atOnce(concurrency);
  for await (const entry of inOrder(mergeListings(from, to, signal), atOnce, work)) {
    if (leftOut.length > 0) yield* leftOut.splice(0);
    if (entry) yield entry;
  }
  yield* leftOut;
  if (isEmpty) await refuseMissing(source, "check");
}

/** Compares two objects, under a name. A source that is missing is a `NotFoundError`. */
export async function checkObjects(request: CheckRequest, name: string): Promise<CheckEntry | undefined> {
  const { source, target, compare: { signal } } = request;
  const [from, to] = await Promise.all([
    source.store.head(source.key, { signal }),
    lookUp(target, signal),
  ]);
  const pair = { name, source: from, ...(to && { target: to }) };
  return await compareOne(request, new DifferenceJudge(request.compare), pair);
}

function compareOne(
  { source, target, filter, oneWay = false, compare: { signal } }: CheckRequest,
  judge: DifferenceJudge,
  { name, source: from, target: to }: Pair,
): CheckEntry | undefined | Promise<CheckEntry> {
  if (oneWay && !from) return undefined;
  if (filter && !(from && filter(from, name)) && !(to && filter(to, name))) return undefined;
  if (!from) return to && { sign: "-", name, target: target.uriOf(to.key) };
  if (!to) return { sign: "+", name, source: source.uriOf(from.key) };
  const [one, other] = [new ListedObject(source, from), new ListedObject(target, to)];
  const found = judge.compare(one, other);
  if (!(found instanceof Promise)) return new ComparedEntry(name, one, other, found);
  const { descriptors } = source.store.context;
  const compare = async () => await judge.compare(one, other);
  // It is done again where too many files were open.
  const again = (error: unknown) =>
    descriptors.wait({ limitMs: DESCRIPTOR_WAIT_MS, signal }, compare, { error })
      .then(told, (error) => ({ sign: "!", name, source: one.uri, target: other.uri, error }) as const);
  const told = (found: Difference): CheckEntry => new ComparedEntry(name, one, other, found);
  return found.then(told, again);
}

/** Two objects that were compared. Their URIs are made where they are asked for. */
class ComparedEntry implements CheckEntry {
  readonly sign: CheckSign;
  readonly name: string;
  readonly size?: number;
  readonly by: Evidence;
  readonly detail: string;
  readonly #source: Listed;
  readonly #target: Listed;

  constructor(name: string, source: Listed, target: Listed, { same, by, detail }: Difference) {
    this.sign = same ? "=" : "*";
    this.name = name;
    if (source.meta.size === target.meta.size) this.size = source.meta.size;
    this.by = by;
    this.detail = detail;
    this.#source = source;
    this.#target = target;
  }

  get source(): string {
    return this.#source.uri;
  }

  get target(): string {
    return this.#target.uri;
  }
}

/** A side as it is listed, without what only marks a directory where the other may be local. */
function sideOf(
  { source, target, filter, onSkipped }: CheckRequest,
  place: Place,
  { leftOut, names, onObject }: {
    readonly leftOut: CheckEntry[];
    readonly names: LeftOuts;
    readonly onObject: () => void;
  },
): ListedSide {
  const { store, key: prefix, uri, uriOf } = place;
  const withoutMarkers = [source, target].some((side) => localPathOf(side.uri) !== undefined);
  const onLeftOut = ({ key, reason, hasBytes, error }: LeftOut) => {
    onObject();
    const [found, name] = [uriOf(key), key.slice(prefix.length)];
    // What cannot be looked into may hold what is meant.
    if (!error && filter?.(unknownMeta(key), name) === false) return;
    if (!hasBytes && !error) return onSkipped?.(found, reason);
    const why = error ?? new UnsupportedError({ operation: "compare", uri: found, detail: reason });
    names.add(name, reason);
    leftOut.push({ sign: "!", name, error: why });
  };
  return {
    uri,
    prefix,
    list: (signal) => store.list(prefix, { signal, onLeftOut }),
    passesOver(meta, name) {
      onObject();
      return withoutMarkers && meta.size === 0 && (name === "" || name.endsWith("/"));
    },
  };
}
