import type { ZstdPool } from "@lade/core";
import { parseUri } from "@lade/core/backend";
import {
  AlreadyExistsError,
  InvalidNameError,
  PreconditionFailedError,
  type StoreError,
} from "@lade/core/errors";
import { deleteRead, exists, type PlaceJudge } from "@lade/core/operations";
import { redactSecrets } from "@lade/core/text";
import type { UriCalls } from "../places/uri_calls.ts";
import { explainMissing } from "../places/missing.ts";
import { byScheme } from "../places/by_scheme.ts";
import { localPathOf, type Place } from "../places/place.ts";
import { ContainerLook } from "./container_look.ts";
import type { DestinationDirectory } from "./destination_directory.ts";
import type { DoneBefore, KeptJournal } from "./kept_journal.ts";
import type { Converted } from "../plan/conversion.ts";
import type { Job, Marker, Refusal } from "../plan/job.ts";
import type { TransferConfig } from "./transfer_config.ts";
import { transferObject } from "./transfer_object.ts";
import type { TransferRequest } from "./transfer_request.ts";
import type { TransferTally } from "./transfer_tally.ts";

/** What a {@linkcode JobRunner} works with. */
export interface JobRunnerConfig {
  /** The stores. */
  readonly lade: UriCalls;
  /** What is transferred, and how. */
  readonly request: TransferRequest;
  /** Compresses and decompresses; absent where nothing is to be. */
  readonly pool: ZstdPool | undefined;
  /** Judges whether two names lead to one place. */
  readonly judge: PlaceJudge;
  /** Where it all goes, if that is a directory. */
  readonly directory: DestinationDirectory;
  /** Counts and prints. */
  readonly tally: TransferTally;
  /** Remembers what is done; absent where nothing does. */
  readonly journal?: KeptJournal | undefined;
}

/** What is told of one job. */
type JobListeners = Pick<TransferConfig, "onProgress" | "onConverted">;

const DESCRIPTOR_WAIT_MS = 60_000;

/** Does jobs, or says with `--dry-run` what it would do. */
export class JobRunner {
  readonly #config: JobRunnerConfig;
  readonly #containers: ContainerLook;
  #toldLook = false;

  /** Does nothing yet. */
  constructor(config: JobRunnerConfig) {
    this.#config = config;
    this.#containers = new ContainerLook(config.request.signal);
  }

