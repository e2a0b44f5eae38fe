import { localPathOf, type Place } from "../places/place.ts";
import { journalId } from "../journal/journal_id.ts";
import { ShardReporter } from "../journal/shard_reporter.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import { redactSecrets } from "@lade/core/text";
import type { Shard } from "@lade/core/shard";
import { system } from "@lade/core/system";
import type { TransferTally } from "./transfer_tally.ts";

/** What is told of a share, and where. */
export interface ShardReporting {
  /** The prefix that all processes reach. */
  readonly board: Place;
  /** The share. */
  readonly shard: Shard;
  /** The command. */
  readonly operation: string;
  /** The URIs of the sources. */
  readonly sources: readonly string[];
  /** The URI of the destination. */
  readonly destination: string;
  /** What decides which objects go and what they become, but for the share. */
  readonly meaning: unknown;
  /** Counts, and takes notes. */
  readonly tally: TransferTally;
  /** Objects that are done without a job. */
  readonly unchanged: () => number;
}

/** Begins to tell others of a share; all processes with another share of the same transfer tell under one name. */
export async function reportShard(lade: UriCalls, reporting: ShardReporting): Promise<ShardReporter> {
  const { board, shard: { number, count }, operation, sources, destination, meaning } = reporting;
  const { tally, unchanged } = reporting;
  const path = localPathOf(board.uri);
  // What cannot be made is told by the first report.
  if (path !== undefined) await system.mkdir(path, { recursive: true, mode: 0o700 }).catch(() => {});
  return ShardReporter.start({
    store: board.store,
    prefix: board.key,
    clock: lade.context.clock,
    random: lade.context.random,
    transfer: journalId({ operation, sources, destination, meaning: { meaning, count } }),
    number,
    count,
    operation,
    sources: sources.map(redactSecrets),
    destination: redactSecrets(destination),
    counts: () => {
      const { objects, before, bytes, failed, skipped } = tally.counts;
      return { objects: objects + before + unchanged(), bytes, failed, skipped };
    },
    onNote: (text) => void tally.note(text),
  });
}
