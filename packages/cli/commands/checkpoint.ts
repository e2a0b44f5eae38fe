import {
  checkpointCommandOptions,
  type CheckpointCommandValues,
} from "../checkpoint/checkpoint_command_options.ts";
import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage_error.ts";

/** `lade checkpoint`. */
export const checkpoint = defineCommand({
  name: "checkpoint",
  brief: "List, show, verify, copy, export and remove checkpoints of training",
  description:
    "ls lists checkpoints, the newest first. show tells the tensors of one and what was kept besides. verify compares it with \
its checksums, prints all that is wrong, and exits with 1 where anything is. copy brings one to another series, of any \
store, and makes it visible last; broken off, it goes on when it is run again. export writes whole tensors as safetensors files with an index, which \
from_pretrained reads, as an npz, or as bare bytes with a description. pin keeps one whatever the rules say, unpin \
takes that back, retire has one removed by the next gc. gc removes those that no --keep rule keeps (all are kept where \
none is given), those that are retired, after --grace, and what is left of saves that never ended; the newest, pinned ones \
and those that somebody holds stay. recover commits what all ranks had written when a job was killed.",
  usage: "ACTION URI [DEST]",
  examples: [
    ["lade checkpoint ls s3://bucket/run-7/", "lists the checkpoints of a training"],
    ["lade checkpoint show s3://bucket/run-7/ --step 1000", "shows the tensors of step 1000"],
    ["lade checkpoint verify s3://bucket/run-7/ --level full", "looks at every byte of the newest one"],
    ["lade checkpoint copy s3://bucket/run-7/ /mnt/backup/run-7/", "copies the newest one"],
    [
      "lade checkpoint export s3://bucket/run-7/ model/ --tensors model.",
      "writes what from_pretrained reads",
    ],
    [
      "lade checkpoint gc s3://bucket/run-7/ --keep-last 3 --keep-best loss=min:1 --dry-run",
      "shows what would be removed",
    ],
  ],
  options: checkpointCommandOptions,
  whenUnread: "ends",
  check: checkCheckpoint,
  run: async (context, given) => {
    const { runCheckpoint } = await import("../checkpoint/run_checkpoint.ts");
    await runCheckpoint(context, given);
  },
});

const OPTIONS: readonly {
  readonly names: string;
  readonly of: readonly CheckpointCommandValues["action"][];
  readonly isGiven: (given: CheckpointCommandValues) => boolean;
}[] = [
  {
    names: "--step",
    of: ["show", "verify", "copy", "export", "pin", "unpin", "retire"],
    isGiven: ({ step }) => step !== undefined,
  },
  { names: "--level", of: ["verify", "copy"], isGiven: ({ level }) => level !== undefined },
  { names: "--hold", of: ["verify", "copy", "export"], isGiven: ({ hold }) => hold },
  {
    names: "--tensors, --format and --replace",
    of: ["export"],
    isGiven: ({ tensors, format, replace }) => tensors !== undefined || format !== undefined || replace,
  },
  { names: "--grace, --dry-run and --keep-…", of: ["gc"], isGiven: isForGc },
  { names: "DEST", of: ["copy", "export"], isGiven: ({ destination }) => destination !== undefined },
];

function isForGc(given: CheckpointCommandValues): boolean {
  const { keepLast, keepEverySteps, keepEvery, keepBest, grace, dryRun } = given;
  return dryRun ||
    [keepLast, keepEverySteps, keepEvery, keepBest, grace].some((value) => value !== undefined);
}

function checkCheckpoint(given: CheckpointCommandValues): void {
  const { action, step, destination } = given;
  for (const { names, of, isGiven } of OPTIONS) {
    if (of.includes(action) || !isGiven(given)) continue;
    throw new UsageError(`${names}: of ${of.join(", ")}, not of ${action}.`);
  }
  if (action === "copy" && destination === undefined) {
    throw new UsageError("copy needs DEST: the prefix or directory of another series.");
  }
  if (action === "export" && destination === undefined) {
    throw new UsageError("export needs DEST: the prefix or directory of its files.");
  }
  if (["pin", "unpin", "retire"].includes(action) && step === undefined) {
    throw new UsageError(`${action} needs --step: which checkpoint, as lade checkpoint ls shows it.`);
  }
  if (given.keepEvery !== undefined && given.keepEvery < 1) {
    throw new UsageError("--keep-every: a stretch of time is longer than nothing.");
  }
}
