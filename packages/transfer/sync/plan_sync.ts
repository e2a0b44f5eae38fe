import type { LeftOut, ObjectMeta } from "@lade/core";
import { InvalidNameError, NotFoundError } from "@lade/core/errors";
import type { PlaceJudge } from "@lade/core/operations";
import { system } from "@lade/core/system";
import type { Difference, Listed } from "../compare/difference.ts";
import { ListedObject } from "../compare/listed_object.ts";
import { type ListedSide, mergeListings, type Pair } from "../merge/merge_listings.ts";
import { localPathOf, type Place, placeBelow } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import type { Job, Refusal } from "../plan/job.ts";
import type { PathClashes } from "../names/path_clashes.ts";
import type { ObjectFilter } from "../filter/object_filter.ts";
import { unknownMeta } from "../filter/unknown_meta.ts";
import type { JobPlan } from "../plan/job_plan.ts";
import type { PlannedLinks } from "../plan/plan_links.ts";
import { planLeftOut, planListed } from "../plan/plan_jobs.ts";
import { RootWatch } from "../plan/root_watch.ts";
import type { Deletion } from "./deletion.ts";
import type { LeftOuts } from "../merge/left_outs.ts";
import type { SyncOptions } from "./sync_request.ts";
import { LinkGuard } from "./link_guard.ts";
import { refuseOverlap } from "./refuse_overlap.ts";

/** Comparisons that need more than the listings, in flight. */
const COMPARED_AT_ONCE = 32;

/** How two trees are compared, and what is planned. */
export interface SyncPlan {
  /** The stores. */
  readonly lade: UriCalls;
  /** The command, for messages. */
  readonly operation: string;
  /** The prefix that is the source. */
  readonly source: Place;
  /** The prefix that becomes like it. */
  readonly destination: Place;
  /** Where what is replaced or deleted is kept. */
  readonly backup?: Place | undefined;
  /** Takes only what this says yes to. */
  readonly filter?: ObjectFilter | undefined;
  /** Which names are this process's own; the others are done by another one. */
  readonly isOwn?: ((name: string) => boolean) | undefined;
  /** What becomes of symbolic links of a local source; followed by default. */
  readonly links?: SyncOptions["links"];
  /** Directories of the source of which it was told already that they may not be read, each ending in a slash. */
  readonly unread?: PlannedLinks["unread"];
  /** What exists at the destination is left alone. */
  readonly createOnly: boolean;
  /** What the source does not have is deleted from the destination. */
  readonly deletes: boolean;
  /** Finds objects of the source that cannot be at the destination together; absent where all can. */
  readonly clashes?: PathClashes | undefined;
  /** Says what makes a difference. */
  readonly compare: (source: Listed, target: Listed) => Difference | Promise<Difference>;
  /** Judges whether two names lead to one place. */
  readonly judge: PlaceJudge;
  /** Takes what the listing of the source gave no object for. */
  readonly sourceLeftOuts: LeftOuts;
  /** Takes what the listing of the destination gave no object for. */
  readonly targetLeftOuts: LeftOuts;
  /** Called for a directory of the source that holds nothing, with its name. */
  readonly onEmptyDirectory: (name: string) => void;
  /** Called for an object of the source that the filter takes; `marks` where it only marks a directory. */
  readonly onSource: (marks: boolean) => void;
  /** Called for an object of the destination that the filter takes. */
  readonly onTarget: () => void;
  /** Called for an object that need not be copied. */
  readonly onUnchanged: () => void;
  /** Ends the listings. */
  readonly signal: AbortSignal;
}

/** One step of a synchronization; deletions are kept to its end. */
export type SyncStep = Job | Refusal | Deletion;

/**
 * Plans what brings the destination up to date, in the order of names: each side is listed once, both concurrently. A job
 * replaces only what its listing had at the destination. A failure of either listing is thrown, after the steps before it.
 */
