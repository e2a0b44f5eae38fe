import type { ProgressListener, ZstdPool } from "@lade/core";
import { attributesOf, parseUri } from "@lade/core/backend";
import { AlreadyExistsError, InvalidNameError } from "@lade/core/errors";
import { deleteRead, exists, type PlaceJudge } from "@lade/core/operations";
import type { Lade } from "@lade/lade";
import { explainMissing } from "../places/missing.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { localPathOf, locate, type Place } from "../places/place.ts";
import type { CommandContext } from "../command/command_context.ts";
import type { Conversion } from "./conversion.ts";
import type { DestinationDirectory } from "./destination_directory.ts";
import type { Job, Marker, Refusal } from "./job.ts";
import { transferObject } from "./transfer_object.ts";
import type { TransferOptions } from "./transfer_options.ts";
import type { TransferTally } from "./transfer_tally.ts";

/** What a {@linkcode JobRunner} works with. */
export interface JobRunnerConfig {
  /** The command. */
  readonly context: CommandContext;
  /** The stores. */
  readonly lade: Lade;
  /** The command's options. */
  readonly options: TransferOptions;
  /** The sources are removed afterwards. */
  readonly move: boolean;
  /** What is done to the bytes. */
  readonly conversion: Conversion;
  /** Compresses and decompresses; absent where nothing is to be. */
  readonly pool: ZstdPool | undefined;
  /** Judges whether two names lead to one place. */
  readonly judge: PlaceJudge;
  /** Where it all goes, if that is a directory. */
  readonly directory: DestinationDirectory;
  /** Counts and prints. */
  readonly tally: TransferTally;
}

const DESCRIPTOR_WAIT_MS = 60_000;

/** Does jobs, or says with `--dry-run` what it would do. */
export class JobRunner {
  readonly #config: JobRunnerConfig;
  #toldLook = false;

  /** Does nothing yet. */
  constructor(config: JobRunnerConfig) {
    this.#config = config;
  }

  /** Does one job and reports what became of it. It rejects only where the whole command has to end. */
  async run(job: Job | Refusal): Promise<void> {
    const { tally, options: { noClobber, dryRun } } = this.#config;
    if ("reason" in job) {
      const { uri, reason } = job;
      if (typeof reason !== "string") return await tally.fail(uri, reason);
      return await (job.marker ? this.#bringMarker(job.marker, reason) : tally.skip(uri, reason));
    }
    const uri = (job.from ?? job.to)?.uri ?? "-";
    const taken = "its destination exists";
    try {
      await this.#refuseSame(job);
      const shortest = await this.#withinOneStore(job);
      if (dryRun && noClobber && await this.#isTaken(shortest)) return await tally.skip(uri, taken);
      const onProgress = tally.start(job);
      const size = dryRun ? await this.#sizeOf(shortest) : await this.#whenPossible(shortest, onProgress);
      if (noClobber && !dryRun) await this.#tellLook(shortest);
      await tally.done(job, size ?? job.size);
    } catch (error) {
      if (noClobber && error instanceof AlreadyExistsError) return await tally.skip(uri, taken);
      await tally.fail(uri, await this.#explain(error, job));
    }
  }

  /** A marker becomes the directory that it marks, or has nothing to bring. A move leaves none behind. */
  async #bringMarker({ from, to, listed }: Marker, reason: string): Promise<void> {
    const { directory, tally, move, options: { dryRun }, context: { signal } } = this.#config;
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
      await tally.fail(from.uri, error);
    }
  }

  /** Does a job again that failed because too many files were open, now that fewer are worked on. */
  #whenPossible(job: Job, onProgress: ProgressListener): Promise<number | undefined> {
    const { context: { signal }, lade } = this.#config;
    const transfer = () => this.#transfer(job, onProgress);
    // What standard input gave is gone.
    if (!job.from) return transfer();
    return lade.context.descriptors.wait({ limitMs: DESCRIPTOR_WAIT_MS, signal }, transfer);
  }

