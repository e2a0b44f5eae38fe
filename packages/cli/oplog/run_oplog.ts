import { locate, type Place } from "@lade/transfer/places";
import {
  analyzeOpLog,
  createOpLog,
  openOpLog,
  type OpLogRow,
  type ReadOpLogOptions,
  type SortInput,
  sortOpLogs,
} from "@lade/workload";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { OpLogAnalysisMessage, OpLogRowMessage, SortedLogMessage } from "../messages/oplog_messages.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { counted } from "../output/counted.ts";
import type { OplogValues } from "./oplog_options.ts";

const DEFAULT_COLUMNS = 100;

/** Runs `lade oplog`. */
export async function runOplog(context: CommandContext, given: OplogValues): Promise<void> {
  const { action, by, to, logs } = given;
  if (by !== undefined && action !== "analyze") throw new UsageError("--by is for oplog analyze.");
  if (to !== undefined && action !== "sort") throw new UsageError("--to is for oplog sort.");
  if (action === "sort") return await sort(context, given);
  const reading = new Reading(context, given);
  const rows = reading.all(await placesOf(context, logs));
  if (action === "cat") {
    for await (const row of rows) await context.output.result(new OpLogRowMessage(row));
  } else {
    const analysis = await analyzeOpLog(rows, { ...(by && { by }) });
    const width = context.terminal.columns() ?? DEFAULT_COLUMNS;
    await context.output.result(new OpLogAnalysisMessage(analysis, by ?? "op", width));
  }
  reading.tell();
}

async function sort(context: CommandContext, given: OplogValues): Promise<void> {
  const { to: dialect = "lade", logs } = given;
  const { signal } = context;
  const places = await placesOf(context, logs);
  const out = places.pop();
  if (!out || places.length === 0) throw new UsageError("oplog sort needs op-logs and a new file.");
  const reading = new Reading(context, given);
  const inputs: SortInput[] = places.map((place) => ({
    rows: reading.rows(place),
    // Rows of several processes are to be told apart.
    ...(places.length > 1 && { clientId: place.key.slice(place.key.lastIndexOf("/") + 1) }),
  }));
  const create = { ifNoneMatch: "*", ifIgnored: "look", signal } as const;
  // Sorted runs that do not fit into memory lie beside it meanwhile.
  const runs = { store: out.store, prefix: `${out.key}.run-` };
  const writer = await out.store.createWriter(out.key, create);
  try {
    const log = createOpLog(writer, { compress: out.key.endsWith(".zst"), dialect });
    for await (const row of sortOpLogs(inputs, { runs, signal })) {
      log.append(row);
      const turn = log.ready();
      if (turn) await turn;
    }
    const { rows, errors } = await log.close();
    reading.tell();
    await context.output.result(new SortedLogMessage(out.uri, rows, errors));
  } finally {
    await writer[Symbol.asyncDispose]();
  }
}

async function placesOf(context: CommandContext, logs: readonly string[]): Promise<Place[]> {
  const lade = await context.lade();
  const places: Place[] = [];
  for (const log of logs) places.push(await locate(lade, log));
  return places;
}

/** Reads logs, and tells what was wrong with them. */
class Reading {
  readonly #context: CommandContext;
  readonly #options: ReadOpLogOptions;
  #bad = 0;

  constructor(context: CommandContext, { skipBad, partial }: OplogValues) {
    this.#context = context;
    this.#options = { signal: context.signal, skipBad, allowCut: partial };
  }

  async *all(places: readonly Place[]): AsyncGenerator<OpLogRow, void, void> {
    for (const place of places) yield* this.rows(place);
  }

  rows({ store, key, uri }: Place): AsyncGenerator<OpLogRow, void, void> {
    return openOpLog(store, key, {
      ...this.#options,
      uri,
      onEnd: ({ rows, bad, isCut }) => {
        this.#bad += bad;
        if (isCut) this.#note(`${JSON.stringify(uri)} was cut off after ${counted(rows, "operation")}`);
      },
    });
  }

  /** Says how much was passed over. */
  tell(): void {
    if (this.#bad > 0) this.#note(`passed over ${counted(this.#bad, "row")} without meaning`);
  }

  #note(text: string): void {
    void this.#context.output.note(new NoteMessage(text));
  }
}
