import { locate, locatePrefix, resolveDestination, type UriCalls } from "@lade/transfer/places";
import { sync, type SyncCounts, type SyncListener, type SyncOptions } from "@lade/transfer/sync";
import { InvalidNameError } from "@lade/core/errors";
import type { TransferSummary } from "./transfers/transfer_options.ts";
import { withLimit } from "./transfers/with_limit.ts";

/** How {@linkcode Lade.sync} works. */
export interface SyncTreeOptions extends SyncOptions {
  /** A prefix or directory that keeps what is replaced or deleted, by the same names; nothing is kept by default. */
  readonly backupDir?: string;
  /** Called with what becomes of each object; what it throws ends the synchronization. */
  readonly listener?: Partial<SyncListener>;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** What a finished synchronization did. */
export interface SyncSummary
  extends
    Pick<SyncCounts, "objects" | "bytes" | "unchanged" | "deleted" | "skipped">,
    Pick<TransferSummary, "limit"> {}

/** Brings the tree `destination` up to date with the tree `source`. */
export async function syncTrees(
  lade: UriCalls,
  source: string,
  destination: string,
  options: SyncTreeOptions,
): Promise<SyncSummary> {
  const { backupDir, listener = {}, signal = new AbortController().signal, ...rest } = options;
  const operation = "sync";
  const target = await resolveDestination(lade, destination, true);
  if (target.kind !== "prefix") {
    throw new InvalidNameError({ operation, uri: destination, detail: "a prefix or directory is needed" });
  }
  const backup = backupDir === undefined
    ? undefined
    : await locatePrefix(lade, await locate(lade, backupDir));
  const errors: unknown[] = [];
  const counts = await withLimit(lade, options.concurrency, () =>
    sync(lade, {
      ...rest,
      ...{ operation, source, destination: target.place, signal },
      ...(backup && { backup }),
    }, {
      done: () => Promise.resolve(),
      skipped: () => Promise.resolve(),
      deleted: () => Promise.resolve(),
      backedUp: () => Promise.resolve(),
      ...listener,
      failed: async (uri, error) => {
        errors.push(error);
        await listener.failed?.(uri, error);
      },
    }));
  if (errors.length > 0) {
    const [first] = errors;
    const all = counts.objects + counts.failed + counts.unchanged + counts.deleted;
    const reason = first instanceof Error ? first.message : String(first);
    const message = `Cannot sync ${
      JSON.stringify(destination)
    }: ${counts.failed} of ${all} objects failed; the first: ${reason}`;
    throw new AggregateError(errors, message);
  }
  const { objects, bytes, unchanged, deleted, skipped, limit } = counts;
  return { objects, bytes, unchanged, deleted, skipped, limit };
}