  async #transfer(job: Job, onProgress: ProgressListener): Promise<number | undefined> {
    await this.#config.directory.make();
    const { context: { output, signal }, options, move, conversion, judge, pool } = this.#config;
    const { noClobber: createOnly } = options;
    const attributes = attributesOf(options);
    return await transferObject(job, {
      move: move && !job.isLinked,
      judge,
      createOnly,
      attributes,
      output,
      onEmptyInput: () => {
        const uri = JSON.stringify(job.to?.uri);
        void output.note(new NoteMessage(`standard input gave no bytes: what is now at ${uri} is empty`));
      },
      keepTime: !options.noMtime,
      guessContentType: !options.noGuess,
      onVerified: (verification) => this.#config.tally.verified(verification),
      onDropped: (dropped) => this.#config.tally.dropped(job, dropped),
      onProgress,
      signal,
      conversion,
      level: options.zstd ?? 3,
      pool,
    });
  }

  /**
   * A move between local places goes through one store, for it is nothing but another name. A copy of one scheme follows
   * what links its destination holds, as `cp` does; its source stays in the store that listed it, so that no link that
   * took a file's place meanwhile leads out of the tree.
   */
  async #withinOneStore(job: Job): Promise<Job> {
    const { from, to } = job;
    if (!from || !to || from.store === to.store || localPathOf(from.uri) === undefined) return job;
    const scheme = parseUri(from.uri).scheme;
    const { lade, move } = this.#config;
    const target = localPathOf(to.uri);
    if (target === undefined || !move && scheme !== parseUri(to.uri).scheme) return job;
    try {
      const there = await locate(lade, `${scheme}://${target}`);
      return { ...job, to: there, ...(move && { from: await locate(lade, from.uri) }) };
    } catch (error) {
      // A path may be longer than a key of the root directory's store.
      if (error instanceof InvalidNameError) return job;
      throw error;
    }
  }

  /** Copying an object onto itself has a use only where it changes what is stored with it, or brings a version back. */
  async #refuseSame({ from, to, version }: Job): Promise<void> {
    if (!from || !to || version !== undefined) return;
    const { context: { name: operation, signal }, options, move, judge } = this.#config;
    if (!move && Object.keys(attributesOf(options)).length > 0) return;
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
    if (this.#toldLook || to?.store.capabilities.createOnly !== false) return;
    this.#toldLook = true;
    await this.#config.context.output.note(
      new NoteMessage(
        `${JSON.stringify(to.store.uri)} ignores conditions on writes: -n only looked before each write, ` +
          "and what others write at that moment is replaced",
      ),
    );
  }

  async #isTaken({ to }: Job): Promise<boolean> {
    return to !== undefined && await exists(to.store, to.key, { signal: this.#config.context.signal });
  }

  async #sizeOf({ from, input, size, version }: Job): Promise<number | undefined> {
    if (!from || input || size !== undefined) return size;
    const { signal } = this.#config.context;
    return (await from.store.head(from.key, { signal, ...(version !== undefined && { version }) })).size;
  }

  async #explain(error: unknown, { from: place, version }: Job): Promise<unknown> {
    if (version !== undefined) return error;
    const { lade, context: { name: operation, signal } } = this.#config;
    const advice = "add -r to take everything under it";
    return place ? await explainMissing(error, { lade, place, operation, advice, signal }) : error;
  }
}

/** Whether a local file goes to a name that nothing has: then it is not the same as anything, at the cost of one look. */
async function isFree(from: Place, to: Place, signal: AbortSignal): Promise<boolean> {
  if (!to.store.tree || localPathOf(from.uri) === undefined) return false;
  // What may not be read is judged by its place.
  const kind = await to.store.tree.kindOf(to.key, { signal }).catch(() => "other");
  return kind === undefined;
}
