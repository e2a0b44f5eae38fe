import type { ObjectMeta } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { NotFoundError } from "@lade/core/errors";
import { type Place, placeBelow } from "../places/place.ts";
import type { Backup } from "./backup.ts";
import type { Deletion } from "./deletion.ts";
import { deleteListed } from "./deletions.ts";

/** Deletions that are given to a store at once. */
const CHUNK = 10_000;

/** How objects are deleted. */
export interface DeletionRun {
  /** The prefix that they lie under. */
  readonly destination: Place;
  /** Where they are moved instead, each under its name. */
  readonly backup: Backup | undefined;
  /** Does nothing, and tells what would be deleted. */
  readonly dryRun: boolean;
  /** Objects in flight, where they are moved. */
  readonly concurrency: number;
  /** Called when one is gone, or would be; with where it was moved to. */
  readonly onDeleted: (deletion: Deletion, kept: string | undefined) => Promise<void>;
  /** Called when one stays. */
  readonly onFailed: (deletion: Deletion, error: unknown) => Promise<void>;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Deletes objects, each only as it was listed, or moves them to the backup. One that fails does not stop the others. */
export async function runDeletions(listed: readonly ObjectMeta[], run: DeletionRun): Promise<void> {
  const { destination, backup, dryRun, concurrency, onDeleted, signal } = run;
  for (let start = 0; start < listed.length; start += CHUNK) {
    const deletions = listed.slice(start, start + CHUNK).map((meta) => deletionOf(destination, meta));
    if (dryRun) {
      for (const deletion of deletions) await onDeleted(deletion, backup?.placeOf(deletion.name).uri);
    } else if (backup) {
      await inParallel(deletions, concurrency, (deletion) => moveAway(deletion, backup, run), signal);
    } else {
      await deleteListed(destination.store, deletions, signal, async (deletion, error) => {
        await (error ? run.onFailed(deletion, error) : onDeleted(deletion, undefined));
      });
    }
  }
}

async function moveAway(
  deletion: Deletion,
  backup: Backup,
  { onDeleted, onFailed, signal }: DeletionRun,
): Promise<void> {
  const { remove, listed, name } = deletion;
  try {
    await backup.move(remove, listed, name);
  } catch (error) {
    signal.throwIfAborted();
    // What somebody else removed is gone.
    if (!(error instanceof NotFoundError)) await onFailed(deletion, error);
    return;
  }
  await onDeleted(deletion, backup.placeOf(name).uri);
}

function deletionOf(destination: Place, listed: ObjectMeta): Deletion {
  const name = listed.key.slice(destination.key.length);
  return { remove: placeBelow(destination, name), name, listed };
}
