import type { CopyObjectResult, ObjectMeta } from "@lade/core";
import { NotFoundError, UnavailableError, UnsupportedError } from "@lade/core/errors";
import { abortUpload, type ResumableCopy } from "@lade/core/operations";
import { redactSecrets } from "@lade/core/text";
import { journalId } from "../journal/journal_id.ts";
import type { JournalPlace } from "../journal/journal_place.ts";
import type { ShardReporter } from "../journal/shard_reporter.ts";
import { type ResumableTransfer, TransferJournal } from "../journal/transfer_journal.ts";
import { lookUp } from "../places/look_up.ts";
import { localPathOf, locate, type Place } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import type { Job } from "../plan/job.ts";
import type { Shard } from "@lade/core/shard";
import type { TransferTally } from "./transfer_tally.ts";
import { DestinationLook } from "./destination_look.ts";
import { refuseJournalWithin } from "./refuse_journal_within.ts";

/** How the journal of a transfer is kept. */
export interface JournalRequest {
  /** Where journals are. */
  readonly place: JournalPlace;
  /**
   * The prefix of `place`, where one was named: a share of the transfer is told of there. It must lie neither in a source
   * nor in the destination.
   */
  readonly prefix?: Place;
  /** The command line, without the program, by which `lade jobs resume` goes on; absent where there is none. */
  readonly commandLine?: readonly string[];
  /** The working directory of the command line. */
  readonly directory?: string;
  /** What decides which objects go and the transfer's other options do not show, such as the words of its filter. */
  readonly meaning?: unknown;
  /** Objects of so many bytes are copied so that another process can go on with them; 64 MiB by default. */
  readonly resumableBytes?: number;
}

/** A journal is waited for so long, in which whoever had it either gives another sign or counts as gone. */
const MOST_WAIT_MS = 75_000;
const WAIT_MS = 5_000;

/** What a {@linkcode KeptJournal} is opened for. */
export interface KeptJournalSetup {
  readonly lade: UriCalls;
  readonly request: JournalRequest | undefined;
  readonly operation: string;
  /** The URIs of the sources. */
  readonly sources: readonly string[];
  readonly destination: Place;
  /** Whether the destination is a prefix. */
  readonly isPrefix: boolean;
  /** Options that decide what becomes of objects. */
  readonly options: unknown;
  /** The share of it that is done here, which has a journal of its own; absent where that is everything. */
  readonly shard?: Shard | undefined;
  /** A job shows that its object is to be done: then none counts as done because an earlier run did it. */
  readonly isCompared?: boolean;
  /** Objects that are done without a job, for they need none; none by default. */
  readonly unchanged?: () => number;
  readonly signal: AbortSignal;
  /** Takes notes, and ends the transfer where another process is at it. */
  readonly tally: TransferTally;
}

/** How an object is copied by a transfer that keeps a journal. */
export interface RememberedCopy {
  /** By which another process can go on with it; absent where it is too small for that. */
  readonly resumable?: ResumableCopy;
  /** Called when the copy is proved; a move waits for it before it removes the source. */
  readonly onCopied: (
    copied: Pick<CopyObjectResult, "size" | "etag" | "sourceEtag" | "read">,
    source?: ObjectMeta,
  ) => void | Promise<void>;
}

/** An object that an earlier run has done. */
export interface DoneBefore {
  /** Its bytes. */
  readonly size: number;
  /** Its source; absent where that was moved and is gone. */
  readonly source?: ObjectMeta;
}

/** The journal of a transfer that is under way. */
export class KeptJournal {
  readonly #journal: TransferJournal;
  readonly #setup: KeptJournalSetup;
  readonly #look: DestinationLook;
  readonly #reports: ShardReporter | undefined;

  private constructor(journal: TransferJournal, setup: KeptJournalSetup, reports: ShardReporter | undefined) {
    this.#journal = journal;
    this.#reports = reports;
    this.#setup = setup;
    this.#look = new DestinationLook(setup.isPrefix ? setup.destination : undefined, setup.signal);
  }

