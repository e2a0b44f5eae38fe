import { NotFoundError, UnavailableError, UnsupportedError } from "@lade/core/errors";
import { abortUpload } from "@lade/core/operations";
import { redactSecrets } from "@lade/core/text";
import { system } from "@lade/core/system";
import type { JournalHeader } from "../journal/journal_records.ts";
import type { JournalPlace } from "../journal/journal_place.ts";
import { JournalState } from "../journal/journal_state.ts";
import type { LogOwner, RecordLog } from "../journal/record_log.ts";
import { locate } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";

/** A copy that was begun and can be gone on with. */
export interface HalfDoneObject {
  /** The URI of the source. */
  readonly from: string;
  /** The URI of the destination. */
  readonly to: string;
  /** Bytes of the source. */
  readonly size: number;
}

/** A transfer that has a journal. */
export interface TransferJob extends Partial<Omit<JournalHeader, "lade">> {
  /** The name of its journal. */
  readonly id: string;
  /** The process that is at it; absent where none is. */
  readonly owner?: LogOwner;
  /** Objects that are done. */
  readonly finished: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Objects that are half done. */
  readonly halfDone: readonly HalfDoneObject[];
  /** Objects that failed in the last run, where that went to its end; absent where it is under way or was interrupted. */
  readonly failed?: number;
  /** What is wrong with the journal. */
  readonly fault?: string;
}

/** The transfers that have a journal, the oldest first. */
export async function listJobs(lade: UriCalls, place: JournalPlace): Promise<TransferJob[]> {
  const jobs: TransferJob[] = [];
  for await (const id of place.list()) jobs.push(await showJob(lade, place, id));
  return jobs.sort((a, b) => (a.begun ?? "") < (b.begun ?? "") ? -1 : 1);
}

/** Describes one transfer that has a journal. No such journal is a `NotFoundError`. */
export async function showJob(lade: UriCalls, place: JournalPlace, id: string): Promise<TransferJob> {
  let owner: LogOwner | undefined;
  try {
    owner = await place.ownerOf(id);
    const state = await JournalState.read(place.peek(id, lade.context.clock), `${place.name}/${id}`);
    const { lade: _, ...header } = state.header ?? {};
    return {
      id,
      ...header,
      ...(owner && { owner }),
      finished: state.finished.size,
      bytes: state.finishedBytes,
      ...(state.failed !== undefined && { failed: state.failed }),
      halfDone: Array.from(
        state.halfDone.values(),
        ({ from, to, copy }) => ({
          from: redactSecrets(from),
          to: redactSecrets(to),
          size: copy.source.size,
        }),
      ),
    };
  } catch (error) {
    if (isMissing(error)) throw noSuchJob(place, id);
    const fault = error instanceof Error ? error.message : String(error);
    return { id, ...(owner && { owner }), finished: 0, bytes: 0, halfDone: [], fault };
  }
}

/** Removes a journal, after what its transfer left of half-done objects: `onAbort` is told of each before. */
export async function removeJob(
  lade: UriCalls,
  place: JournalPlace,
  id: string,
  options: { readonly signal: AbortSignal; readonly onAbort?: (halfDone: HalfDoneObject) => void },
): Promise<void> {
  const { context: { clock, random } } = lade;
  const { signal, onAbort } = options;
  let log: RecordLog | undefined;
  try {
    log = await place.open(id, { clock, random, command: `lade jobs remove ${id}`, create: false, signal });
    if (!log) throw noSuchJob(place, id);
    const state = await JournalState.of(log);
    for (const { from, to, copy } of state.halfDone.values()) {
      onAbort?.({ from: redactSecrets(from), to: redactSecrets(to), size: copy.source.size });
      const { store, key } = await locate(lade, to);
      await abortUpload(store, key, copy.token, { signal });
    }
  } catch (error) {
    // Nothing can be said of what a damaged one holds.
    if (!(error instanceof UnsupportedError) || error instanceof UnavailableError) {
      await log?.close();
      throw error;
    }
    if (!log) return await place.discard(id, clock);
  }
  await log.remove();
}

function isMissing(error: unknown): boolean {
  return error instanceof NotFoundError || error instanceof system.errors.NotFound;
}

function noSuchJob(place: JournalPlace, id: string): NotFoundError {
  return new NotFoundError({
    operation: "find",
    uri: `${place.name.replace(/\/$/, "")}/${id}`,
    detail: "no such journal",
    advice: '"lade jobs list" has those that are there',
  });
}
