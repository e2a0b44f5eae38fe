import type { ObjectMeta } from "@lade/core";
import { QuotaExceededError } from "@lade/core/errors";
import { type CheckpointRef, commitKey, parseRefName, PREFIXES, refName } from "../keys/series_keys.ts";
import { infoOf } from "../series/checkpoint_info.ts";
import { isCommitted } from "../series/find_commits.ts";
import { findManifests } from "../series/read_checkpoint.ts";
import type { Series } from "../series/series.ts";
import { type Census, takeCensus, type Tombstone } from "./census.ts";
import type { GcReport, RemovedObjects } from "./gc_report.ts";
import { isHeld } from "./hold.ts";
import { type KeepPolicy, keptBy, missingMetric } from "./keep_policy.ts";
import { type KeysInUse, keysInUse } from "./keys_in_use.ts";
import { bury, buryAgain, exhume } from "../series/marks.ts";
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

/** Objects that no commit names stay so long while their run goes on, in milliseconds. */
const ORPHAN_MS = 24 * 3_600_000;

/**
 * Removes what nobody needs: checkpoints that no rule keeps, those that are retired, and attempts that no commit can come of.
 * A checkpoint is first marked, then left alone for the grace, then looked at for readers; its manifest goes before what it names.
 * What another checkpoint names stays, and what one that cannot be read may name.
 *
 * Where the store has no room for marks, what is due already goes first, and then all is looked at anew.
 */
export async function collect(series: Series, options: CollectOptions): Promise<GcReport> {
  const retired: CheckpointRef[] = [];
  const removed: RemovedObjects[] = [];
  for (;;) {
    const pass = new Pass(series, options);
    const report = await pass.run();
    retired.push(...report.retired);
    removed.push(...report.removed);
    const isBlocked = pass.isStale || report.isFull || report.unmarked.length > 0;
    if (!isBlocked || report.removed.length === 0 || options.dryRun) {
      const now = new Set(retired.map(refName));
      const waiting = report.waiting.filter((ref) => !now.has(refName(ref)));
      return { ...report, retired, waiting, removed };
    }
  }
}

/** One look at all of a series, and what comes of it. */
class Pass {
  /** Whether what was listed is too old for anything more to be removed by it. */
  isStale = false;
  readonly #series: Series;
  readonly #options: CollectOptions;
  readonly #signal: AbortSignal | undefined;
  readonly #dryRun: boolean;
  readonly #retired: CheckpointRef[] = [];
  readonly #held: CheckpointRef[] = [];
  readonly #waiting: CheckpointRef[] = [];
  readonly #unmarked: CheckpointRef[] = [];
  readonly #removed: RemovedObjects[] = [];
  #listedAt = 0;
  #now = 0;

  constructor(series: Series, options: CollectOptions) {
    this.#series = series;
    this.#options = options;
    this.#signal = options.signal;
    this.#dryRun = options.dryRun ?? false;
  }