export async function* planSync(given: SyncPlan): AsyncGenerator<SyncStep, void, void> {
  const links = await leaveOutLinks(given);
  if (links) yield* links.jobs;
  const plan = links ? { ...given, filter: links.filter, unread: links.unread } : given;
  const planner = new Planner(plan, await isListable(plan.destination));
  const doubtful: Promise<SyncStep | undefined>[] = [];
  for await (const pair of mergeListings(planner.source, planner.target, plan.signal)) {
    const overlap = planner.checkOverlap(pair);
    if (overlap) await overlap;
    if (planner.hasRefusals) yield* planner.takeRefusals();
    const step = planner.planPair(pair);
    if (step === undefined) continue;
    if (!(step instanceof Promise) && doubtful.length === 0) {
      yield step;
      continue;
    }
    const settled = Promise.resolve(step);
    settled.catch(() => {});
    doubtful.push(settled);
    const next = doubtful.length >= COMPARED_AT_ONCE ? await doubtful.shift() : undefined;
    if (next) yield next;
  }
  for (const settled of doubtful) {
    const step = await settled;
    if (step) yield step;
  }
  yield* planner.takeRefusals();
  yield* planner.missing();
}

/** What stays of the source's links, and the filter that leaves them out; `undefined` where they are followed. */
async function leaveOutLinks(plan: SyncPlan): Promise<PlannedLinks | undefined> {
  const { tree } = plan.source.store;
  if (plan.links !== "skip" || !tree) return undefined;
  const { planLinks } = await import("../plan/plan_links.ts");
  return await planLinks(
    { ...jobPlanOf(plan), ...(plan.filter && { filter: plan.filter }) },
    plan.source,
    tree,
  );
}

function jobPlanOf({ lade, operation, destination, links, judge, signal }: SyncPlan): JobPlan {
  return {
    lade,
    operation,
    sources: [],
    destination: { kind: "prefix", place: destination },
    recursive: true,
    move: false,
    changesAttributes: false,
    conversion: "none",
    ...(links && { links }),
    judge,
    signal,
  };
}

class Planner {
  readonly source: ListedSide;
  readonly target: ListedSide;
  readonly #plan: SyncPlan;
  readonly #jobs: JobPlan;
  readonly #guard: LinkGuard | undefined;
  /** Those that look for local roots in the trees of other ones. */
  readonly #watches: readonly Watch[];
  readonly #refusals: Promise<Refusal | undefined>[] = [];
  /** Names of the filter's list that the source has not shown yet; none where what it lacks is to be deleted. */
  readonly #unseen: Set<string>;
  #isSourceJudged = false;
  #isTargetJudged = false;

  constructor(plan: SyncPlan, hasDestination: boolean) {
    const { source, destination, deletes, filter } = plan;
    this.#plan = plan;
    this.#unseen = new Set(deletes ? [] : filter?.names);
    this.source = sideOf(
      source,
      (signal) =>
        source.store.list(source.key, { signal, onLeftOut: (entry) => this.#leaveOutOfSource(entry) }),
    );
    this.target = sideOf(destination, (signal) => {
      const onLeftOut = (entry: LeftOut) => this.#leaveOutOfTarget(entry);
      return hasDestination ? destination.store.list(destination.key, { signal, onLeftOut }) : nothing();
    });
    this.#watches = watchesOf(plan);
    const path = localPathOf(destination.uri);
    this.#guard = destination.store.tree && path !== undefined ? new LinkGuard(path) : undefined;
    this.#jobs = jobPlanOf(plan);
  }

  /**
   * With the first object of either side: where the names of services do not show whether they are one, it does. With the
   * first one of each directory of two local trees: one may be mounted twice.
   */
  checkOverlap(pair: Pair): Promise<void> | undefined {
    const { name } = pair;
    const looks = this.#watches.flatMap(({ side, inner, outer, watch }) => {
      const found = pair[side] && watch.find(name);
      return found ? [found.then((at) => at === undefined ? undefined : { inner, outer, at })] : [];
    });
    return looks.length > 0 ? this.#refuseRoot(looks, pair) : this.#checkFirst(pair);
  }