  /** Finds what an earlier run of the same transfer left; `undefined` where no journal is to be kept. */
  static async open(setup: KeptJournalSetup): Promise<KeptJournal | undefined> {
    const { lade, request, operation, sources, options, shard, signal, tally } = setup;
    if (!request) return undefined;
    const { context } = lade;
    await refuseJournalWithin(lade, request.prefix, setup);
    const destination = setup.destination.uri;
    const { place, commandLine, directory, meaning, resumableBytes } = request;
    const note = (text: string) => void tally.note(text).catch(() => {});
    const shows = (text: string) => redactSecrets(text) === text;
    const journal = await openInTurn(setup, () =>
      TransferJournal.open({
        place,
        id: journalId({
          operation,
          sources,
          destination,
          meaning: { options, meaning, shard: shareOf(shard) },
        }),
        header: {
          lade: 1,
          operation,
          sources: sources.map(redactSecrets),
          destination: redactSecrets(destination),
          ...(commandLine?.every(shows) && { commandLine, ...(directory !== undefined && { directory }) }),
          begun: new Date(context.clock.now()).toISOString(),
        },
        clock: context.clock,
        random: context.random,
        signal,
        resumableBytes,
        onNote: note,
        onTakenOver: (error) => tally.stop(error),
        // A share is one of many, and worth it from the first object on.
        ...(request.prefix && shard && { lazyMs: 0 }),
      }));
    if (journal.isResumed) note(foundText(journal.finishedBefore, [...journal.halfDone].length));
    const { prefix: board } = request;
    if (!board || !shard) return new KeptJournal(journal, setup, undefined);
    const { reportShard } = await import("./report_shard.ts");
    const reports = await reportShard(lade, {
      ...{ board, shard, operation, sources, destination, meaning: { options, meaning }, tally },
      unchanged: setup.unchanged ?? (() => 0),
    });
    return new KeptJournal(journal, setup, reports);
  }

  /** Whether an earlier run has left something to go on with: then a plan in the order of keys costs least. */
  get isResumed(): boolean {
    return this.#journal.isResumed;
  }

