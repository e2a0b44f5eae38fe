import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage_error.ts";
import { replayCommandOptions, type ReplayCommandValues } from "../replay/replay_command_options.ts";

/** `lade replay`. */
export const replay = defineCommand({
  name: "replay",
  brief: "Do the operations of an op-log again",
  description:
    "Does what an op-log has once more, each operation when it is due, and prints a table of how long it took then and now. \
Content is generated. Without --map reads go where they went. Writes and deletions need --write and --map: they go \
below a TO that is empty, or was one before, and nowhere else. The log is read twice. An operation that fails where it \
did well in the log makes the exit code 1.",
  usage: "LOG",
  examples: [
    ["lade replay log.tsv.zst --read-only", "reads once more what was read"],
    [
      "lade replay log.tsv.zst --map s3://logged/=s3://bench/ --dry-run",
      "shows where operations would go",
    ],
    [
      "lade replay log.tsv.zst --map s3://logged/=s3://bench/ --write --prepare --speed 2",
      "writes what is read, then does everything at twice the speed",
    ],
    [
      "lade replay log.tsv.zst --map s3://logged/=s3://bench/ --read-only --verify --asap",
      "reads that once more, and compares every byte",
    ],
    [
      "lade replay log.tsv.zst --map s3://logged/=s3://a/,s3://b/ --write --asap -j 64",
      "spreads objects over two buckets, 64 operations at a time",
    ],
  ],
  options: replayCommandOptions,
  whenUnread: "goes on",
  check: checkReplay,
  run: async (context, given) => {
    const { runReplay } = await import("../replay/run_replay.ts");
    await runReplay(context, given);
  },
});

function checkReplay(given: ReplayCommandValues): void {
  const { speed, asap, perThread, write, prepare, verify, readOnly, map, balance, dryRun } = given;
  const { asHead, unordered } = given;
  if ([speed !== undefined, asap, perThread].filter(Boolean).length > 1) {
    throw new UsageError("--speed, --asap and --per-thread exclude each other.");
  }
  if (verify && asHead) throw new UsageError("--verify and --as-head exclude each other.");
  if (verify && unordered) throw new UsageError("--verify and --unordered exclude each other.");
  if (write && readOnly) throw new UsageError("--write and --read-only exclude each other.");
  if (write && map.length === 0) {
    throw new UsageError(
      "--write needs --map: nothing is written where the log was recorded unless it says so.",
    );
  }
  if (prepare && !write && !dryRun) throw new UsageError("--prepare needs --write.");
  if (balance !== "sticky" && map.length === 0) throw new UsageError("--balance needs --map.");
}
