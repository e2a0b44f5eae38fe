import { NotFoundError } from "@lade/core/errors";
import { listShardedTransfers, removeShardReports, type ShardStatus } from "@lade/transfer/jobs";
import { journalPrefixOf } from "@lade/transfer/journal";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { ShardedTransferMessage, ShardStatusMessage } from "../messages/shard_status_messages.ts";

/** Prints how far the shares of all transfers are that are told of below a URI. One that is not done is a failure. */
export async function showShards(context: CommandContext, uris: readonly string[]): Promise<void> {
  const [uri, ...others] = uris;
  if (uri === undefined || others.length > 0) {
    throw new UsageError("jobs status takes one URI, that of --journal.");
  }
  const { output } = context;
  const lade = await context.lade();
  const { store, key, uri: shown } = await journalPrefixOf(lade, uri);
  const transfers = await listShardedTransfers(store, key, lade.context.clock);
  if (transfers.length === 0) {
    const detail = "no shard has told of itself here";
    const advice = "commands with --shard and this --journal do";
    throw new NotFoundError({ operation: "find", uri: shown, detail, advice });
  }
  for (const transfer of transfers) {
    await output.result(new ShardedTransferMessage(transfer));
    for (const shard of transfer.shards) await output.result(new ShardStatusMessage(transfer, shard));
  }
  for (const { id, shards } of transfers) {
    const open = shards.filter(({ state }) => state !== "done");
    if (open.length > 0) await context.fail(new Error(`${id} is not done: ${tellOpen(open)}`));
  }
}

/** Removes what is told of the shares of a transfer, by the first letters of its name. Resolves with whether there was any. */
export async function removeShards(context: CommandContext, uri: string, given: string): Promise<boolean> {
  const lade = await context.lade();
  const { store, key } = await journalPrefixOf(lade, uri);
  const transfers = await listShardedTransfers(store, key, lade.context.clock);
  const found = transfers.filter(({ id }) => id.startsWith(given));
  if (found.length > 1) {
    throw new UsageError(
      `${JSON.stringify(given)} may be ${found.map(({ id }) => id).join(" or ")}: write more of it.`,
    );
  }
  if (found[0]) await removeShardReports(store, key, found[0]);
  return found[0] !== undefined;
}

/** The shares by what they are: `shard 2 is running, shards 3, 7 are missing`. */
function tellOpen(open: readonly ShardStatus[]): string {
  const states = [...new Set(open.map(({ state }) => state))];
  return states.map((state) => {
    const numbers = open.filter((shard) => shard.state === state).map(({ number }) => number);
    const shown = numbers.slice(0, 20).join(", ") + (numbers.length > 20 ? " …" : "");
    return numbers.length === 1 ? `shard ${shown} is ${state}` : `shards ${shown} are ${state}`;
  }).join("; ");
}