  async #refuseRoot(
    looks: readonly Promise<(Pick<Watch, "inner" | "outer"> & { readonly at: string }) | undefined>[],
    pair: Pair,
  ): Promise<void> {
    const found = (await Promise.all(looks)).find((one) => one !== undefined);
    if (!found) return await this.#checkFirst(pair);
    const { inner, outer, at } = found;
    const { operation, source } = this.#plan;
    const as = `as ${JSON.stringify(at)}`;
    const detail = outer === source
      ? `${JSON.stringify(inner.uri)} lies in it, ${as}`
      : `${inner === source ? "it" : JSON.stringify(inner.uri)} lies in ${JSON.stringify(outer.uri)}, ${as}`;
    throw new InvalidNameError({ operation, uri: source.uri, detail });
  }

  #checkFirst({ source, target }: Pair): Promise<void> | undefined {
    if (!(source && !this.#isSourceJudged) && !(target && !this.#isTargetJudged)) return undefined;
    this.#isSourceJudged ||= source !== undefined;
    this.#isTargetJudged ||= target !== undefined;
    return refuseOverlap(this.#plan, { source: source?.key, target: target?.key });
  }

  /** Whether anything was left out. */
  get hasRefusals(): boolean {
    return this.#refusals.length > 0;
  }

  /** What was left out so far. */
  async *takeRefusals(): AsyncGenerator<Refusal> {
    for (const refusal of this.#refusals.splice(0)) {
      const refused = await refusal;
      if (refused) yield refused;
    }
  }

  /** The names of the filter's list of which the source has no object, once it is listed. */
  *missing(): Generator<Refusal> {
    const { operation, source, filter, isOwn } = this.#plan;
    for (const name of this.#unseen) {
      const key = source.key + name;
      if (isOwn?.(name) === false || filter?.(unknownMeta(key), name) === false) continue;
      const uri = source.uriOf(key);
      yield { uri, reason: new NotFoundError({ operation, uri, detail: "no such object" }) };
    }
  }

  /** What is to be done about a name; nothing where that is `undefined`. */
  planPair({ name, source, target }: Pair): SyncStep | undefined | Promise<SyncStep | undefined> {
    const { filter, isOwn, deletes, createOnly, onSource, onTarget, onUnchanged } = this.#plan;
    if (source) this.#unseen.delete(name);
    const isSource = source !== undefined && (filter?.(source, name) ?? true);
    // Whether there is anything at all shows in the shares of others, too.
    if (isSource) onSource(isMark(name, source));
    const clash = isSource ? this.#plan.clashes?.take(name) : undefined;
    if (isOwn && !isOwn(name)) return undefined;
    const isTarget = target !== undefined && (filter?.(target, name) ?? true);
    if (isTarget) onTarget();
    if (!source) return isTarget && deletes ? this.#planDeletion(name, target) : undefined;
    if (!isSource) return undefined;
    if (clash !== undefined) {
      const [uri, { operation }] = [this.#plan.source.uriOf(source.key), this.#plan];
      return { uri, reason: new InvalidNameError({ operation, uri, detail: clash }) };
    }
    if (!target) return this.#planCopy(name, source, undefined);
    if (createOnly) {
      onUnchanged();
      return undefined;
    }
    const found = this.#plan.compare(
      new ListedObject(this.#plan.source, source),
      new ListedObject(this.#plan.destination, target),
    );
    if (found instanceof Promise) return this.#planCompared(name, source, target, found);
    if (!found.same) return this.#planCopy(name, source, target);
    onUnchanged();
    return undefined;
  }

  async #planCompared(
    name: string,
    source: ObjectMeta,
    target: ObjectMeta,
    comparing: Promise<Difference>,
  ): Promise<SyncStep | undefined> {
    try {
      const { same } = await comparing;
      if (!same) return await this.#planCopy(name, source, target);
      this.#plan.onUnchanged();
      return undefined;
    } catch (error) {
      this.#plan.signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      return { uri: this.#plan.source.uriOf(source.key), reason: error };
    }
  }

  async #planCopy(
    name: string,
    source: ObjectMeta,
    target: ObjectMeta | undefined,
  ): Promise<SyncStep | undefined> {
    const planned = planListed(this.#jobs, this.#plan.source, source);
    if ("reason" in planned) return await this.#unlessMarked(planned);
    const blocking = await this.#linkInTheWay(name);
    if (blocking === undefined) return { ...planned, replaces: target ?? "nothing" };
    const { operation, destination } = this.#plan;
    const detail = `${JSON.stringify(destination.uriOf(destination.key + blocking))} is in its way: ${
      this.#plan.targetLeftOuts.reasonOf(blocking) ?? "it is a symbolic link"
    }`;
    const advice = "remove that, or copy this one object";
    const uri = this.#plan.source.uriOf(source.key);
    return { uri, reason: new InvalidNameError({ operation, uri, detail, advice }) };
  }

  async #planDeletion(name: string, target: ObjectMeta): Promise<SyncStep | undefined> {
    const { source, destination } = this.#plan;
    // What marks a directory in a store of objects has no like in one of files.
    if (isMark(name, target) && source.store.tree) return undefined;
    const link = await this.#guard?.linkIn(name);
    if (link !== undefined) {
      const whole = link === name ? "it is a symbolic link" : `it lies behind the symbolic link ${link}`;
      return { uri: destination.uriOf(target.key), reason: `${whole}, and stays` };
    }
    return { remove: placeBelow(destination, name), name, listed: target };
  }

  /** A directory that is there already needs no mark. */
  async #unlessMarked(refusal: Refusal): Promise<Refusal | undefined> {
    const path = refusal.marker?.to && localPathOf(refusal.marker.to.uri);
    if (path === undefined || !await isDirectory(path)) return refusal;
    this.#plan.onUnchanged();
    return undefined;
  }

  async #linkInTheWay(name: string): Promise<string | undefined> {
    const leftOut = this.#plan.targetLeftOuts.find(name);
    return leftOut ?? await this.#guard?.linkIn(name);
  }

  #leaveOutOfSource(entry: LeftOut): void {
    const { source, filter, isOwn, sourceLeftOuts, onEmptyDirectory, unread } = this.#plan;
    const name = entry.key.slice(source.key.length);
    this.#unseen.delete(name);
    const isEmpty = !entry.error && isEmptyDirectory(entry);
    // An empty directory is nothing that a store of objects could lack, and nothing to be kept elsewhere.
    if (isEmpty && !this.#guard) return;
    if (isEmpty) onEmptyDirectory(name.slice(0, -1));
    else sourceLeftOuts.add(name, entry.reason);
    if (unread?.has(name)) return;
    // Below a directory that may not be read there may be anything.
    const isWanted = (filter?.(unknownMeta(entry.key), name) ?? true) && (isOwn?.(name) ?? true);
    if (entry.error === undefined && !isWanted) return;
    this.#refusals.push(this.#unlessMarked(planLeftOut(this.#jobs, source, entry)));
  }

  #leaveOutOfTarget(entry: LeftOut): void {
    const { key, reason, error } = entry;
    const { destination, targetLeftOuts } = this.#plan;
    // An empty directory is in nobody's way.
    if (!error && isEmptyDirectory(entry)) return;
    targetLeftOuts.add(key.slice(destination.key.length), reason);
    if (error) this.#refusals.push(Promise.resolve({ uri: destination.uriOf(key), reason: error }));
  }
}

