import { system } from "@lade/core/system";
import type { Lade } from "@lade/lade";
import type { JournalRequest } from "@lade/transfer";
import type { ProcessLocks } from "@lade/transfer/journal";
import type { Shard } from "@lade/transfer/shard";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import type { Terminal } from "../output/terminal.ts";
import { flag, option, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";

/** Options of every command that goes on where an interrupted run of it stopped. */
export const journalOptions = {
  journal: option(
    ["--journal"],
    placeValue({ metavar: "URI", dash: false }),
    undefined,
    "Keep the journal, by which the same command goes on where it stopped, under this directory or prefix.",
  ),
  noJournal: flag(["--no-journal"], "Keep no journal, and do not go on with one."),
};

/** What decides how much is done, and not what: a command that differs in nothing else goes on with the same journal. */
const NEUTRAL: ReadonlySet<string> = new Set([
  ...["jobs", "dryRun", "failFast", "journal", "noJournal", "statsFile"],
  // The transfer knows which share it is, however that was said.
  "shard",
]);

/** How the journal of a command is kept; `undefined` where none is to be, or none can be. */
export async function journalOf(
  { args, settings, terminal }: CommandContext,
  lade: Lade,
  options: Partial<ValuesOf<typeof journalOptions>> & Readonly<Record<string, unknown>>,
  shard?: Shard,
): Promise<JournalRequest | undefined> {
  const { journal, noJournal = false } = options;
  if (journal !== undefined && noJournal) {
    throw new UsageError("--journal and --no-journal exclude each other.");
  }
  if (noJournal) return undefined;
  const { journalDirectory, journalPlaceOf, jobsDirectory, journalPrefixOf } = await import(
    "@lade/transfer/journal"
  );
  const locks = await processLocksOf(terminal);
  const meaning = Object.entries(options).filter(([name]) => !NEUTRAL.has(name));
  const command = {
    ...(args.length > 0 && { commandLine: shard ? withShard(args, shard) : args }),
    directory: system.cwd(),
    meaning: { options: meaning, config: settings.config },
  };
  if (journal !== undefined) {
    const prefix = await journalPrefixOf(lade, journal);
    return { ...command, place: await journalPlaceOf(lade, journal, locks), prefix };
  }
  const directory = jobsDirectory((name) => terminal.env(name));
  if (directory === undefined || !mayUse(directory)) return undefined;
  return { ...command, place: journalDirectory(directory, locks) };
}

/** By which the processes of this user know of each other, unless they would have to ask for that. */
export async function processLocksOf(terminal: Terminal): Promise<ProcessLocks | undefined> {
  const { processesDirectory, ProcessLocks } = await import("@lade/transfer/journal");
  const directory = processesDirectory((name) => terminal.env(name));
  return directory === undefined || !mayUse(directory) ? undefined : new ProcessLocks(directory);
}

/** The arguments with the share itself, so that it can be gone on with where no engine tells it. */
function withShard(args: readonly string[], { number, count }: Shard): string[] {
  return args.map((arg, at) =>
    arg.startsWith("--shard=")
      ? `--shard=${number}/${count}`
      : args[at - 1] === "--shard"
      ? `${number}/${count}`
      : arg
  );
}

/** Nobody is to be asked for a permission because of a journal. */
function mayUse(path: string): boolean {
  return (["read", "write"] as const).every((name) =>
    system.permissions.querySync({ name, path }).state === "granted"
  );
}