  /** Does one job and reports what became of it. It rejects only where the whole command has to end. */
  async run(job: Job | Refusal): Promise<void> {
    const { tally, request: { createOnly = false, dryRun = false } } = this.#config;
    if ("reason" in job) {
      const { uri, reason } = job;
      if (typeof reason !== "string") return await tally.fail(uri, reason);
      return await (job.marker ? this.#bringMarker(job.marker, reason) : tally.skip(uri, reason));
    }
    const uri = (job.from ?? job.to)?.uri ?? "-";
    const taken = "its destination exists";
    try {
      if (job.makesLink) return await this.#bringLink(job);
      // First, so that jobs are asked about in their order.
      const { journal } = this.#config;
      const done = journal && await journal.findDone(job);
      if (done) return await this.#settleDone(job, done);
      if (job.isPinned) {
        const { checkPinned } = await import("./check_pinned.ts");
        await checkPinned(job, this.#config.request);
      }
      // Of most jobs there is nothing to find out, and nothing to wait for.
      if (this.#mayBeSame(job)) await this.#refuseSame(job);
      const { from, to } = job;
      const shortest = from && to && this.#areNear(from, to)
        ? await this.#withinOneStore(job, from, to)
        : job;
      if (dryRun && to) await this.#containers.check(to);
      if (dryRun && createOnly && await this.#isTaken(shortest)) return await tally.skip(uri, taken, job);
      const onProgress = tally.start(job);
      let converted: Converted | undefined;
      const onConverted = (how: Converted) => void (converted = how);
      const size = dryRun
        ? await this.#sizeOf(shortest)
        : await this.#whenPossible(shortest, { onProgress, onConverted });
      if (createOnly && !dryRun) await this.#tellLook(shortest);
      await tally.done(job, size ?? job.size, converted);
    } catch (error) {
      if (this.#isCutShort(error)) return;
      if (createOnly && error instanceof AlreadyExistsError) return await tally.skip(uri, taken, job, error);
      await tally.fail(uri, await this.#explain(error, job), job);
    }
  }

  /** Makes a symbolic link, or says that it would be made. */
  async #bringLink(job: Job): Promise<void> {
    const { directory, tally, request: { createOnly = false, destination, dryRun, operation, signal } } =
      this.#config;
    tally.start(job);
    if (!dryRun && destination.kind === "prefix") {
      await directory.make();
      const { makeLink } = await import("./make_link.ts");
      await makeLink(job, { root: destination.place, createOnly, operation, signal });
    }
    await tally.done(job, job.size);
  }

  /** A marker becomes the directory that it marks, or has nothing to bring. A move leaves none behind. */
  async #bringMarker({ from, to, listed }: Marker, reason: string): Promise<void> {
    const { directory, tally, request: { move, dryRun, signal } } = this.#config;
    try {
      if (to && !dryRun) {
        await directory.make();
        await to.store.tree?.makeDirectory(to.key, { signal });
      }
      if (move && !dryRun && listed) {
        await deleteRead(from.store, from.key, { ...listed, metadata: {} }, { signal });
      }
      if (to) return await tally.done({ from, to }, 0);
      const end = move ? `, and ${dryRun ? "would be" : "is"} removed` : "";
      await tally.skip(from.uri, reason + end);
    } catch (error) {
      if (!this.#isCutShort(error)) await tally.fail(from.uri, error);
    }
  }

  /** Whether an error is none of the job's own, since a failure before it has ended the transfer; throws what else ends it. */
  #isCutShort(error: unknown): boolean {
    const { tally, request: { signal } } = this.#config;
    if (!signal.aborted) return false;
    if (!tally.isHalted) throw signal.reason;
    return error === signal.reason;
  }

  /** Of a job that an earlier run has done, only the removal of a moved source may be left. */
  async #settleDone(job: Job, { source, size }: DoneBefore): Promise<void> {
    const { tally, request: { move, signal } } = this.#config;
    if (!source) {
      await tally.note(`${JSON.stringify(redactSecrets(job.from?.uri ?? ""))} was moved by an earlier run`);
    } else if (move && !job.isLinked && job.from) {
      await deleteRead(job.from.store, job.from.key, { ...source, metadata: {} }, { signal });
    }
    tally.doneBefore(job, size);
  }

  /** Does a job again that failed because too many files were open, now that fewer are worked on. */
  #whenPossible(job: Job, told: JobListeners): Promise<number | undefined> {
    const { request: { signal }, lade } = this.#config;
    const transfer = () => this.#transfer(job, told);
    // What standard input gave is gone.
    if (!job.from) return transfer();
    return lade.context.descriptors.wait({ limitMs: DESCRIPTOR_WAIT_MS, signal }, transfer);
  }

  async #transfer(job: Job, told: JobListeners): Promise<number | undefined> {
    const making = this.#config.directory.make();
    if (making) await making;
    const { request, judge, pool, tally, journal } = this.#config;
    const { createOnly = false, attributes = {}, keepTime = true, guessContentType = true } = request;
    const { keepWriteTime = false, checksum, chunkSize, ifIgnored = "look" } = request;
    return await transferObject(job, {
      move: request.move && !job.isLinked,
      judge,
      createOnly,
      ifIgnored,
      reading: { ...(checksum && { checksum }), ...(chunkSize && { chunkSize }) },
      attributes,
      stdout: request.stdout ?? refuseToPrint,
      onEmptyInput: () => {
        const uri = JSON.stringify(job.to?.uri);
        void tally.note(`standard input gave no bytes: what is now at ${uri} is empty`);
      },
      keepTime,
      keepWriteTime,
      guessContentType,
      onVerified: (verification) => tally.verified(verification),
      onDropped: (dropped) => tally.dropped(job, dropped),
      ...told,
      signal: request.signal,
      ...journal?.copying(job, request.move && !job.isLinked),
      ...this.#remembering(job),
      conversion: request.conversion ?? "none",
      level: request.zstdLevel ?? 3,
      pool,
    });
  }

  /** What a copy is to be remembered by. */
  #remembering({ from, to, listed }: Job): Pick<TransferConfig, "remember"> {
    const { request: { cache, signal }, lade } = this.#config;
    if (!cache || !from || !to) return {};
    const sinceMs = lade.context.clock.now();
    return {
      remember: async (result) => {
        const { rememberCopy } = await import("../sums/remember_copy.ts");
        await rememberCopy(cache, { from, to, listed, result, sinceMs, signal });
      },
    };
  }

