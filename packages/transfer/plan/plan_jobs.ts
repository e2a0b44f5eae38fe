import type { LeftOut, ObjectMeta } from "@lade/core";
import { InvalidNameError, NotFoundError, StoreError, UnsupportedError } from "@lade/core/errors";
import { placeOf as whereIs } from "@lade/core/operations";
import { localNameOf, PLAIN_RULES } from "../names/local_names.ts";
import { classifyWhole } from "../places/classify_place.ts";
import { batches, isAskedFor, meantBelow } from "../filter/meant_below.ts";
import { everyFilter, type ObjectFilter } from "../filter/object_filter.ts";
import { isThere, localPathOf, locate, nameOf, type Place, placeBelow, placeOf } from "../places/place.ts";
import { needContent } from "../places/need_content.ts";
import { refuseMissing } from "../places/missing.ts";
import type { Destination } from "../places/resolve_destination.ts";
import { NO_BYTES } from "./byte_source.ts";
import { inputOf, isStandardInput, standardInput } from "./input.ts";
import { InputError } from "./input_error.ts";
import { type Job, type Marker, type Refusal, sourceOf } from "./job.ts";
import { isLocal, type JobPlan, withDestination } from "./job_plan.ts";
import { isLinkName, LINK_SUFFIX } from "./link_mode.ts";
import { intoItself } from "./into_itself.ts";
import { LoopWatch } from "./loop_watch.ts";
import { NameClashes } from "./name_clashes.ts";
import type { PlannedLinks } from "./plan_links.ts";
import { unknownMeta } from "../filter/unknown_meta.ts";
import { TakenNames } from "./taken_names.ts";

/**
 * Lists the jobs of a transfer as they are found. With `recursive` a source that names both an object and a prefix is
 * an `InvalidNameError`, because one of them would be left behind. Of two sources that would bring one name the second
 * does not go.
 */
export async function* planJobs(plan: JobPlan): AsyncGenerator<Job | Refusal> {
  const taken = new TakenNames(plan.sources);
  for (const [index, source] of plan.sources.entries()) {
    try {
      if (isStandardInput(source)) {
        yield withDestination(plan, { input: standardInput(plan.stdin ?? NO_BYTES) }, "");
        continue;
      }
      const split = plan.glob ? (await import("../filter/split_glob.ts")).splitGlob(source) : undefined;
      const place = await locate(plan.lade, split?.base ?? source);
      const unique = (job: Job | Refusal) => withFreeName(plan, job, taken, index);
      if (split) {
        for await (const job of planMatching(plan, place, source, split.filter)) yield unique(job);
      } else if (!plan.recursive) {
        const job = await planObject(plan, place);
        if (job) yield unique(job);
      } else for await (const job of planTree(plan, place)) yield unique(job);
    } catch (error) {
      plan.signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      yield { uri: source, reason: error };
    }
  }
}

/** The job, or why it cannot go where an earlier source has brought its name already. */
function withFreeName(
  { operation }: JobPlan,
  job: Job | Refusal,
  taken: TakenNames,
  index: number,
): Job | Refusal {
  if ("reason" in job || !job.to) return job;
  const earlier = taken.take(job.to.key, index);
  if (earlier === undefined) return job;
  const uri = sourceOf(job);
  const detail = `${JSON.stringify(earlier)} goes to ${JSON.stringify(job.to.uri)} already`;
  return { uri, reason: new InvalidNameError({ operation, uri, detail }) };
}

/** One object, where the filter takes it; a slash at the end of its name, which that of a file cannot have, is left out where it goes to one. */
async function planObject(plan: JobPlan, place: Place): Promise<Job | Refusal | undefined> {
  const { operation, version, signal } = plan;
  await needContent(place, { operation, advice: "add -r to take everything under it", version, signal });
  const name = isLocal(plan.destination) ? nameOf(place).replace(/\/$/, "") : nameOf(place);
  const input = version === undefined ? await inputOf(place.uri) : undefined;
  if (input && plan.move) {
    throw new InputError(input.name, "it is no file that could be moved, use cp to take what it gives");
  }
  if (plan.filter && !input) {
    const meta = await place.store.head(place.key, { signal, ...(version !== undefined && { version }) });
    if (!plan.filter(meta, nameOf(place))) return undefined;
  }
  const from = { from: place, ...(input && { input }), ...(version !== undefined && { version }) };
  return withDestination(plan, from, name);
}