  /** Whether a job is done: nothing has changed on either side since then. */
  async findDone({ from, to, input, listed, isPinned, version }: Job): Promise<DoneBefore | undefined> {
    if (this.#setup.isCompared || this.#journal.finishedBefore === 0 || !from || !to || input) {
      return undefined;
    }
    const { signal } = this.#setup;
    // What else is wrong with it is for the transfer to say. A plan does not have all that a listing has.
    const source = isPinned || !listed ? await lookUp(from, signal, version) : listed;
    if (source && !this.#journal.mayBeFinished(from.uri, to.uri, source)) return undefined;
    const target = await this.#look.find(to);
    if (!target) return undefined;
    if (!source) return this.#journal.isMoved(from.uri, to.uri, target) ? { size: target.size } : undefined;
    const isDone = this.#journal.isFinished(from.uri, to.uri, source, target);
    return isDone ? { size: source.size, source } : undefined;
  }

  /**
   * How a job is copied, or moved; absent for what is no copy of an object. A source that no listing found was named, by
   * arguments or a plan, and the same transfer names it again when it is gone.
   */
  copying(
    { from, to, input, listed: found, isPinned = false, size }: Job,
    isMove: boolean,
  ): RememberedCopy | undefined {
    if (!from || !to || input) return undefined;
    const isResumable = this.#journal.isResumable(to.uri, size);
    const listed = isPinned ? undefined : found;
    return {
      ...(isResumable && { resumable: this.#journal.resumable(from.uri, to.uri) }),
      onCopied: async ({ size, etag, sourceEtag, read }, moved) => {
        const target = { size, ...(etag !== undefined && { etag }) };
        const known = moved ?? read?.info ?? listed ?? await this.#statusOf(from);
        const { statusChanged } = known?.etag === sourceEtag ? known ?? {} : {};
        const source = {
          ...(sourceEtag !== undefined && { etag: sourceEtag }),
          ...(statusChanged && { statusChanged }),
        };
        const isNamed = isMove && !listed;
        this.#journal.finish(from.uri, to.uri, source, target, isNamed);
        if (isNamed) await this.#journal.flush();
      },
    };
  }

  /** What the system says of a local source that was named; nothing of others, and where it can not be told any more. */
  async #statusOf({ uri, store, key }: Place): Promise<ObjectMeta | undefined> {
    if (localPathOf(uri) === undefined) return undefined;
    return await store.head(key, { signal: this.#setup.signal }).catch(() => undefined);
  }

  /** Keeps what is done from now on, however short the transfer is. */
  async begin(): Promise<void> {
    await this.#journal.begin();
  }

  /** Ends the journal. Where all is done, nothing is left of half-done copies whose objects are gone. */
  async end(isComplete: boolean): Promise<ResumableTransfer | undefined> {
    await this.#look[Symbol.asyncDispose]();
    if (isComplete) {
      await this.#dropHalfDone();
      await this.#removeTemporaries();
    }
    const { signal, tally: { failed } } = this.#setup;
    return await this.#journal.end(isComplete, signal.aborted ? undefined : failed);
  }

  /** Tells others, where this is a share, how the transfer has ended. */
  async tellEnd(isComplete: boolean): Promise<void> {
    await this.#reports?.end(isComplete ? "done" : this.#setup.tally.failed > 0 ? "failed" : "interrupted");
  }

  /** Removes the files that earlier runs were writing in one go when they were killed: nobody goes on with those. */
  async #removeTemporaries(): Promise<void> {
    const path = localPathOf(this.#setup.destination.uri);
    if (path === undefined || this.#journal.earlierRuns.length === 0) return;
    const { removeTemporaries } = await import("./remove_temporaries.ts");
    const { isPrefix, request } = this.#setup;
    await removeTemporaries(
      isPrefix ? path : undefined,
      path,
      this.#journal.earlierRuns,
      request?.place.locks,
    );
  }

  async #dropHalfDone(): Promise<void> {
    for (const halfDone of [...this.#journal.halfDone]) {
      try {
        const { store, key } = await locate(this.#setup.lade, halfDone.to);
        await abortUpload(store, key, halfDone.copy.token);
      } catch (error) {
        if (
          !(error instanceof NotFoundError || error instanceof TypeError || error instanceof UnsupportedError)
        ) {
          throw error;
        }
      }
      this.#journal.forget(halfDone);
    }
  }
}

/**
 * Opens a journal. An engine starts a process with a share again before the one that was killed counts as gone: that is
 * waited for.
 */
async function openInTurn(
  { lade: { context: { clock } }, request, shard, signal, tally }: KeptJournalSetup,
  open: () => Promise<TransferJournal>,
): Promise<TransferJournal> {
  const endMs = clock.monotonicMs() + MOST_WAIT_MS;
  for (let isFirst = true;; isFirst = false) {
    try {
      return await open();
    } catch (error) {
      if (
        !request?.prefix || !shard || !(error instanceof UnavailableError) || clock.monotonicMs() >= endMs
      ) {
        throw error;
      }
      if (isFirst) void tally.note(`${error.message}: waits for it`).catch(() => {});
      await clock.sleep(WAIT_MS, signal);
    }
  }
}

/** Which share it is, however that was said. */
function shareOf(shard: Shard | undefined): unknown {
  return shard && { number: shard.number, count: shard.count };
}

function foundText(finished: number, halfDone: number): string {
  const objects = (count: number, what: string) => `${count} ${count === 1 ? "object" : "objects"} ${what}`;
  const found = [
    ...(finished > 0 ? [objects(finished, "already done")] : []),
    ...(halfDone > 0 ? [objects(halfDone, "half done")] : []),
  ];
  return `goes on where an earlier run stopped, with ${found.join(" and ")}`;
}
