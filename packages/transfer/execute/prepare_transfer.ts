import { checkReadOptions, PlaceJudge } from "@lade/core/operations";
import { type NameMaker, PLAIN_RULES } from "../names/local_names.ts";
import { localPathOf, uriOfArgument } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import type { JobPlan } from "../plan/job_plan.ts";
import type { TransferRequest } from "./transfer_request.ts";
import type { TransferTally } from "./transfer_tally.ts";

/** Objects in flight, where nobody says how many. */
export const OBJECTS_AT_ONCE = 32;

/** A transfer that is about to be planned. */
export interface PreparedTransfer {
  /** The request, with the filter of its shard, which ends also when the tally ends it. */
  readonly request: TransferRequest;
  /** What is planned. */
  readonly plan: JobPlan;
}

/** Checks a request, and makes of it what is planned, whether that is executed or saved. */
export async function prepareTransfer(
  lade: UriCalls,
  given: TransferRequest,
  tally: TransferTally,
): Promise<PreparedTransfer> {
  const { sources, recursive, move, glob, links = "follow", conversion = "none", attributes = {} } = given;
  checkWords(given);
  if (glob && recursive) throw new TypeError("Cannot transfer with glob and recursive together");
  if (links !== "follow" && (move || conversion !== "none")) {
    throw new TypeError("Cannot transfer links as links and move or convert what goes");
  }
  if (move && conversion !== "none") {
    throw new TypeError(`Cannot move and ${conversion} what goes: copy it, then remove the source`);
  }
  if (move && recursive && sources.length > 1) {
    throw new TypeError(`Cannot move ${sources.length} trees at once: one source is needed`);
  }
  checkReadOptions({ ...given, concurrency: given.concurrency ?? OBJECTS_AT_ONCE });
  const signal = AbortSignal.any([given.signal, tally.ended]);
  const names = await nameMakerOf(given);
  const filter = given.shard && !given.planned
    ? (await import("./shard_filter.ts")).shardFilter(given, given.shard, names)
    : given.filter;
  const request = { ...given, signal, ...(filter && { filter }) };
  const plan: JobPlan = {
    ...request,
    lade,
    changesAttributes: !move && Object.keys(attributes).length > 0,
    conversion,
    judge: new PlaceJudge(),
    ...(names && { names }),
    onLeftOut: (entry) => tally.leftOut(entry),
  };
  return { request, plan };
}

/** What each option of a few words may be. */
const WORDS = {
  conversion: ["none", "compress", "decompress"],
  links: ["follow", "skip", "preserve"],
  mapNames: ["refuse", "percent"],
} as const;

function checkWords(given: TransferRequest): void {
  for (const [name, words] of Object.entries(WORDS)) {
    const word: unknown = given[name as keyof typeof WORDS];
    if (word === undefined || words.some((known) => known === word)) continue;
    throw new TypeError(
      `Cannot transfer with ${name} ${JSON.stringify(word)}: it is one of ${words.join(", ")}`,
    );
  }
}

/** What makes the names of a transfer of several objects: a local file system may take some for one. */
async function nameMakerOf(request: TransferRequest): Promise<NameMaker | undefined> {
  const { sources, destination, recursive, glob, mapNames: map = "refuse", dryRun: look = false } = request;
  if (destination.kind !== "prefix" || !recursive && !glob && sources.length < 2) return undefined;
  const { DecodedNames, LocalNames } = await import("../names/name_makers.ts");
  const directory = localPathOf(destination.place.uri);
  if (directory === undefined) {
    const areLocal = sources.every((source) => localPathOf(uriOfArgument(source)) !== undefined);
    return map === "percent" && areLocal ? new DecodedNames() : undefined;
  }
  const { probeFolding } = await import("../names/probe_folding.ts");
  return new LocalNames({ ...PLAIN_RULES, folding: probeFolding(directory, { look }), map });
}
