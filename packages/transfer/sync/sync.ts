import type { ObjectMeta } from "@lade/core";
import { InvalidNameError, NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import { inParallel } from "@lade/core/concurrency";
import { PlaceJudge } from "@lade/core/operations";
import { DifferenceJudge } from "../compare/difference_judge.ts";
import { DestinationDirectory } from "../execute/destination_directory.ts";
import type { KeptJournal } from "../execute/kept_journal.ts";
import { JobRunner } from "../execute/job_runner.ts";
import { planAhead } from "../execute/plan_ahead.ts";
import { OBJECTS_AT_ONCE } from "../execute/prepare_transfer.ts";
import { TransferTally } from "../execute/transfer_tally.ts";
import type { TransferRequest } from "../execute/transfer_request.ts";
import { classifyWhole } from "../places/classify_place.ts";
import { isLocalDirectory, localPathOf, locate, type Place } from "../places/place.ts";
import type { PathClashes } from "../names/path_clashes.ts";
import { refuseMissing } from "../places/missing.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import type { Job, Refusal } from "../plan/job.ts";
import { unknownMeta } from "../filter/unknown_meta.ts";
import { inShard } from "../shard/shard.ts";
import { Backup } from "./backup.ts";
import { EmptiedDirectories } from "./emptied_directories.ts";
import { LeftOuts } from "../merge/left_outs.ts";
import { runDeletions } from "./run_deletions.ts";
import { planSync } from "./plan_sync.ts";
import { refuseOverlap } from "./refuse_overlap.ts";
import { SCRIPT_ADVICE, type SyncCounts, type SyncListener, type SyncRequest } from "./sync_request.ts";

/**
 * Brings a tree up to date: copies from the source what the destination lacks or has otherwise, and with `delete` deletes
 * from the destination what the source lacks. Each side is listed once. An object that fails is reported to the listener and
 * does not stop the others, but nothing is deleted then.
 *
 * What is replaced or deleted is what was listed, where the destination can hold that condition; where it cannot, it is
 * looked at right before. Trees of which one lies in the other are an `InvalidNameError`, before anything is done.
 */
export async function sync(
  lade: UriCalls,
  request: SyncRequest,
  listener: SyncListener,
): Promise<SyncCounts> {
  const tally = new TransferTally(listener, request.failFast);
  const signal = AbortSignal.any([request.signal, tally.ended]);
  const synchronization = new Synchronization(lade, { ...request, signal }, listener, tally);
  try {
    await synchronization.run();
  } catch (error) {
    if (!tally.isHalted || request.signal.aborted) throw error;
  }
  request.signal.throwIfAborted();
  return synchronization.counts;
}

class Synchronization {
  readonly #lade: UriCalls;
  readonly #request: SyncRequest;
  readonly #listener: SyncListener;
  readonly #judge = new PlaceJudge();
  readonly #tally: TransferTally;
  readonly #sourceLeftOuts = new LeftOuts();
  readonly #targetLeftOuts = new LeftOuts();
  /** What the listing of the destination has, and the source has not. */
  readonly #deletions: ObjectMeta[] = [];
  /** Directories that the source has, and nothing in them. */
  readonly #emptyDirectories = new Set<string>();
  #backup: Backup | undefined;
  #sources = 0;
  /** Objects of the source that are more than marks of directories. */
  #contents = 0;
  #targets = 0;
  #unchanged = 0;
  #deleted = 0;
  #isListed = false;

  constructor(lade: UriCalls, request: SyncRequest, listener: SyncListener, tally: TransferTally) {
    this.#lade = lade;
    this.#request = request;
    this.#listener = listener;
    this.#tally = tally;
  }

  get counts(): SyncCounts {
    return { ...this.#tally.counts, unchanged: this.#unchanged, deleted: this.#deleted };
  }

  async run(): Promise<void> {
    const { backup: directory, destination: keeps, signal } = this.#request;
    const source = await this.#locateSource();
    this.#backup = directory &&
      new Backup({ lade: this.#lade, directory, keeps, source, judge: this.#judge, signal });
    await refuseOverlap({ ...this.#request, source, judge: this.#judge });
    const journal = await this.#openJournal(source);
    let isDone = false;
    try {
      try {
        await this.#copy(source, journal);
      } finally {
        const left = await journal?.end(!signal.aborted && this.#isListed && this.#tally.failed === 0);
        if (left) await this.#listener.resumable?.(left);
      }
      signal.throwIfAborted();
      await this.#delete(source);
      isDone = this.#isListed && this.#tally.failed === 0;
    } finally {
      await journal?.tellEnd(isDone);
      await this.#backup?.removeIfUnused();
    }
  }

  /** The tree of the source, which has to be there. */
  async #locateSource(): Promise<Place> {
    const { operation, source, signal, advice = SCRIPT_ADVICE } = this.#request;
    const place = await locate(this.#lade, source);
    const { object, prefix } = await classifyWhole(this.#lade, place, operation, signal);
    if (!object && prefix) {
      // An object store has no empty prefix, but a directory that is not there is no empty one.
      if (localPathOf(prefix.uri) !== undefined && !await isLocalDirectory(prefix.uri)) {
        throw new NotFoundError({ operation, uri: prefix.uri, detail: "no such directory" });
      }
      return prefix;
    }
    const detail = prefix ? "it is an object and also a prefix" : "it is an object, and no tree";
    const what = prefix ? "add a slash for the prefix" : advice.object;
    throw new InvalidNameError({ operation, uri: place.uri, detail, advice: what });
  }

  async #openJournal(source: Place): Promise<KeptJournal | undefined> {
    const { journal, dryRun = false, operation, destination, backup, shard, signal } = this.#request;
    if (!journal || dryRun) return undefined;
    const { mode, update, delete: deletes, createOnly, attributes, keepTime, guessContentType, links } =
      this.#request;
    const { KeptJournal } = await import("../execute/kept_journal.ts");
    return await KeptJournal.open({
      ...{
        lade: this.#lade,
        request: journal,
        operation,
        sources: [source.uri],
        destination,
        isPrefix: true,
      },
      options: {
        mode,
        update,
        deletes,
        createOnly,
        attributes,
        keepTime,
        guessContentType,
        links,
        backup: backup?.uri,
      },
      shard,
      // Where everything is brought again, only the journal tells what was.
      isCompared: mode !== "all",
      unchanged: () => this.#unchanged,
      signal,
      tally: this.#tally,
    });
  }

  async #copy(source: Place, journal: KeptJournal | undefined): Promise<void> {
    const { destination, dryRun = false, concurrency = OBJECTS_AT_ONCE, signal } = this.#request;
    const like = localPathOf(source.uri);
    const directory = new DestinationDirectory(this.#lade, { kind: "prefix", place: destination }, like);
    const runner = new JobRunner({
      lade: this.#lade,
      request: this.#transferRequest(),
      judge: this.#judge,
      pool: undefined,
      directory,
      tally: this.#tally,
      journal,
    });
    // What would be done is told in the order of the plan.
    const atOnce = () => dryRun ? 1 : this.#lade.context.descriptors.atOnce(concurrency);
    try {
      await inParallel(planAhead(this.#plan(source), this.#tally), atOnce, async (job) => {
        if (await this.#keepReplaced(job)) await runner.run(job);
      }, signal);
    } finally {
      if (this.#tally.counts.objects === 0) await directory.removeIfUnused();
    }
  }

  #transferRequest(): TransferRequest {
    const { operation, source, destination, dryRun = false, attributes = {}, cache, signal } = this.#request;
    const { keepTime = true, guessContentType = true } = this.#request;
    return {
      ...{
        operation,
        sources: [source],
        destination: { kind: "prefix", place: destination },
        recursive: true,
      },
      ...{
        move: false,
        dryRun,
        attributes,
        cache,
        keepTime,
        keepWriteTime: keepTime,
        guessContentType,
        signal,
      },
    };
  }

  /** What is to be copied. A listing that fails is one failure, and the last that is planned. */
  async *#plan(source: Place): AsyncGenerator<Job | Refusal> {
    const { signal, mode = "content", update = false, cache, createOnly = false, shard } = this.#request;
    const judge = new DifferenceJudge({ mode, update, signal, ...(cache && { cache }) });
    try {
      const steps = planSync({
        ...this.#request,
        lade: this.#lade,
        source,
        createOnly,
        isOwn: shard && inShard(shard),
        deletes: this.#request.delete ?? false,
        clashes: await this.#clashes(),
        compare: (one, other) => judge.compare(one, other),
        judge: this.#judge,
        sourceLeftOuts: this.#sourceLeftOuts,
        targetLeftOuts: this.#targetLeftOuts,
        onEmptyDirectory: (name) => this.#emptyDirectories.add(name),
        onSource: (marks) => {
          this.#sources++;
          if (!marks) this.#contents++;
        },
        onTarget: () => this.#targets++,
        onUnchanged: () => this.#unchanged++,
      });
      for await (const step of steps) {
        if ("remove" in step) this.#deletions.push(step.listed);
        else yield step;
      }
      this.#isListed = true;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      yield { uri: source.uri, reason: error };
    }
  }

  /** A local file system may take some names for one, or need a file as a directory. */
  async #clashes(): Promise<PathClashes | undefined> {
    const { destination, dryRun: look = false } = this.#request;
    const path = localPathOf(destination.uri);
    if (path === undefined) return undefined;
    const { createClashes, probeFolding } = await import("../names/mod.ts");
    return createClashes(probeFolding(path, { look }));
  }

  /** Keeps what a job replaces, and resolves with whether it may be. */
  async #keepReplaced(job: Job | Refusal): Promise<boolean> {
    const { destination, dryRun = false, signal } = this.#request;
    if (!this.#backup || "reason" in job || !job.to || typeof job.replaces !== "object") return true;
    const name = job.replaces.key.slice(destination.key.length);
    const kept = this.#backup.placeOf(name).uri;
    try {
      if (!dryRun) await this.#backup.copy(job.to, job.replaces, name);
      await this.#listener.backedUp(job.to.uri, kept, "copied");
      return true;
    } catch (error) {
      signal.throwIfAborted();
      await this.#tally.fail(job.to.uri, error);
      return false;
    }
  }

  async #delete(source: Place): Promise<void> {
    const { delete: deletes = false, operation, allowEmpty = false, advice = SCRIPT_ADVICE } = this.#request;
    if (!this.#isListed) {
      if (deletes) await this.#tally.note("nothing is deleted, because not everything was listed");
      return;
    }
    if (this.#contents === 0 && !allowEmpty) {
      if (this.#deletions.length > 0) {
        const all = this.#sources > 0 ? "nothing but marks of directories" : "nothing";
        const what = this.#request.filter ? `${all} that the filter takes` : all;
        const detail = `it has ${what}, and ${counted(this.#deletions.length)} would be deleted`;
        throw new InvalidNameError({ operation, uri: source.uri, detail, advice: advice.allowEmpty });
      }
      if (this.#sources === 0) await refuseMissing(source, operation);
    }
    if (!deletes) return;
    const deletions = await this.#settleDeletions();
    if (this.#tally.failed > 0) {
      if (deletions.length === 0) return;
      const stay = deletions.length === 1 ? "1 object stays" : `${deletions.length} objects stay`;
      return await this.#tally.note(`${stay} that the source does not have, because not everything was done`);
    }
    this.#refuseTooMany(deletions.length);
    await this.#run(deletions);
  }

  /** The deletions, but for what has a name that the source has too, though no object of it. */
  async #settleDeletions(): Promise<readonly ObjectMeta[]> {
    const { destination, filter, shard } = this.#request;
    const isOwn = shard && inShard(shard);
    for (const [name, reason] of this.#targetLeftOuts.entries()) {
      if (isOwn?.(name) === false || filter?.(unknownMeta(name), name) === false) continue;
      await this.#tally.skip(destination.uriOf(destination.key + name), `${reason}; it stays`);
    }
    return this.#deletions.filter(({ key }) =>
      this.#sourceLeftOuts.find(key.slice(destination.key.length)) === undefined
    );
  }

  #refuseTooMany(count: number): void {
    const { maxDelete, destination, operation, advice = SCRIPT_ADVICE } = this.#request;
    if (!maxDelete) return;
    const most = "objects" in maxDelete ? maxDelete.objects : this.#targets * maxDelete.percent / 100;
    if (count <= most) return;
    const limit = "objects" in maxDelete ? `${most}` : `${maxDelete.percent} % of ${this.#targets}`;
    const detail = `${counted(count)} would be deleted, at most ${limit} may be; nothing was deleted`;
    throw new PreconditionFailedError({ operation, uri: destination.uri, detail, advice: advice.maxDelete });
  }

  async #run(deletions: readonly ObjectMeta[]): Promise<void> {
    const { destination, dryRun = false, concurrency = OBJECTS_AT_ONCE, signal } = this.#request;
    const path = localPathOf(destination.uri);
    const emptied = path === undefined ? undefined : new EmptiedDirectories(path, this.#emptyDirectories);
    await runDeletions(deletions, {
      destination,
      backup: this.#backup,
      dryRun,
      concurrency,
      onDeleted: async ({ remove, name, listed }, kept) => {
        this.#deleted++;
        emptied?.add(name);
        if (kept === undefined) await this.#listener.deleted(remove.uri, listed);
        else await this.#listener.backedUp(remove.uri, kept, "moved");
      },
      onFailed: ({ remove }, error) => this.#tally.fail(remove.uri, error),
      signal,
    });
    if (!dryRun) await emptied?.remove();
  }
}

function counted(count: number): string {
  return count === 1 ? "1 object" : `${count} objects`;
}
