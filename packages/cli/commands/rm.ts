import type { Removal, Removed } from "@lade/lade";
import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { OperationMessage, SkipMessage, SummaryMessage } from "../messages/transfer_messages.ts";
import { NotFoundError } from "@lade/core/errors";
import type { ObjectFilter } from "@lade/transfer/filter";
import { uriOfArgument, withHint } from "@lade/transfer/places";
import { refuseSeveral } from "../places/split_places.ts";
import { removalAdvice } from "../places/removal_advice.ts";
import { tellUnseen } from "../places/tell_left_out.ts";
import { flag, option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import {
  filterOf,
  filterOptions,
  globOptions,
  isFiltered,
  NEEDS_MANY,
  splitArgument,
} from "../transfer/filter_options.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";
import { versionValue } from "../values/plain_values.ts";

const options = {
  recursive: flag(["-r", "--recursive"], "Remove everything under a prefix or in a directory."),
  all: flag(["--all"], "Let -r empty a whole container, such as s3://bucket."),
  force: flag(["-f", "--force"], "Take a missing object for removed."),
  version: option(
    ["--version"],
    versionValue,
    undefined,
    "Remove this version of the one object for good, or a delete marker, which brings the object back.",
  ),
  versions: flag(["--versions"], "Remove all versions and delete markers for good, of an object or with -r."),
  ...filterOptions,
  ...globOptions,
  dryRun: flag(["--dry-run"], "Print what would be removed, and remove nothing."),
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "An object or link, or with -r a prefix or directory.",
    atLeastOne,
  ),
};

type RmOptions = ValuesOf<typeof options>;

/** `lade rm`. */
export const rm = defineCommand({
  name: "rm",
  brief: "Remove objects",
  description:
    "Removes objects. An object that does not exist is an error, so that a typing error does not pass \
for success; with -f it is not, and no object is looked up first. What is named is looked into before the first \
object is removed; links are removed as links, and a directory goes with all that lies in it. With filters directories \
stay: of files and links those go that are chosen. In a bucket that keeps versions an object \
that is removed leaves them, and a delete marker; ls --versions shows both.",
  usage: "URI...",
  examples: [
    ["lade rm s3://bucket/old.bin", "removes one object"],
    ["lade rm --version ID s3://bucket/a.bin", "removes a version, or by a delete marker undeletes"],
    ["lade rm -r --dry-run s3://bucket/tmp/", "shows what rm -r would remove"],
    ['lade rm -r --include "*.tmp" --min-age 7d s3://bucket/work/', "removes old files of that ending"],
  ],
  options,
  whenUnread: "goes on",
  check: refuseMistakes,
  run: runRm,
});

/** Settles what each place names, before the first is removed, and then removes them. */
async function runRm(context: CommandContext, options: RmOptions): Promise<void> {
  const filter = await filterOf(context, options, options.uris);
  const { clock } = (await context.lade()).context;
  const removals = new Removals(context, options, filter);
  const startMs = clock.monotonicMs();
  const many = options.recursive || options.uris.length > 1 || context.settings.verbosity > 0;
  try {
    for (const argument of options.uris) await removals.settle(argument);
    await removals.run();
  } catch (error) {
    // What is gone is reported also where the rest was stopped.
    if (removals.objects > 0) await removals.summarize(clock.monotonicMs() - startMs);
    throw error;
  }
  if (many) await removals.summarize(clock.monotonicMs() - startMs);
}

function refuseMistakes(options: RmOptions): void {
  const { uris, version, versions, recursive, glob } = options;
  const isChosen = isFiltered(options);
  if (isChosen && !recursive && !glob) throw new UsageError(NEEDS_MANY);
  if (glob && recursive) throw new UsageError("With --glob there is no -r: ** matches at any depth.");
  if ((isChosen || glob) && (versions || version !== undefined)) {
    throw new UsageError(
      "Versions are removed by their names alone: filters and --glob choose among objects.",
    );
  }
  if (version === undefined) return;
  refuseSeveral(uris, version);
  if (recursive || versions) throw new UsageError("With --version there is neither -r nor --versions.");
}

