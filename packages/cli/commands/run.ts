import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { flag, option, optionalArgument, type ValuesOf } from "../syntax/option.ts";
import { journalOptions } from "../transfer/journal_options.ts";
import { placeValue } from "../values/place_value.ts";
import { integerValue, textValue } from "../values/plain_values.ts";

const options = {
  jobs: option(
    ["-j", "--jobs"],
    integerValue({ metavar: "N", least: 1, most: 1024 }),
    32,
    "Run N commands at the same time; 32 by default.",
  ),
  failFast: flag(["--fail-fast"], "End all commands at the first failure; by default the others go on."),
  plan: option(
    ["--plan"],
    placeValue({ metavar: "FILE", dash: false }),
    undefined,
    "Execute this plan, which --save-plan wrote, in place of commands. What is not as it was then is refused.",
  ),
  dryRun: flag(
    ["--dry-run"],
    "With --plan: print what would be done and what would be refused, and do nothing.",
  ),
  shard: option(
    ["--shard"],
    textValue("I/N"),
    undefined,
    "With --plan: execute only share I (from 1) of N, by a hash of the URIs of the sources; auto is the one that \
Kubernetes, Slurm, torchrun, MPI or a batch service gave this process.",
  ),
  ...journalOptions,
  file: optionalArgument(
    placeValue({ metavar: "FILE", dash: true }),
    undefined,
    "The commands, one a line: a local path, a URI, or - for standard input.",
  ),
};

type RunOptions = ValuesOf<typeof options>;

/** `lade run`. */
export const run = defineCommand({
  name: "run",
  brief: "Run a file of commands",
  description:
    "Runs commands, one a line with or without the word lade, many concurrently in one process with one \
pool of connections and one bound on memory. Words are quoted as for a shell; nothing is expanded, # begins a comment. \
A mistake in any line is found before the first one runs. Lines that commands have printed, with --dry-run too, are \
commands.",
  usage: "FILE | --plan FILE",
  examples: [
    ["lade run commands.txt", "runs the commands of a file"],
    [
      "lade cp -r --dry-run s3://bucket/ s3://other/ | grep csv | lade run -",
      "copies what was chosen",
    ],
  ],
  options,
  whenUnread: "goes on",
  check: checkRun,
  run: runRun,
});

function checkRun({ file, plan, dryRun, shard, journal, noJournal }: RunOptions): void {
  if ((file === undefined) === (plan === undefined)) {
    throw new UsageError("A file of commands is needed, or a plan by --plan.");
  }
  if (plan === undefined && (dryRun || shard !== undefined)) {
    throw new UsageError("--dry-run and --shard are for --plan.");
  }
  if (plan === undefined && (journal !== undefined || noJournal)) {
    throw new UsageError("--journal and --no-journal are for --plan: each command of a file has its own.");
  }
}

async function runRun(context: CommandContext, options: RunOptions): Promise<void> {
  const { file, plan, jobs, failFast } = options;
  if (plan !== undefined) {
    const { runPlanFile } = await import("../run/run_plan_file.ts");
    return await runPlanFile(context, plan, options);
  }
  const [{ readCommandFile }, { runCommands }] = await Promise.all([
    import("../run/read_command_file.ts"),
    import("../run/run_commands.ts"),
  ]);
  await runCommands(context, { ...await readCommandFile(context, file ?? "-"), jobs, failFast });
}
