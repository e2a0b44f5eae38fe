import type { CallOptions, ObjectStore } from "@lade/core";
import { checkOptions, optionWords } from "@lade/core/backend";
import { NotFoundError, QuotaExceededError, StoreError } from "@lade/core/errors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import {
  type CheckpointRef,
  checkRef,
  compareRefs,
  parseRefName,
  refName,
  STEPS,
} from "../keys/series_keys.ts";
import { Checkpoint } from "../load/checkpoint.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { CheckpointContent } from "../save/checkpoint_content.ts";
import { planSave } from "../save/plan_save.ts";
import { recover, type RecoveryReport } from "../save/recover.ts";
import type { Base } from "../save/reuse.ts";
import { type PlannedSave, saveCheckpoint } from "../save/save_checkpoint.ts";
import { takeExtras } from "../save/write_extras.ts";
import { type CheckpointInfo, infoOf } from "../series/checkpoint_info.ts";
import { findCommits, newestCommit } from "../series/find_commits.ts";
import { namedValues } from "../errors/check_values.ts";
import { checkNewestRun, joinRun } from "../series/join_run.ts";
import { checkMarker } from "../series/marker.ts";
import {
  checkCommitted,
  type DamagedCheckpoint,
  findManifests,
  manifestOf,
  newestManifest,
  tableOf,
} from "../series/read_checkpoint.ts";
import type { JoinedRun, Series } from "../series/series.ts";
import { seriesAt } from "../series/series_place.ts";
import { collect } from "../retention/collect.ts";
import type { GcReport } from "../retention/gc_report.ts";
import { Hold } from "../retention/hold.ts";
import { checkKeepPolicy } from "../retention/keep_policy.ts";
import { pin, pinnedNames, unpin } from "../series/marks.ts";
import { retire, unretireResumed } from "../retention/retire.ts";
import type {
  Checkpoints,
  GcOptions,
  ListCheckpointsOptions,
  OpenOptions,
  OpenValidOptions,
  SaveHandle,
  SaveOptions,
  ValidCheckpoint,
  WhichCheckpoint,
  WrittenReport,
} from "./checkpoints.ts";
import {
  type CheckpointsConfig,
  type CheckpointsOptions,
  resolveCheckpointsOptions,
} from "./checkpoints_options.ts";
import { checkWhich, goneOnFrom } from "./which_checkpoint.ts";
import { openLatestValid } from "./open_latest_valid.ts";
import { ObservedSave } from "./observed_save.ts";

/**
 * Opens a series of checkpoints below a prefix, and joins this run: the first of its ranks commits what an earlier run had
 * written whole, and says for all of them from which checkpoint they go on. The store stays the caller's.
 *
 * A run after which another one has begun is a `FencedError`, and a store that replaces objects under any condition an
 * `UnsupportedError`, unless `soleRun` is promised.
 */
export async function openCheckpoints(
  store: ObjectStore,
  prefix: string,
  options: CheckpointsOptions = {},
): Promise<Checkpoints> {
  const config = resolveCheckpointsOptions(options, store.context.budget.capacity);
  const { signal } = options;
  const { readOnly, soleRun } = config;
  const series = seriesAt({ store, prefix }, { writes: !readOnly, soleRun });
  await checkMarker(series, { create: !config.readOnly, signal });
  const opened = new OpenCheckpoints(series, config, signal);
  if (config.run !== undefined && !config.readOnly) await opened.join(signal);
  return opened;
}

const OF_CALL = { signal: "signal" } as const;
const OF_CONTENT = { tensors: "any", extras: "any", metrics: "any" } as const;
const OF_OPEN = { hold: "boolean", signal: "signal" } as const;
const OF_LIST = { onDamaged: "function", signal: "signal" } as const;
const OF_GC = { keep: "any", dryRun: "boolean", signal: "signal" } as const;

function signalOf(operation: string, options: CallOptions): AbortSignal | undefined {
  checkOptions(operation, options, OF_CALL);
  return options.signal;
}

/** How many checkpoints may be removed just before they are opened. */
const REMOVALS = 10;