class Removals {
  readonly #context: CommandContext;
  readonly #options: RmOptions;
  readonly #filter: ObjectFilter | undefined;
  readonly #settled: Removal[] = [];
  /** Those that leave something of what they name, each with the pattern that chooses. */
  readonly #chosen = new Map<Removal, string | undefined>();
  #objects = 0;
  #failed = 0;
  #skipped = 0;

  constructor(context: CommandContext, options: RmOptions, filter: ObjectFilter | undefined) {
    this.#context = context;
    this.#filter = filter;
    this.#options = options;
  }

  /** Objects removed so far. */
  get objects(): number {
    return this.#objects;
  }

  /** Finds out what an argument names; what is named already, or lies in what is, is not removed twice. */
  async settle(argument: string): Promise<void> {
    const { recursive, all, force, version, versions } = this.#options;
    const { signal } = this.#context;
    const split = this.#options.glob ? await splitArgument(argument) : undefined;
    const isMany = recursive || split !== undefined;
    // It would go whatever the filter says.
    if (this.#filter && !isMany) throw new UsageError(NEEDS_MANY);
    const uri = uriOfArgument(split?.base ?? argument);
    try {
      const lade = await this.#context.lade();
      const filter = split
        ? (await import("@lade/transfer/filter")).everyFilter([split.filter, this.#filter])
        : this.#filter;
      const removal = await lade.settleRemoval({
        ...{ uri, recursive: isMany, all: all || split !== undefined },
        ...{ force, versions, signal },
        ...(filter && { filter }),
        ...(version !== undefined && { version }),
        advice: removalAdvice,
      });
      if (filter) {
        this.#chosen.set(removal, split && argument);
        return void this.#settled.push(removal);
      }
      const outer = this.#settled.find((other) => !this.#chosen.has(other) && isWithin(removal, other));
      if (outer) return await this.#skip(removal, outer);
      for (const inner of this.#settled.filter((other) => isWithin(other, removal))) {
        this.#settled.splice(this.#settled.indexOf(inner), 1);
        await this.#skip(inner, removal);
      }
      this.#settled.push(removal);
      if (removal.unseen) await tellUnseen(this.#context, removal, removal.unseen);
    } catch (error) {
      await this.#fail(await withHint(error, uri));
    }
  }

  /** Removes all that is settled, or says what would be. */
  async run(): Promise<void> {
    const { dryRun, force } = this.#options;
    for (const removal of this.#settled) {
      try {
        let isEmpty = true;
        for await (const removed of dryRun ? removal.preview() : removal.run()) {
          isEmpty = false;
          await this.#tell(removed);
        }
        const pattern = this.#chosen.get(removal);
        if (isEmpty && pattern !== undefined && !force) throw nothingMatches(pattern);
      } catch (error) {
        await this.#fail(error);
      }
    }
  }

  /** Sums up. */
  async summarize(elapsedMs: number): Promise<void> {
    const { name: operation, output } = this.#context;
    const { dryRun } = this.#options;
    const counts = { objects: this.#objects, failed: this.#failed, skipped: this.#skipped };
    await output.note(new SummaryMessage({ operation, ...counts, elapsedMs, dryRun }));
  }

  async #tell({ uri, version, error }: Removed): Promise<void> {
    if (error) return await this.#fail(error);
    this.#objects++;
    const { name: operation, output } = this.#context;
    const { dryRun } = this.#options;
    const told = { operation, destination: uri, ...(version !== undefined && { version }), dryRun };
    await output.done(new OperationMessage(told));
  }

  async #skip({ uri }: Removal, outer: Removal): Promise<void> {
    this.#skipped++;
    const reason = outer.uri === uri ? "it is named twice" : `it goes with ${JSON.stringify(outer.uri)}`;
    await this.#context.output.note(new SkipMessage(uri, reason));
  }

  async #fail(error: unknown): Promise<void> {
    await this.#context.fail(error);
    this.#failed++;
  }
}

function nothingMatches(uri: string): NotFoundError {
  return new NotFoundError({ operation: "remove", uri, detail: "nothing matches" });
}

/** Whether what one removal removes goes with the other one, by whatever names. */
function isWithin({ place: one }: Removal, { place: other, kind }: Removal): boolean {
  if (one.service !== other.service || one.container !== other.container) return false;
  const isTree = kind === "prefix" || kind === "container";
  return isTree ? one.key.startsWith(other.key) : one.key === other.key;
}