  async run(): Promise<GcReport> {
    const began = await this.#time();
    this.#now = began.time;
    await this.#retireByPolicy();
    // Not before what was marked just now, which would be too early to remove without any grace.
    const time = this.#retired.length > 0 ? await this.#time() : began;
    this.#now = time.time;
    this.#listedAt = this.#monotonicMs();
    const census = await takeCensus(this.#series, this.#signal);
    const marked = this.#dryRun ? this.#retired : [];
    const own = marked.map((ref) => [refName(ref), { ref, since: this.#now }] as const);
    // By name, as marks are listed.
    const tombstones = new Map([...census.tombstones, ...own].sort(([a], [b]) => a < b ? -1 : 1));
    const wanted = await wantedNames(this.#series, this.#signal);
    const stays = async ({ ref, since }: Tombstone) =>
      this.#now - since < this.#options.graceMs || wanted.has(refName(ref)) || await this.#isHeld(ref);
    const inUse = await keysInUse(this.#series, tombstones, stays, this.#signal);
    await this.#removeRetired({ ...census, tombstones }, wanted, inUse);
    await this.#removeOrphans({ ...census, tombstones }, inUse);
    if (!this.#dryRun) await this.#removeDeadHolds(census.holds);
    return {
      retired: this.#retired,
      held: this.#held,
      waiting: this.#waiting,
      unmarked: this.#unmarked,
      damaged: inUse.damaged,
      removed: this.#removed,
      unknown: census.unknown,
      isFull: time.isFull,
    };
  }

  async #retireByPolicy(): Promise<void> {
    const { keep, leaseMs } = this.#options;
    if (!keep) return;
    const infos = [];
    // Those that cannot be read are told of below.
    for await (const manifest of findManifests(this.#series, () => {}, this.#signal)) {
      infos.push(infoOf(manifest));
    }
    const missing = missingMetric(keep, infos);
    if (missing !== undefined) {
      const { uri, context } = this.#series.store;
      const text = `no checkpoint has the metric ${
        JSON.stringify(missing)
      } to be kept by, so that all are kept`;
      context.onNotice?.({ uri, text });
    }
    const kept = keptBy(keep, infos, await wantedNames(this.#series, this.#signal));
    for (const { generation, step } of infos) {
      const ref = { generation, step };
      if (kept.has(refName(ref))) continue;
      if (this.#dryRun) {
        (await this.#isHeld(ref) ? this.#held : this.#retired).push(ref);
        continue;
      }
      const options = { leaseMs, now: this.#now, signal: this.#signal };
      const isRetired = await this.#orUnmarked(ref, () => tryRetire(this.#series, ref, options));
      if (isRetired !== undefined) (isRetired ? this.#retired : this.#held).push(ref);
    }
  }

  async #removeRetired(
    { tombstones, commits, objects, newestGeneration }: Census,
    wanted: ReadonlyMap<string, string>,
    inUse: KeysInUse,
  ): Promise<void> {
    for (const [name, { ref, since }] of tombstones) {
      if (wanted.has(name) && commits.has(name)) {
        // Whoever marked it ended before it was taken back.
        if (!this.#dryRun) await exhume(this.#series, ref, this.#signal);
        continue;
      }
      const own = objects.get(name) ?? [];
      const age = this.#now - since;
      if (age < this.#options.graceMs) {
        if (own.length > 0 || commits.has(name)) this.#waiting.push(ref);
        continue;
      }
      if (own.length === 0 && !commits.has(name)) {
        const isForgotten = ref.generation < newestGeneration && age >= ORPHAN_MS;
        if (isForgotten && !this.#dryRun) await exhume(this.#series, ref, this.#signal);
        continue;
      }
      // Whoever opened it before the mark was there holds it still.
      if (await this.#isHeld(ref)) {
        this.#held.push(ref);
        continue;
      }
      if (this.#hasBecomeStale()) return;
      const due = own.filter(({ key }) => !inUse.has(ref, key));
      if (due.length > 0 || commits.has(name)) await this.#remove(ref, due, "it is retired");
    }
  }

  async #removeOrphans(census: Census, inUse: KeysInUse): Promise<void> {
    for (const [name, objects] of census.objects) {
      const ref = parseRefName(name);
      if (!ref || census.tombstones.has(name)) continue;
      // What a commit does not name was written by tries that it was not made of.
      const due = objects.filter(({ key }) => !inUse.has(ref, key));
      const reason = this.#orphanReason(ref, due, census);
      if (!reason || due.length === 0) continue;
      if (this.#hasBecomeStale()) return;
      if (census.commits.has(name)) {
        if (!this.#dryRun) await this.#removeObjects(due);
        this.#removed.push(reportOf(ref, due, "its manifest does not name them"));
        continue;
      }
      const isGivenUp = await this.#orUnmarked(ref, () => this.#giveUp(ref));
      if (isGivenUp === "held") this.#held.push(ref);
      else if (isGivenUp) await this.#remove(ref, due, reason);
    }
  }

  /** Why nothing can come of an attempt any more; `undefined` where something may. */
  #orphanReason(
    { generation, step }: CheckpointRef,
    objects: readonly ObjectMeta[],
    { newestGeneration, commits }: Census,
  ): string | undefined {
    if (generation < newestGeneration) return "its run has ended, and it was never committed";
    const youngest = objects.reduce(
      (most, { lastModified }) => Math.max(most, lastModified.getTime()),
      -Infinity,
    );
    const isPast = [...commits.values()].some((ref) => ref.generation === generation && ref.step > step);
    return isPast && this.#now - youngest >= ORPHAN_MS
      ? "a later step was committed a day ago, and it never was"
      : undefined;
  }

  /**
   * Marks an attempt as given up, unless it was committed meanwhile, or is copied just now. Only who made the mark goes on by it,
   * or takes it back; where that one has ended, it is as if it were retired.
   */
  async #giveUp(ref: CheckpointRef): Promise<boolean | "held"> {
    if (await this.#isHeld(ref)) return "held";
    if (this.#dryRun) return true;
    if (!await bury(this.#series, ref, this.#signal)) return false;
    const isThere = await isCommitted(this.#series, ref, this.#signal);
    if (!isThere && !await this.#isHeld(ref)) return true;
    await exhume(this.#series, ref, this.#signal);
    return isThere ? false : "held";
  }

  async #remove(ref: CheckpointRef, due: readonly ObjectMeta[], reason: string): Promise<void> {
    if (!this.#dryRun) {
      await this.#series.store.delete(commitKey(ref), this.#call);
      await this.#removeObjects(due);
      // Who copies it there again goes by the age of the mark.
      await buryAgain(this.#series, ref, this.#signal);
    }
    this.#removed.push(reportOf(ref, due, reason));
  }

  /** Records before data: what has a record can be committed. */
  async #removeObjects(objects: readonly ObjectMeta[]): Promise<void> {
    const isRecord = ({ key }: ObjectMeta) => key.startsWith(PREFIXES.records);
    for (const part of [objects.filter(isRecord), objects.filter((object) => !isRecord(object))]) {
      await this.#deleteAll(part);
    }
  }

  /** Holds of readers that have ended without giving them back, and have been good for nothing as long again. */
  async #removeDeadHolds(holds: readonly ObjectMeta[]): Promise<void> {
    const { leaseMs } = this.#options;
    await this.#deleteAll(
      holds.filter(({ lastModified }) => this.#now - lastModified.getTime() >= 2 * leaseMs),
    );
  }

  async #deleteAll(objects: readonly ObjectMeta[]): Promise<void> {
    const keys = objects.map(({ key }) => key);
    for await (const { error } of this.#series.store.deleteMany(keys, this.#call)) if (error) throw error;
  }

  /** What comes of a mark; nothing where there is no room for one. */
  async #orUnmarked<T>(ref: CheckpointRef, mark: () => Promise<T>): Promise<T | undefined> {
    try {
      return await mark();
    } catch (error) {
      if (!(error instanceof QuotaExceededError)) throw error;
      this.#unmarked.push(ref);
      return undefined;
    }
  }

  /** Half as long as a hold is good for, what was listed may be removed: by then it could have been copied there again. */
  #hasBecomeStale(): boolean {
    const isOld = this.#monotonicMs() - this.#listedAt > this.#options.leaseMs / 2;
    return this.isStale = isOld && this.#removed.length > 0 && !this.#dryRun;
  }

  #isHeld(ref: CheckpointRef): Promise<boolean> {
    return isHeld(this.#series, ref, {
      now: this.#now,
      leaseMs: this.#options.leaseMs,
      signal: this.#signal,
    });
  }

  async #time() {
    if (!this.#dryRun) return await storeTime(this.#series, this.#signal);
    return { time: this.#series.store.context.clock.now(), isFull: false };
  }

  #monotonicMs(): number {
    return this.#series.store.context.clock.monotonicMs();
  }

  get #call() {
    return this.#signal ? { signal: this.#signal } : {};
  }
}

function reportOf(ref: CheckpointRef, objects: readonly ObjectMeta[], reason: string): RemovedObjects {
  const bytes = objects.reduce((sum, { size }) => sum + size, 0);
  return { name: refName(ref), reason, objects: objects.length, bytes };
}
