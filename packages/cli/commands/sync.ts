import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { refuseSyncMistakes, syncOptions, type SyncValues } from "../transfer/sync_options.ts";

/** `lade sync`. */
export const sync = defineCommand({
  name: "sync",
  brief: "Bring a tree up to date",
  description:
    "Copies everything under SOURCE that DEST lacks or has otherwise, names below SOURCE kept, whether or \
not either ends in a slash. What is the same is not copied: the size, then a checksum that both sides have, else the \
time of change decides. With --delete what SOURCE does not have is deleted from DEST. Only what was listed is replaced \
or deleted, so that what others write meanwhile is not lost.",
  usage: "SOURCE DEST",
  examples: [
    ["lade sync s3://bucket/data/ data/", "brings what is new or changed"],
    ["lade sync --delete --dry-run data/ s3://bucket/data/", "shows what would be copied and deleted"],
    [
      "lade sync --delete --backup-dir s3://bucket/old/ data/ s3://bucket/data/",
      "keeps what it replaces and deletes",
    ],
  ],
  options: syncOptions,
  whenUnread: "goes on",
  check: refuseSyncMistakes,
  run: runSyncCommand,
});

async function runSyncCommand(context: CommandContext, options: SyncValues): Promise<void> {
  const { runSync } = await import("../transfer/run_sync.ts");
  await runSync(context, options);
}
