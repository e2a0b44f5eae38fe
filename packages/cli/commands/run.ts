import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { argument, flag, option, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";
import { integerValue } from "../values/plain_values.ts";

const options = {
  jobs: option(
    ["-j", "--jobs"],
    integerValue({ metavar: "N", least: 1, most: 1024 }),
    32,
    "Run N commands at the same time; 32 by default.",
  ),
  failFast: flag(["--fail-fast"], "End all commands at the first failure; by default the others go on."),
  file: argument(
    placeValue({ metavar: "URI", dash: true }),
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
  usage: "FILE",
  examples: [
    ["lade run commands.txt", "runs the commands of a file"],
    [
      "lade cp -r --dry-run s3://bucket/data/ s3://other/data/ | grep csv | lade run -",
      "copies what was chosen",
    ],
  ],
  options,
  whenUnread: "goes on",
  run: runRun,
});

async function runRun(context: CommandContext, { file, jobs, failFast }: RunOptions): Promise<void> {
  const [{ readCommandFile }, { runCommands }] = await Promise.all([
    import("../run/read_command_file.ts"),
    import("../run/run_commands.ts"),
  ]);
  await runCommands(context, { ...await readCommandFile(context, file), jobs, failFast });
}