/** What a checkpoint fails with that is damaged, or being removed. */
const PASSED_OVER: readonly string[] = ["invalid-format", "not-found"];

class OpenCheckpoints implements Checkpoints {
  readonly uri: string;
  readonly #series: Series;
  readonly #config: CheckpointsConfig;
  readonly #signal: AbortSignal | undefined;
  #joined: Promise<JoinedRun & { readonly resumeFrom: CheckpointRef | undefined }> | undefined;
  /** Saves that were begun and not yet found to have ended well. */
  readonly #saves = new Set<ObservedSave>();
  #last: Promise<unknown> = Promise.resolve();
  #isDisposed = false;

  constructor(series: Series, config: CheckpointsConfig, signal: AbortSignal | undefined) {
    this.#series = series;
    this.#config = config;
    this.#signal = signal;
    this.uri = series.store.uri;
  }

  get isSaving(): boolean {
    return [...this.#saves].some(({ hasEnded }) => !hasEnded);
  }

  async join(signal?: AbortSignal): Promise<JoinedRun & { readonly resumeFrom: CheckpointRef | undefined }> {
    const { run = crypto.randomUUID(), rank, worldSize, readOnly } = this.#config;
    if (readOnly) {
      throw new TypeError(`Cannot save in ${JSON.stringify(this.uri)}: it is open for reading only`);
    }
    const newest = async () => {
      await recover(this.#series, signal);
      const found = await newestCommit(this.#series, signal);
      return found && { generation: found.generation, step: found.step };
    };
    this.#joined ??= joinRun(this.#series, { run, rank, worldSize }, newest, signal);
    const joined = this.#joined;
    return await joined.catch((error) => {
      // Another call may try again.
      if (this.#joined === joined) this.#joined = undefined;
      throw error;
    });
  }

  save(step: number, content: CheckpointContent, options: SaveOptions = {}): SaveHandle {
    const { rank, worldSize, shardBytes, readOnly } = this.#config;
    if (readOnly) {
      throw new TypeError(`Cannot save in ${JSON.stringify(this.uri)}: it is open for reading only`);
    }
    // Nobody would be told of its failure, nor wait for it.
    if (this.#isDisposed) throw new TypeError(`Cannot save in ${JSON.stringify(this.uri)}: it is disposed`);
    if (!(Number.isSafeInteger(step) && step >= 0 && step < STEPS)) {
      throw new RangeError(`Cannot save step ${optionWords(step)}: a whole number below ${STEPS} is needed`);
    }
    checkOptions("save", content, OF_CONTENT);
    checkOptions("save", options, OF_CALL);
    // All that is not tensors' memory is taken as it is now.
    const extras = takeExtras(content.extras ?? {});
    const metrics = Object.fromEntries(namedValues<number>("save metrics", content.metrics ?? {}));
    for (const [name, value] of Object.entries(metrics)) {
      if (!Number.isFinite(value)) {
        const shown = typeof value === "number" ? value : `a ${typeof value}`;
        throw new TypeError(
          `Cannot save the metric ${
            JSON.stringify(name)
          }: it is ${shown}; leave out what is no finite number`,
        );
      }
    }
    const files = planSave(content, { rank, worldSize, shardBytes });
    this.#throwUnseen();
    const either = AbortSignal.any(
      [options.signal, this.#signal].filter((one) => one instanceof AbortSignal),
    );
    const save = new ObservedSave(
      (stages) => this.#save({ step, files, extras, metrics }, stages, either),
      this.#last,
    );
    this.#last = save.ended;
    this.#saves.add(save);
    save.ended.then(() => save.isFine && this.#saves.delete(save));
    return save;
  }

  async settled(): Promise<void> {
    await this.#last;
    this.#throwUnseen();
  }

  async latest(options: CallOptions = {}): Promise<CheckpointInfo | undefined> {
    const signal = signalOf("find the newest checkpoint", options);
    const manifest = await newestManifest(this.#series, signal);
    return manifest && infoOf(manifest);
  }

  async *list(options: ListCheckpointsOptions = {}): AsyncIterable<CheckpointInfo> {
    checkOptions("list checkpoints", options, OF_LIST);
    const { onDamaged, signal } = options;
    const damaged: DamagedCheckpoint[] = [];
    const take = onDamaged ?? ((one: DamagedCheckpoint) => void damaged.push(one));
    for await (const manifest of findManifests(this.#series, take, signal)) yield infoOf(manifest);
    const [first, ...others] = damaged;
    if (!first) return;
    const more = others.length > 0 ? `, and ${others.length} more` : "";
    throw new InvalidCheckpointError({
      operation: "list all checkpoints in",
      uri: this.uri,
      detail: `${refName(first)} cannot be read: ${first.key}: ${first.detail}${more}`,
      advice: "onDamaged takes them; retire() has one removed",
    });
  }

  async open(which: WhichCheckpoint, options: OpenOptions = {}): Promise<Checkpoint> {
    checkOptions("open a checkpoint", options, OF_OPEN);
    checkWhich(which);
    for (let attempt = 1;; attempt++) {
      const ref = await this.#find(which, options.signal);
      try {
        return await this.#open(ref, options);
      } catch (error) {
        if (!(error instanceof NotFoundError) || typeof which === "object") throw error;
        if (which === "resume") {
          if (attempt === 1 && await unretireResumed(this.#series, ref, options.signal)) continue;
          throw goneOnFrom(this.uri, ref, error);
        }
        // One that was found is removed meanwhile: it was no longer the newest.
        if (attempt === REMOVALS) throw error;
      }
    }
  }

  async #open(
    ref: CheckpointRef,
    { hold = !this.#config.readOnly, signal }: OpenOptions,
  ): Promise<Checkpoint> {
    const taken = hold ? await Hold.take(this.#series, ref, this.#config.leaseMs, signal) : undefined;
    try {
      const manifest = await manifestOf(this.#series, ref, signal);
      return new Checkpoint(this.#series, manifest, await tableOf(this.#series, manifest, signal), taken);
    } catch (error) {
      await taken?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  async openLatestValid(options: OpenValidOptions = {}): Promise<ValidCheckpoint> {
    checkOptions("open a checkpoint", options, { level: "any", ...OF_OPEN });
    this.#refuseAsOneOfSeveral("the latest valid checkpoint");
    return await openLatestValid(this, this.#series, options);
  }

  async gc(options: GcOptions = {}): Promise<GcReport> {
    checkOptions("remove checkpoints", options, OF_GC);
    const { keep = this.#config.keep } = options;
    if (keep !== undefined) checkKeepPolicy(keep);
    const { graceMs, leaseMs } = this.#config;
    return await collect(this.#series, { ...options, keep, graceMs, leaseMs });
  }

  async pin(ref: CheckpointRef, options: CallOptions = {}): Promise<void> {
    const signal = signalOf("pin a checkpoint", options);
    checkRef("pin a checkpoint", ref);
    await checkCommitted(this.#series, ref, signal);
    await pin(this.#series, ref, signal);
  }

  async pinned(options: CallOptions = {}): Promise<readonly CheckpointRef[]> {
    const signal = signalOf("find pinned checkpoints", options);
    return [...await pinnedNames(this.#series, signal)].flatMap((name) => parseRefName(name) ?? []);
  }

  async unpin(ref: CheckpointRef, options: CallOptions = {}): Promise<void> {
    const signal = signalOf("unpin a checkpoint", options);
    checkRef("unpin a checkpoint", ref);
    await unpin(this.#series, ref, signal);
  }

  async retire(ref: CheckpointRef, options: CallOptions = {}): Promise<void> {
    const signal = signalOf("retire a checkpoint", options);
    checkRef("retire a checkpoint", ref);
    await retire(this.#series, ref, { leaseMs: this.#config.leaseMs, signal });
  }

  async recover(options: CallOptions = {}): Promise<RecoveryReport> {
    return await recover(this.#series, signalOf("recover checkpoints", options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    await this.settled();
  }

  async #save(
    planned: PlannedSave,
    stages: { readonly onSnapshot: () => void; readonly onWritten: (report: WrittenReport) => void },
    signal: AbortSignal,
  ): Promise<CheckpointInfo> {
    signal.throwIfAborted();
    const joined = await this.join(signal);
    await checkNewestRun(this.#series, joined, signal);
    const base = await this.#holdBase(joined.generation, planned, signal);
    let manifest: Manifest;
    try {
      manifest = await saveCheckpoint(this.#series, joined, planned, this.#config, stages, signal, base);
    } catch (error) {
      // What was retired before may be due by now, so that the next save has room.
      const isFull = error instanceof QuotaExceededError;
      if (isFull && this.#config.keep && joined.rank === 0) await this.#tidy(signal);
      throw error;
    } finally {
      await base?.hold[Symbol.asyncDispose]();
    }
    if (this.#config.keep && joined.rank === 0) await this.#tidy(signal);
    return infoOf(manifest);
  }

  /** Holds the checkpoint before, where the save may name parts of it; one that cannot be read is passed over. */
  async #holdBase(
    generation: number,
    { step, files }: PlannedSave,
    signal: AbortSignal,
  ): Promise<Base & { readonly hold: AsyncDisposable } | undefined> {
    const isWanted = this.#config.reuse !== undefined ||
      files.some((pieces) => pieces.some(({ isFrozen }) => isFrozen));
    if (!isWanted) return undefined;
    for await (const ref of findCommits(this.#series, signal)) {
      if (compareRefs(ref, { generation, step }) >= 0) continue;
      let hold: Hold | undefined;
      try {
        hold = await Hold.take(this.#series, ref, this.#config.leaseMs, signal);
        const table = await tableOf(this.#series, await manifestOf(this.#series, ref, signal), signal);
        return { ref, table, hold };
      } catch (error) {
        await hold?.[Symbol.asyncDispose]();
        if (!(error instanceof StoreError) || !PASSED_OVER.includes(error.code)) throw error;
      }
    }
    return undefined;
  }

  /** The checkpoint is there whether or not others could be removed. */
  async #tidy(signal: AbortSignal): Promise<void> {
    const notice = (text: string) => this.#series.store.context.onNotice?.({ uri: this.uri, text });
    try {
      const { damaged, unmarked } = await this.gc({ signal });
      for (const { key, detail } of damaged) {
        notice(`a checkpoint cannot be read, and what it may need stays: ${key}: ${detail}`);
      }
      if (unmarked.length > 0) notice("checkpoints could not be retired: there is no room for the marks");
    } catch (error) {
      notice(`checkpoints could not be removed: ${error instanceof Error ? error.message : error}`);
    }
  }

  async #find(which: WhichCheckpoint, signal: AbortSignal | undefined): Promise<CheckpointRef> {
    if (typeof which === "object") return which;
    const nothing = (detail: string) =>
      new NotFoundError({ operation: "open a checkpoint in", uri: this.uri, detail });
    if (which === "resume") {
      const { resumeFrom } = await this.join(signal);
      if (resumeFrom) return resumeFrom;
      throw nothing("there was none when this run began");
    }
    if (which === "latest") this.#refuseAsOneOfSeveral('"latest"');
    let newest: CheckpointRef | undefined;
    for await (const found of findCommits(this.#series, signal)) {
      if (which === "latest" || found.step === which) return found;
      newest ??= found;
    }
    const others = newest ? `; the newest is of step ${newest.step}` : "";
    throw nothing(which === "latest" ? "there is none" : `there is none of step ${which}${others}`);
  }

  #refuseAsOneOfSeveral(what: string): void {
    if (this.#config.worldSize === 1 || this.#config.readOnly) return;
    throw new TypeError(
      `Cannot open ${what} as one of several ranks, since each could find another one: open "resume", or a step`,
    );
  }

  #throwUnseen(): void {
    for (const save of this.#saves) {
      if (!save.hasEnded || save.isFine) continue;
      this.#saves.delete(save);
      if (!save.wasSeen) throw save.failure;
    }
  }
}