/** Whether an object has no bytes and only marks a directory. */
function isMark(name: string, { size }: ObjectMeta): boolean {
  return size === 0 && (name === "" || name.endsWith("/"));
}

function isEmptyDirectory({ key, hasBytes }: LeftOut): boolean {
  return !hasBytes && key.endsWith("/");
}

/** What looks in the tree of one side for the root of another tree. */
interface Watch {
  readonly side: "source" | "target";
  readonly outer: Place;
  readonly inner: Place;
  readonly watch: RootWatch;
}

/** What is kept of the destination may lie in neither side, and what is local is watched alone. */
function watchesOf({ source, destination, backup }: SyncPlan): readonly Watch[] {
  const inner = (side: Watch["side"], outer: Place, place: Place): Watch[] => {
    const watch = RootWatch.below(outer.uri, place.uri);
    return watch ? [{ side, outer, inner: place, watch }] : [];
  };
  return [
    ...inner("source", source, destination),
    ...inner("target", destination, source),
    ...(backup ? [...inner("source", source, backup), ...inner("target", destination, backup)] : []),
  ];
}

function sideOf({ uri, key }: Place, list: ListedSide["list"]): ListedSide {
  return { uri, prefix: key, list };
}

/** A local directory that is not there yet has nothing, where any other missing container is an error. */
async function isListable({ uri }: Place): Promise<boolean> {
  const path = localPathOf(uri);
  return path === undefined ||
    await system.stat(path).then(() => true, (error) => !(error instanceof system.errors.NotFound));
}

async function* nothing(): AsyncGenerator<never, void, void> {}

async function isDirectory(path: string): Promise<boolean> {
  const status = await system.lstat(path.replace(/(?<=.)\/$/, "")).catch(() => undefined);
  return status?.isDirectory === true;
}
