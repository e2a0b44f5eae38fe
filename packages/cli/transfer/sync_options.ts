import { UsageError } from "../command/usage_error.ts";
import { argument, flag, option, type ValuesOf } from "../syntax/option.ts";
import { cacheOptions } from "./cache_options.ts";
import { compareOptions } from "./compare_options.ts";
import { filterOptions } from "./filter_options.ts";
import { planOptions } from "./plan_options.ts";
import { shardOptions } from "./shard_options.ts";
import { journalOptions } from "./journal_options.ts";
import { contentOptions, guessOptions, timeOptions, treeOptions, writeOptions } from "./transfer_options.ts";
import { deletionLimitValue } from "../values/deletion_limit_value.ts";
import { choiceValue } from "../values/plain_values.ts";
import { placeValue } from "../values/place_value.ts";

const { recursive: _, ...manyOptions } = treeOptions;
const { zstd: _zstd, ...attributeOptions } = contentOptions;

/** The options and arguments of `lade sync`. */
export const syncOptions = {
  delete: flag(
    ["--delete"],
    "Delete from DEST what SOURCE does not have: last, and only if nothing failed.",
  ),
  maxDelete: option(
    ["--max-delete"],
    deletionLimitValue,
    undefined,
    "Delete nothing if more than N objects, or N percent of those in DEST, would have to be deleted.",
  ),
  allowEmpty: flag(["--allow-empty"], "Let --delete delete everything where SOURCE has nothing."),
  backupDir: option(
    ["--backup-dir"],
    placeValue({ metavar: "URI", dash: false }),
    undefined,
    "Keep what is replaced or deleted under this prefix or directory, by the same names.",
  ),
  links: option(
    ["--links"],
    choiceValue({ metavar: "follow|skip", choices: ["follow", "skip"] }),
    "follow",
    "Follow symbolic links of SOURCE that stay inside it, which is the default, or skip all: what DEST has of their names \
stays.",
  ),
  ...compareOptions,
  ...writeOptions,
  ...filterOptions,
  ...manyOptions,
  ...timeOptions,
  ...guessOptions,
  ...attributeOptions,
  ...shardOptions,
  ...journalOptions,
  ...planOptions,
  ...cacheOptions,
  source: argument(placeValue({ metavar: "SOURCE", dash: false }), "A prefix or directory."),
  destination: argument(
    placeValue({ metavar: "DEST", dash: false }),
    "The prefix or directory that becomes like it.",
  ),
};

/** What `lade sync` takes. */
export type SyncValues = ValuesOf<typeof syncOptions>;

/** Throws a `UsageError` for options that do not go together. */
export function refuseSyncMistakes(options: SyncValues): void {
  const refuse = (problem: string): never => {
    throw new UsageError(problem);
  };
  if (options.savePlan !== undefined) {
    if (options.dryRun) refuse("--save-plan does nothing but write the plan: leave out --dry-run.");
    if (options.backupDir !== undefined) refuse("--backup-dir is no part of a plan: leave out --save-plan.");
  }
  if (options.delete) return;
  if (options.maxDelete !== undefined) refuse("--max-delete is for --delete.");
  if (options.allowEmpty) refuse("--allow-empty is for --delete.");
}