  /**
   * A move between local places goes through one store, for it is nothing but another name. A copy of one scheme follows
   * what links its destination holds, as `cp` does; its source stays in the store that listed it, so that no link that
   * took a file's place meanwhile leads out of the tree.
   */
  async #withinOneStore(job: Job, from: Place, to: Place): Promise<Job> {
    const { lade, request: { move } } = this.#config;
    const near = await byScheme(lade, parseUri(from.uri).scheme, move ? [to, from] : [to]);
    const [there = to, here = from] = near ?? [];
    return { ...job, to: there, from: here };
  }

  /** Whether source and destination are local and are to go through one store. */
  #areNear(from: Place, to: Place): boolean {
    if (from.store === to.store) return false;
    if (localPathOf(from.uri) === undefined || localPathOf(to.uri) === undefined) return false;
    return this.#config.request.move || parseUri(from.uri).scheme === parseUri(to.uri).scheme;
  }

  /**
   * Whether it has to be found out that source and destination differ. Copying an object onto itself has a use only where
   * it changes what is stored with it, or brings a version back.
   */
  #mayBeSame({ from, to, version }: Job): boolean {
    const { request: { move, attributes }, judge } = this.#config;
    if (!from || !to || version !== undefined || judge.areApart(from.store, to.store)) return false;
    return move || attributes === undefined || Object.keys(attributes).length === 0;
  }

  async #refuseSame({ from, to }: Job): Promise<void> {
    if (!from || !to) return;
    const { request: { operation, signal, move }, judge } = this.#config;
    if (await isFree(from, to, signal)) return;
    const sameness = await judge.compare(from, to, { ask: move, signal });
    if (sameness === "different") return;
    // Of two names of one file, the system drops the first.
    if (sameness === "linked" && move) return;
    // What is not there is not the same as anything.
    await from.store.head(from.key, { signal });
    const detail = from.uri === to.uri
      ? "source and destination are the same"
      : `${JSON.stringify(to.uri)} is the same ${localPathOf(to.uri) === undefined ? "object" : "file"}`;
    throw new InvalidNameError({ operation, uri: from.uri, detail });
  }

  /** Reports once that a service leaves room between the look at a name and the write to it. */
  async #tellLook({ to }: Job): Promise<void> {
    if (
      this.#toldLook || this.#config.request.ifIgnored === "refuse" ||
      to?.store.capabilities.createOnly !== false
    ) return;
    this.#toldLook = true;
    await this.#config.tally.note(
      `${JSON.stringify(to.store.uri)} ignores conditions on writes: -n only looked before each write, ` +
        "and what others write at that moment is replaced",
    );
  }

  async #isTaken({ to }: Job): Promise<boolean> {
    return to !== undefined && await exists(to.store, to.key, { signal: this.#config.request.signal });
  }

  async #sizeOf({ from, input, size, version }: Job): Promise<number | undefined> {
    if (!from || input || size !== undefined) return size;
    const { signal } = this.#config.request;
    return (await from.store.head(from.key, { signal, ...(version !== undefined && { version }) })).size;
  }

  async #explain(error: unknown, job: Job): Promise<unknown> {
    const { from: place, version } = job;
    if (isOvertaken(error, job)) {
      const detail = "somebody else wrote or removed it since it was listed";
      return error.restated({ detail, advice: job.isPinned ? "plan it again" : "run it again" });
    }
    if (version !== undefined) return error;
    const { lade, request: { operation, signal } } = this.#config;
    const advice = "add -r to take everything under it";
    return place ? await explainMissing(error, { lade, place, operation, advice, signal }) : error;
  }
}

function refuseToPrint(): Promise<void> {
  return Promise.reject(new TypeError("Cannot transfer to standard output: there is none"));
}

/** Whether the destination is no longer what its listing had. */
function isOvertaken(error: unknown, { to, replaces }: Job): error is StoreError {
  const isCondition = error instanceof AlreadyExistsError || error instanceof PreconditionFailedError;
  return isCondition && replaces !== undefined && to !== undefined && error.uri === redactSecrets(to.uri);
}

/** Whether a local file goes to a name that nothing has: then it is not the same as anything, at the cost of one look. */
async function isFree(from: Place, to: Place, signal: AbortSignal): Promise<boolean> {
  if (!to.store.tree || localPathOf(from.uri) === undefined) return false;
  // What may not be read is judged by its place.
  const kind = await to.store.tree.kindOf(to.key, { signal }).catch(() => "other");
  return kind === undefined;
}
