import { locate } from "@lade/transfer/places";
import { openOpLog, type OpLogRow } from "@lade/workload";
import {
  parseUriRule,
  planReplay,
  prepareReplay,
  replay,
  type ReplayOptions,
  type StoreResolver,
} from "@lade/workload/replay";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { ReplayMessage, ReplayNeededMessage, ReplayPlanMessage } from "../messages/replay_messages.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { counted } from "../output/counted.ts";
import type { ReplayCommandValues } from "./replay_command_options.ts";

const DEFAULT_COLUMNS = 120;
const STATUS_MS = 200;

/** Runs `lade replay`. */
export async function runReplay(context: CommandContext, given: ReplayCommandValues): Promise<void> {
  const { output, signal, terminal } = context;
  const lade = await context.lade();
  const place = await locate(lade, given.log);
  const options = { ...optionsOf(given), uri: place.uri, signal, clock: lade.context.clock };
  const stores: StoreResolver = (uri) => lade.locate(uri);
  const rows = (isTold: boolean): AsyncIterable<OpLogRow> =>
    openOpLog(place.store, place.key, {
      signal,
      uri: place.uri,
      skipBad: given.skipBad,
      allowCut: given.partial,
      onEnd: ({ rows, bad, isCut }) => {
        if (!isTold) return;
        const note = (text: string) => void output.note(new NoteMessage(text));
        if (bad > 0) note(`passed over ${counted(bad, "row")} without meaning`);
        if (isCut) note(`${JSON.stringify(place.uri)} was cut off after ${counted(rows, "operation")}`);
      },
    });
  const plan = await refusing(() => planReplay(rows(true), { ...options, needed: given.prepare }));
  const width = terminal.columns() ?? DEFAULT_COLUMNS;
  if (given.dryRun) {
    for (const { bases, rest, size } of plan.needed) {
      for (const base of bases) await output.result(new ReplayNeededMessage(base + rest, size));
    }
    return await output.result(new ReplayPlanMessage(place.uri, plan, width));
  }
  if (plan.isRefused) {
    throw new UsageError(
      `${counted(plan.writing, "operation")} of the log ${
        plan.writing === 1 ? "writes or deletes" : "write or delete"
      }: \
give --write with --map, or --read-only.`,
    );
  }
  const prepared = given.prepare ? await prepareReplay(plan.needed, stores, options) : undefined;
  const shown = showOn(context, plan.count);
  const result = await replay(rows(false), stores, { ...options, onEnd: shown }).finally(() =>
    output.status("")
  );
  await output.result(new ReplayMessage({ log: place.uri, result, ...(prepared && { prepared }) }, width));
  if (result.ops.some(({ outcomes: { newErrors, otherErrors } }) => newErrors + otherErrors > 0)) {
    output.isNegative = true;
  }
}

/** Shows on a terminal how many operations of `count` have ended. */
function showOn({ output, settings, terminal }: CommandContext, count: number) {
  const { progress, quiet, json } = settings;
  const isShown = progress !== "none" && !quiet && !json && terminal.stderr.isTerminal();
  let shownMs = -Infinity;
  return (ended: number, failed: number): void => {
    if (!isShown || performance.now() - shownMs < STATUS_MS) return;
    shownMs = performance.now();
    output.status(`${ended} of ${counted(count, "operation")}${failed > 0 ? `, ${failed} failed` : ""}`);
  };
}

function optionsOf(given: ReplayCommandValues): ReplayOptions {
  const { balance, speed, asap, perThread, jobs, unordered, write, verify, readOnly, ops, prefix } = given;
  const { asHead, seed } = given;
  return {
    map: refusingAtOnce(() => given.map.map(parseUriRule)),
    balance,
    speed: asap ? "asap" : perThread ? "per-thread" : speed ?? 1,
    ...(jobs !== undefined && { maxInFlight: jobs }),
    unorderedKeys: unordered,
    writes: write,
    verify,
    readOnly,
    ...(ops && { ops }),
    ...(prefix !== undefined && { prefix }),
    asHead,
    ...(seed !== undefined && { seed }),
  };
}

/** What the library refuses of the options is a mistake of the command line. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asUsage(error);
  }
}

function refusingAtOnce<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asUsage(error);
  }
}

function asUsage(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  const [first = "", ...rest] = error.message;
  return new UsageError(`${first.toUpperCase()}${rest.join("")}.`, { cause: error });
}