/** What matches the wildcards of a source; nothing at all is a `NotFoundError`, for it was named. */
async function* planMatching(
  plan: JobPlan,
  place: Place,
  source: string,
  matching: ObjectFilter,
): AsyncGenerator<Job | Refusal> {
  let isEmpty = true;
  const matches = Object.assign((meta: ObjectMeta, name: string) => {
    const matches = matching(meta, name);
    if (matches) isEmpty = false;
    return matches;
  }, matching);
  const filter = everyFilter([matches, plan.filter]);
  yield* planTree({ ...plan, ...(filter && { filter }) }, place);
  if (!isEmpty) return;
  throw new NotFoundError({ operation: plan.operation, uri: source, detail: "nothing matches" });
}

async function* planTree(plan: JobPlan, place: Place): AsyncGenerator<Job | Refusal> {
  const { lade, operation, signal } = plan;
  const { object, prefix } = await classifyWhole(lade, place, operation, signal);
  if (object && prefix) {
    const detail = "it is an object and also a prefix";
    const advice = "add a slash for the prefix or leave out -r for the object";
    throw new InvalidNameError({ operation, uri: place.uri, detail, advice });
  }
  let { filter } = plan;
  if (object && (filter?.(object, nameOf(place)) ?? true)) {
    yield withDestination(plan, { from: place, size: object.size }, nameOf(place));
  }
  if (!prefix) return;
  await refuseOverlap(plan, prefix);
  let within = await refuseIntoItself(plan, prefix);
  const clashes = clashesOf(plan, prefix);
  const leftOut: Refusal[] = [];
  let isEmpty = true;
  let links: PlannedLinks | undefined;
  const { tree } = prefix.store;
  if (tree && plan.links !== undefined && plan.links !== "follow") {
    links = await (await import("./plan_links.ts")).planLinks(plan, prefix, tree);
    ({ filter } = links);
    yield* links.jobs;
  }
  const watch = plan.destination.kind === "prefix"
    ? new LoopWatch(plan, prefix, plan.destination.place)
    : undefined;
  let isFirst = true;
  const onLeftOut = (entry: LeftOut) => {
    isEmpty = false;
    // What a directory holds that may not be read is not known.
    const isUnread = entry.error !== undefined && entry.key.endsWith("/");
    const name = entry.key.slice(prefix.key.length);
    if (links?.unread.has(name)) return;
    if (!isUnread && filter && !filter(unknownMeta(entry.key), name)) return;
    plan.onLeftOut?.(entry);
    leftOut.push(planLeftOut(plan, prefix, entry));
  };
  // Only names that are changed can clash, and to find those they have to come in order.
  const order = !clashes && !plan.inOrder ? "any" : "key";
  if (filter?.byNameOnly && isAskedFor(prefix.store, filter)) {
    return yield* planNamed(plan, prefix, filter, within);
  }
  for await (
    const { meta, name, error } of meantBelow(prefix.store, prefix.key, filter, { signal, order, onLeftOut })
  ) {
    if (error) {
      isEmpty = false;
      yield { uri: prefix.uriOf(prefix.key + name), reason: error };
      continue;
    }
    if (isFirst) {
      await refuseOverlap(plan, prefix, meta.key);
      within ??= await refuseIntoItself(plan, prefix, meta.key);
    }
    isFirst = isEmpty = false;
    const looked = watch?.check(name);
    if (looked) await looked;
    yield* leftOut.splice(0);
    yield refuseWithin(plan, prefix, name, within) ??
      refuseClash(plan, prefix, meta.key, clashes?.find(meta.key), links?.taken.get(name)) ??
      planListed(plan, prefix, meta);
  }
  yield* leftOut;
  // What the filter leaves out is there all the same.
  if (isEmpty && !plan.allowMissing && !(filter && await isThere(prefix, signal))) {
    await refuseMissing(prefix, operation);
  }
}

