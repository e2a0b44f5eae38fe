import type { ObjectMeta } from "@lade/core";
import {
  attemptOfData,
  type CheckpointRef,
  commitKey,
  generationOfRun,
  LATEST_KEY,
  MARKER_KEY,
  placeOfRecord,
  PREFIXES,
  refName,
  refOfAttempt,
  refOfCommit,
  refOfMark,
} from "../keys/series_keys.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { infoOf } from "../series/checkpoint_info.ts";
import { findManifest, findManifests, tableOf } from "../series/read_checkpoint.ts";
import type { Series } from "../series/series.ts";
import { type KeepPolicy, keptBy } from "./keep_policy.ts";
import { isHeld } from "./hold.ts";
import { bury, exhume } from "./marks.ts";
import { tryRetire } from "./retire.ts";
import { storeTime } from "./store_time.ts";
import { wantedNames } from "./wanted.ts";

/** Options of a collection. */
export interface CollectOptions {
  /** Which checkpoints are kept; all by default, so that only what is retired or was given up is removed. */
  readonly keep?: KeepPolicy | undefined;
  /** Only says what would be removed. */
  readonly dryRun?: boolean;
  /** How long a checkpoint that is retired stays, for who reads it without a hold, in milliseconds. */
  readonly graceMs: number;
  readonly leaseMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a collection did, or would do. */
export interface GcReport {
  /** Checkpoints that are retired now: nobody finds them any more, and their objects are removed after the grace. */
  readonly retired: readonly CheckpointRef[];
  /** Checkpoints that would be retired or removed and are not, since somebody reads them. */
  readonly held: readonly CheckpointRef[];
  /** What was removed, or would be. */
  readonly removed: readonly RemovedObjects[];
  /** Keys below the prefix that are not of the series; they are never touched. */
  readonly unknown: readonly string[];
}

/** Objects that were removed together. */
export interface RemovedObjects {
  /** The checkpoint, or the attempt at one. */
  readonly name: string;
  /** Why nobody needs it. */
  readonly reason: string;
  /** How many objects. */
  readonly objects: number;
  /** Bytes of them. */
  readonly bytes: number;
}

/** Objects that no commit names stay so long while their run goes on, in milliseconds. */
const ORPHAN_MS = 24 * 3_600_000;

/** All that lies below the prefix, by what it is of. */
interface Census {
  readonly newestGeneration: number;
  readonly commits: ReadonlyMap<string, CheckpointRef>;
  readonly tombstones: ReadonlyMap<string, { readonly ref: CheckpointRef; readonly since: number }>;
  /** Records, data and tables, by the name of their checkpoint. */
  readonly objects: ReadonlyMap<string, ObjectMeta[]>;
  readonly holds: readonly ObjectMeta[];
  readonly unknown: readonly string[];
}

/**
 * Removes what nobody needs: checkpoints that no rule keeps, those that are retired, and attempts that no commit can come of.
 * A checkpoint is first marked, then left alone for the grace, then looked at for readers; its manifest goes before what it names.
 * What another checkpoint names stays.
 */
export async function collect(series: Series, options: CollectOptions): Promise<GcReport> {
  const { signal, dryRun = false } = options;
  const time = async () => dryRun ? series.store.context.clock.now() : await storeTime(series, signal);
  const began = await time();
  const [retired, held] = await retireByPolicy(series, options, began);
  // Not before what was marked just now, which would be too early to remove without any grace.
  const now = retired.length > 0 ? await time() : began;
  const census = await take(series, signal);
  const wanted = await wantedNames(series, signal);
  const needed = await keysInUse(series, census, { ...options, now, wanted });
  const removed: RemovedObjects[] = [];
  for (const [name, { ref, since }] of census.tombstones) {
    if (wanted.has(name) && census.commits.has(name)) {
      // Whoever marked it ended before it was taken back.
      if (!dryRun) await exhume(series, ref, signal);
      continue;
    }
    const isDue = now - since >= options.graceMs;
    const objects = census.objects.get(name) ?? [];
    const isCommitted = census.commits.has(name);
    if (!isDue || (objects.length === 0 && !isCommitted)) {
      if (isDue && ref.generation < census.newestGeneration && now - since >= ORPHAN_MS && !dryRun) {
        await exhume(series, ref, signal);
      }
      continue;
    }
    // Whoever opened it before the mark was there holds it still.
    if (await isHeld(series, ref, { now, leaseMs: options.leaseMs, signal })) {
      held.push(ref);
      continue;
    }
    const reason = "it is retired";
    const report = await remove(series, ref, objects, { needed, dryRun, reason, signal });
    if (report.objects > 0 || isCommitted) removed.push(report);
  }
  for (const [name, objects] of census.objects) {
    const ref = refOfName(name);
    if (!ref || census.tombstones.has(name)) continue;
    const isCommitted = census.commits.has(name);
    // What a commit does not name was written by tries that it was not made of.
    const due = objects.filter(({ key }) => !needed.has(key));
    const reason = orphanReason(ref, due, census, now);
    if (!reason || due.length === 0) continue;
    if (isCommitted) {
      if (!dryRun) await removeObjects(series, due, signal);
      removed.push(reportOf(ref, due, "its manifest does not name them"));
      continue;
    }
    if (!dryRun && !await giveUp(series, ref, signal)) continue;
    removed.push(await remove(series, ref, objects, { needed, dryRun, reason, signal }));
  }
  if (!dryRun) await removeDeadHolds(series, census.holds, now, options);
  return { retired, held, removed, unknown: census.unknown };
}

async function retireByPolicy(
  series: Series,
  { keep, dryRun, leaseMs, signal }: CollectOptions,
  now: number,
): Promise<[CheckpointRef[], CheckpointRef[]]> {
  const [retired, held]: [CheckpointRef[], CheckpointRef[]] = [[], []];
  if (!keep) return [retired, held];
  const infos = [];
  for await (const manifest of findManifests(series, signal)) infos.push(infoOf(manifest));
  const kept = keptBy(keep, infos, await wantedNames(series, signal));
  for (const { generation, step } of infos) {
    const ref = { generation, step };
    if (kept.has(refName(ref))) continue;
    const isRetired = dryRun || await tryRetire(series, ref, { leaseMs, now, signal });
    (isRetired ? retired : held).push(ref);
  }
  return [retired, held];
}

/** Lists the series once. */
async function take({ store }: Series, signal: AbortSignal | undefined): Promise<Census> {
  let newestGeneration = -1;
  const commits = new Map<string, CheckpointRef>();
  const tombstones = new Map<string, { ref: CheckpointRef; since: number }>();
  const objects = new Map<string, ObjectMeta[]>();
  const [holds, unknown]: [ObjectMeta[], string[]] = [[], []];
  for await (const object of store.list("", signal ? { signal } : {})) {
    const { key, lastModified } = object;
    const commit = refOfCommit(key);
    const of = nameOfPart(key);
    const mark = refOfMark(key);
    const generation = generationOfRun(key);
    if (commit) commits.set(refName(commit), commit);
    else if (of !== undefined) objects.set(of, [...objects.get(of) ?? [], object]);
    else if (mark && key.startsWith(PREFIXES.retired)) {
      tombstones.set(refName(mark), { ref: mark, since: lastModified.getTime() });
    } else if (generation !== undefined) newestGeneration = Math.max(newestGeneration, generation);
    else if (key.startsWith(PREFIXES.holds)) holds.push(object);
    else if (!mark && key !== MARKER_KEY && key !== LATEST_KEY) unknown.push(key);
  }
  return { newestGeneration, commits, tombstones, objects, holds, unknown };
}

/** The name of the checkpoint that a record, an object of data or a table is of. */
function nameOfPart(key: string): string | undefined {
  const attempt = placeOfRecord(key)?.attempt ?? attemptOfData(key);
  const ref = attempt === undefined ? undefined : refOfAttempt(attempt);
  if (ref) return refName(ref);
  return /^indexes\/(\d{8}-\d{12})-[0-9a-f]{16}\.json\.zst$/.exec(key)?.[1];
}

function refOfName(name: string): CheckpointRef | undefined {
  const [generation, step] = name.split("-").map(Number);
  return generation === undefined || step === undefined ? undefined : { generation, step };
}

/**
 * The keys that checkpoints name, but for those that are removed now: one that is retired for less than the grace, or is held,
 * needs what it names of others still.
 */
async function keysInUse(
  series: Series,
  { tombstones }: Census,
  { now, wanted, graceMs, leaseMs, signal }: CollectOptions & {
    readonly now: number;
    readonly wanted: ReadonlyMap<string, string>;
  },
): Promise<Set<string>> {
  const manifests: Manifest[] = [];
  for (const [name, { ref, since }] of tombstones) {
    const stays = now - since < graceMs || wanted.has(name) ||
      await isHeld(series, ref, { now, leaseMs, signal });
    const manifest = stays ? await findManifest(series, ref, signal) : undefined;
    if (manifest) manifests.push(manifest);
  }
  for await (const manifest of findManifests(series, signal)) manifests.push(manifest);
  const keys = new Set<string>();
  for (const manifest of manifests) {
    for (const { key } of (await tableOf(series, manifest, signal)).shards) keys.add(key);
    for (const { key } of manifest.records) keys.add(key);
    if (!("tensors" in manifest.table)) keys.add(manifest.table.key);
  }
  return keys;
}

/** Why nothing can come of an attempt any more; `undefined` where something may. */
function orphanReason(
  { generation, step }: CheckpointRef,
  objects: readonly ObjectMeta[],
  { newestGeneration, commits }: Census,
  now: number,
): string | undefined {
  if (generation < newestGeneration) return "its run has ended, and it was never committed";
  const youngest = Math.max(...objects.map(({ lastModified }) => lastModified.getTime()));
  const isPast = [...commits.values()].some((ref) => ref.generation === generation && ref.step > step);
  return isPast && now - youngest >= ORPHAN_MS
    ? "a later step was committed a day ago, and it never was"
    : undefined;
}

/** Marks an attempt as given up, unless it was committed meanwhile. */
async function giveUp(series: Series, ref: CheckpointRef, signal: AbortSignal | undefined): Promise<boolean> {
  await bury(series, ref, signal);
  if (!await findManifest(series, ref, signal)) return true;
  await exhume(series, ref, signal);
  return false;
}

async function remove(
  series: Series,
  ref: CheckpointRef,
  objects: readonly ObjectMeta[],
  { needed, dryRun, reason, signal }: {
    readonly needed: ReadonlySet<string>;
    readonly dryRun: boolean;
    readonly reason: string;
    readonly signal: AbortSignal | undefined;
  },
): Promise<RemovedObjects> {
  const due = objects.filter(({ key }) => !needed.has(key));
  if (!dryRun) {
    await series.store.delete(commitKey(ref), signal ? { signal } : {});
    await removeObjects(series, due, signal);
  }
  return reportOf(ref, due, reason);
}

/** Records before data: what has a record can be committed. */
async function removeObjects(
  { store }: Series,
  objects: readonly ObjectMeta[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const call = signal ? { signal } : {};
  const isRecord = ({ key }: ObjectMeta) => key.startsWith(PREFIXES.records);
  for (const part of [objects.filter(isRecord), objects.filter((object) => !isRecord(object))]) {
    for await (const { error } of store.deleteMany(part.map(({ key }) => key), call)) if (error) throw error;
  }
}

/** Holds of readers that have ended without giving them back, and have been good for nothing as long again. */
async function removeDeadHolds(
  { store }: Series,
  holds: readonly ObjectMeta[],
  now: number,
  { leaseMs, signal }: CollectOptions,
): Promise<void> {
  const dead = holds.filter(({ lastModified }) => now - lastModified.getTime() >= 2 * leaseMs);
  const call = signal ? { signal } : {};
  for await (const { error } of store.deleteMany(dead.map(({ key }) => key), call)) if (error) throw error;
}

function reportOf(ref: CheckpointRef, objects: readonly ObjectMeta[], reason: string): RemovedObjects {
  const bytes = objects.reduce((sum, { size }) => sum + size, 0);
  return { name: refName(ref), reason, objects: objects.length, bytes };
}
