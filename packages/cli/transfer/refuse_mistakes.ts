import { UsageError } from "../command/usage_error.ts";
import { isFiltered, NEEDS_MANY } from "./filter_options.ts";
import type { TransferOptions } from "./transfer_options.ts";
import { isStandardInput } from "@lade/transfer";
import { isStandardOutput } from "@lade/transfer/places";

/** What a command transfers. */
export interface TransferCommand {
  /** The sources, as given; `-` is standard input. */
  readonly sources: readonly string[];
  /** The destination, as given; `-` is standard output. */
  readonly destination: string;
  /** The command's options. */
  readonly options: TransferOptions;
  /** The sources are removed afterwards. */
  readonly move: boolean;
}

/** Throws a `UsageError` for places and options that do not go together. */
export function refuseMistakes({ sources, destination, options }: TransferCommand): void {
  const refuse = (problem: string): never => {
    throw new UsageError(problem);
  };
  const fromInput = sources.some(isStandardInput);
  if (sources.length > 1 && fromInput) refuse("Standard input (-) cannot be one of several sources.");
  if (sources.length > 1 && options.recursive) {
    refuse(
      "With -r there is one source, since what lies below it goes below DEST: give one command for each.",
    );
  }
  if (options.version !== undefined && (options.recursive || sources.length > 1 || fromInput)) {
    refuse("With --version there is one object, and no -r.");
  }
  if (options.shard !== undefined && !options.recursive) {
    refuse(
      "With --shard there is -r: what is split is a prefix or directory, not an object or standard input.",
    );
  }
  if (isFiltered(options)) {
    if (!options.recursive && !options.glob) refuse(NEEDS_MANY);
    if (fromInput && options.filesFrom !== undefined && isStandardInput(options.filesFrom)) {
      refuse("Standard input (-) cannot be a source and the list of --files-from.");
    }
  }
  if (options.glob) {
    if (options.recursive) refuse("With --glob there is no -r: ** matches at any depth.");
    if (options.version !== undefined) refuse("With --version there is one object, and no --glob.");
  }
  if (options.links !== undefined && options.links !== "follow") {
    if (!options.recursive && !options.glob) refuse("With --links there is -r: a link alone is followed.");
    if (options.zstd !== undefined || options.decompress) refuse("With --links nothing is converted.");
    if (options.savePlan !== undefined) refuse("With --save-plan links are followed.");
  }
  if (options.zstd !== undefined && options.decompress) refuse("With --zstd there is no --decompress.");
  if (options.savePlan !== undefined && (fromInput || isStandardOutput(destination))) {
    refuse("With --save-plan neither place can be -.");
  }
  if (options.savePlan !== undefined && options.dryRun) {
    refuse("--save-plan does nothing but write the plan: leave out --dry-run.");
  }
  const toOutput = isStandardOutput(destination);
  if (options.recursive && (fromInput || toOutput)) refuse("With -r neither place can be -.");
  if (fromInput && toOutput) refuse("Nothing is to be done from - to -.");
  if (toOutput && options.zstd !== undefined) refuse("With --zstd the destination cannot be -.");
}