/** Objects of a list that nothing but their names decides about: reading them shows whether they are there. */
async function* planNamed(
  plan: JobPlan,
  prefix: Place,
  filter: ObjectFilter & { readonly names: ReadonlySet<string> },
  within?: string,
): AsyncGenerator<Job | Refusal> {
  const clashes = clashesOf(plan, prefix);
  let isFirst = true;
  for (const name of [...batches(filter.names)].flat()) {
    const from = placeBelow(prefix, name);
    if (!filter(unknownMeta(from.key), name)) continue;
    if (isFirst) {
      await refuseOverlap(plan, prefix, from.key);
      within ??= await refuseIntoItself(plan, prefix, from.key);
    }
    isFirst = false;
    const refused = refuseWithin(plan, prefix, name, within) ??
      refuseClash(plan, prefix, from.key, clashes?.find(from.key));
    if (refused) yield refused;
    else if (becomesLink(plan, from, name)) yield planMadeLink(plan, { from }, name);
    else if (!name.endsWith("/")) yield withDestination(plan, { from }, name);
    else yield await planMark(plan, prefix, from);
  }
}

/** What a name of a list comes to that ends in a slash: what it marks shows only when it is looked at. */
async function planMark(plan: JobPlan, prefix: Place, { key, uri }: Place): Promise<Job | Refusal> {
  const { operation, signal } = plan;
  let meta: ObjectMeta;
  try {
    meta = await prefix.store.head(key, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof StoreError)) throw error;
    return { uri, reason: error.restated({ operation, uri }) };
  }
  return planListed(plan, prefix, meta);
}

/** Why an object does not go that would come to lie in its source again, at the path `within`. */
function refuseWithin(
  { operation }: JobPlan,
  prefix: Place,
  name: string,
  within: string | undefined,
): Refusal | undefined {
  if (within === undefined || !name.startsWith(within)) return undefined;
  return { uri: prefix.uriOf(prefix.key + name), reason: intoItself(prefix, name, operation) };
}

/** Finds objects that would get one name, where names are changed; absent where they are not. */
function clashesOf({ conversion, destination, links }: JobPlan, { uri }: Place): NameClashes | undefined {
  if (conversion !== "none") return new NameClashes();
  const makesLinks = links === "preserve" && isLocal(destination) && localPathOf(uri) === undefined;
  return makesLinks ? new NameClashes(LINK_SUFFIX, isLinkName) : undefined;
}

/** Why an object does not go where another one of the source gets its name: that of the key `clash`, or a link. */
function refuseClash(
  { operation }: JobPlan,
  prefix: Place,
  key: string,
  clash: string | undefined,
  link?: string,
): Refusal | undefined {
  const other = link === undefined ? clash : prefix.key + link;
  if (other === undefined) return undefined;
  const uri = prefix.uriOf(key);
  const detail = `${JSON.stringify(prefix.uriOf(other))} goes to the same name`;
  return { uri, reason: new InvalidNameError({ operation, uri, detail }) };
}

/** What has bytes would be missed at the destination; the rest is worth a note. */
export function planLeftOut(
  { operation, destination }: JobPlan,
  prefix: Place,
  { hasBytes, key, reason, error }: LeftOut,
): Refusal {
  const uri = prefix.uriOf(key);
  if (error) return { uri, reason: error };
  if (!hasBytes && key.endsWith("/") && destination.kind === "prefix" && isLocal(destination)) {
    const to = placeBelow(destination.place, key.slice(prefix.key.length));
    return { uri, reason, marker: { from: placeOf(prefix, key), to } };
  }
  return { uri, reason: hasBytes ? new UnsupportedError({ operation, uri, detail: reason }) : reason };
}

/**
 * A listing would run after its own copies endlessly, and a move would remove what it has just brought. Where the names
 * of a service do not show whether it is one, the first object does.
 */
async function refuseOverlap(plan: JobPlan, source: Place, first?: string): Promise<void> {
  const { destination, operation, judge, signal } = plan;
  if (destination.kind !== "prefix") return;
  const { place } = destination;
  if (!await judge.contains(source, place, first, { signal })) return;
  const [from, to] = await Promise.all(
    [source, place].map(({ store, key }) => whereIs(store, key, { signal })),
  );
  const isSame = from?.key === to?.key;
  // No key is added by copies of objects onto themselves, so that the listing ends.
  if (isSame && plan.changesAttributes && plan.conversion === "none" && !isLocal(destination)) return;
  const detail = `${JSON.stringify(place.uri)} ${isSame ? "is the same" : "lies in it"}`;
  throw new InvalidNameError({ operation, uri: source.uri, detail });
}

/**
 * The path of the source below the destination, where it lies in it; `undefined` where it does not. What lies at the same
 * path of the source is looked for before anything goes: it would come to lie in the source again.
 */
async function refuseIntoItself(
  { destination, judge, operation, signal }: JobPlan,
  source: Place,
  first?: string,
): Promise<string | undefined> {
  if (destination.kind !== "prefix") return undefined;
  const within = await judge.pathWithin(destination.place, source, first, { signal });
  if (!within) return undefined;
  for await (const _ of source.store.list(source.key + within, { signal, order: "any", limit: 1 })) {
    throw intoItself(source, within, operation);
  }
  return within;
}

/** The job of an object that a listing has under a prefix, or why there is none. */
export function planListed(plan: JobPlan, prefix: Place, meta: ObjectMeta): Job | Refusal {
  const name = meta.key.slice(prefix.key.length);
  const from = placeBelow(prefix, name);
  const { destination, operation } = plan;
  const marks = name === "" || name.endsWith("/");
  const isEncoded = isLocal(destination) && name !== "" && meta.size > 0 && plan.names?.encodes === true;
  if (becomesLink(plan, from, name)) return planMadeLink(plan, { from, size: meta.size }, name);
  if (!marks || canHold(destination, name) || isEncoded) {
    return withDestination(plan, { from, size: meta.size, listed: meta }, name);
  }
  if (meta.size === 0) return planMarker(plan, { from, listed: meta }, name);
  const detail = isLocal(destination)
    ? "its name ends in a slash, which that of a file cannot"
    : name === ""
    ? "its name below the prefix is empty"
    : `the destination cannot hold its name: ${faultOf(destination, name)}`;
  const advice = "copy it alone to a name of its own";
  return { uri: from.uri, reason: new InvalidNameError({ operation, uri: from.uri, detail, advice }) };
}

/** Whether an object stands for a link that is made of it; a local file of such a name is a file. */
function becomesLink({ links, destination }: JobPlan, { uri }: Place, name: string): boolean {
  return links === "preserve" && isLocal(destination) && isLinkName(name) && localPathOf(uri) === undefined;
}

function planMadeLink(plan: JobPlan, job: Job, name: string): Job | Refusal {
  return withDestination(plan, { ...job, makesLink: true }, name.slice(0, -LINK_SUFFIX.length));
}

/** Whether there can be an object of this name, which is empty or ends in a slash, at a destination. */
function canHold(destination: Destination, name: string): boolean {
  return !isLocal(destination) && faultOf(destination, name) === undefined;
}

function faultOf(destination: Destination, name: string): string | undefined {
  if (destination.kind !== "prefix") return undefined;
  const { store, key } = destination.place;
  return key + name === "" ? "it is empty" : store.keyFault(key + name);
}

/** At a local place a marker becomes the directory that it marks, if there can be one of that name; else it stays. */
function planMarker({ destination, names }: JobPlan, marker: Marker, name: string): Refusal {
  const { uri } = marker.from;
  const reason = "it only marks a directory";
  if (destination.kind !== "prefix" || !isLocal(destination)) return { uri, reason, marker };
  const { place } = destination;
  if (name === "") return { uri, reason, marker: { ...marker, to: place } };
  const options = { isDirectory: true };
  const made = names?.next(name, options) ?? localNameOf(name, PLAIN_RULES, options);
  if (made.fault !== undefined) return { uri, reason: `${reason}, of which none can be made: ${made.fault}` };
  return { uri, reason, marker: { ...marker, to: placeBelow(place, made.name) } };
}
