import { formatSize, printable, redactSecrets } from "@lade/core/text";
import type { Histogram } from "@lade/workload/histogram";
import type { OpFigures, PassedOver, Prepared, ReplayPlan, ReplayResult } from "@lade/workload/replay";
import { counted } from "../output/counted.ts";
import { formatDuration } from "../output/format_duration.ts";
import { layOutTable } from "../output/lay_out_table.ts";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";
import { quoteWord } from "../syntax/split_words.ts";
import { formatNanos, percentileText, summaryOf } from "./oplog_messages.ts";

/** A log that was replayed. */
export interface Replayed {
  /** Its URI. */
  readonly log: string;
  /** What became of it. */
  readonly result: ReplayResult;
  /** What was written before; absent where nothing was to be. */
  readonly prepared?: Prepared;
}

const COLUMNS = ["ops", "errors", "bytes", "ops/s", "bytes/s", "p50", "p99", "max", "call p50", "call p99"];

/** What a replay came to, beside the log. */
export class ReplayMessage implements Message {
  readonly #replayed: Replayed;
  readonly #width: number;

  /** Shows `replayed` in `width` characters. */
  constructor(replayed: Replayed, width: number) {
    this.#replayed = replayed;
    this.#width = width;
  }

  /** A table with two lines for each operation, and what of it was unlike the log. */
  toText(style: Style): string {
    const { result, prepared } = this.#replayed;
    const { ops, recordedMs, durationMs, lateness, keyWaits, mostInFlight, passedOver, errors } = result;
    const columns = [
      { header: "op" },
      { header: "of" },
      ...COLUMNS.map((header) => ({ header, isNumeric: true })),
    ];
    const rows = ops.flatMap(({ op, recorded, replayed, serviceTime }) => [
      [op, "log", ...cellsOf(recorded, recordedMs), "-", "-"],
      [
        "",
        "replay",
        ...cellsOf(replayed, durationMs),
        ...[50, 99].map((p) => percentileText(serviceTime, p)),
      ],
    ]);
    const table = layOutTable(columns, rows, this.#width);
    const count = ops.reduce((sum, { replayed }) => sum + replayed.count, 0);
    const late = lateness.max === undefined ? "" : `, late by ${spreadOf(lateness)}`;
    return [
      ...(prepared ? [preparedText(prepared)] : []),
      ...(rows.length > 0 ? [style.dim(table.header), ...table.rows] : []),
      ...ops.flatMap(({ op, outcomes: { same, recovered, newErrors, otherErrors } }) =>
        recovered + newErrors + otherErrors === 0 ? [] : [
          `${op}: ${same} as in the log, ${recovered} recovered, ${newErrors} with a new error, ${otherErrors} with another`,
        ]
      ),
      ...errors.map(({ op, kind, count, example }) =>
        style.alarm(printable(`${op}: ${count} × ${kind}, such as: ${example}`))
      ),
      ...passedOver.map(passedText),
      ...(keyWaits.max === undefined
        ? []
        : [`${keyWaits.count} waited for others on their object, ${spreadOf(keyWaits)}`]),
      `${counted(count, "operation")} in ${formatDuration(durationMs)}, in the log ${
        formatDuration(recordedMs)
      }; at most ${mostInFlight} at a time${late}`,
    ].join("\n");
  }

  /** All of it, in nanoseconds, milliseconds and bytes. */
  toJson(): Json {
    const { log, prepared, result } = this.#replayed;
    const { ops, recordedMs, durationMs, lateness, keyWaits, mostInFlight, passedOver, errors } = result;
    return {
      type: "replay",
      log: redactSecrets(log),
      ...(prepared && { prepared: { ...prepared } }),
      recordedMs,
      durationMs,
      mostInFlight,
      ops: ops.map(({ op, recorded, replayed, serviceTime, outcomes }) => ({
        operation: op,
        recorded: figuresOf(recorded),
        replayed: { ...figuresOf(replayed), callNs: summaryOf(serviceTime) },
        ...outcomes,
      })),
      latenessNs: summaryOf(lateness),
      waitsNs: summaryOf(keyWaits),
      errors: errors.map(({ op, ...rest }) => ({ operation: op, ...rest })),
      passedOver: passedJson(passedOver),
    };
  }
}

/** An object that would be written before a replay. */
export class ReplayNeededMessage implements Message {
  readonly #uri: string;
  readonly #size: number;

  /** Shows the object at `uri`, of `size` bytes. */
  constructor(uri: string, size: number) {
    this.#uri = uri;
    this.#size = size;
  }

  /** Its URI and size. */
  toText(style: Style): string {
    return `${style.dim("(dry run) ")}prepare ${quoteWord(redactSecrets(this.#uri))} (${
      formatSize(this.#size)
    })`;
  }

  /** The same. */
  toJson(): Json {
    return { type: "replayNeeded", uri: redactSecrets(this.#uri), size: this.#size };
  }
}

/** What a replay would do. */
export class ReplayPlanMessage implements Message {
  readonly #log: string;
  readonly #plan: ReplayPlan;
  readonly #width: number;

  /** Shows the plan of a log in `width` characters. */
  constructor(log: string, plan: ReplayPlan, width: number) {
    this.#log = log;
    this.#plan = plan;
    this.#width = width;
  }

  /** Where operations would go, and what would be passed over. */
  toText(style: Style): string {
    const { count, writing, isRefused, recordedMs, routes, passedOver, needed } = this.#plan;
    const columns = [{ header: "from" }, { header: "to" }, { header: "ops", isNumeric: true }, {
      header: "",
    }];
    const rows = routes.map(({ from, to, ops }) => {
      const counts = Object.entries(ops);
      const sum = counts.reduce((sum, [, count]) => sum + count, 0);
      return [from, to, String(sum), counts.map(([op, count]) => `${op} ${count}`).join(", ")]
        .map((cell) => printable(redactSecrets(cell)));
    });
    const table = layOutTable(columns, rows, this.#width);
    const { objects, bytes } = neededOf(this.#plan);
    const writes = writing === 0
      ? ""
      : `, ${writing} of them ${isRefused ? "would write, which needs --write and --map" : "write"}`;
    return [
      ...(rows.length > 0 ? [style.dim(table.header), ...table.rows] : []),
      ...passedOver.map(passedText),
      ...(needed.length > 0
        ? [`${counted(objects, "object")} with ${formatSize(bytes)} would be prepared`]
        : []),
      `${counted(count, "operation")} of ${formatDuration(recordedMs)}${writes}`,
    ].join("\n");
  }

  /** The same. */
  toJson(): Json {
    const { count, writing, isRefused, recordedMs, routes, passedOver } = this.#plan;
    return {
      type: "replayPlan",
      log: redactSecrets(this.#log),
      operations: count,
      writing,
      refused: isRefused,
      recordedMs,
      routes: routes.map(({ from, to, ops }) => ({
        from: redactSecrets(from),
        to: redactSecrets(to),
        operations: { ...ops },
      })),
      needed: neededOf(this.#plan),
      passedOver: passedJson(passedOver),
    };
  }
}

function cellsOf({ count, errors, bytes, latency }: OpFigures, spanMs: number): string[] {
  const perSecond = (value: number) => spanMs > 0 ? value / spanMs * 1000 : NaN;
  const rate = perSecond(count);
  return [
    String(count),
    String(errors),
    formatSize(bytes),
    Number.isNaN(rate) ? "-" : rate.toFixed(rate < 100 ? 1 : 0),
    bytes === 0 || Number.isNaN(rate) ? "-" : formatSize(Math.round(perSecond(bytes))),
    ...[50, 99].map((percent) => percentileText(latency, percent)),
    latency.max === undefined ? "-" : formatNanos(latency.max),
  ];
}

function figuresOf({ count, errors, objects, bytes, latency }: OpFigures) {
  return { operations: count, errors, objects, bytes, latencyNs: summaryOf(latency) };
}

function spreadOf(histogram: Histogram): string {
  const max = formatNanos(histogram.max ?? 0);
  return `${percentileText(histogram, 50)} at p50, ${percentileText(histogram, 99)} at p99, ${max} at most`;
}

function preparedText({ written, bytes, kept }: Prepared): string {
  return `prepared ${counted(written, "object")} with ${formatSize(bytes)}; ${kept} were there`;
}

function neededOf({ needed }: ReplayPlan) {
  return needed.reduce((sum, { bases, size }) => ({
    objects: sum.objects + bases.length,
    bytes: sum.bytes + bases.length * size,
  }), { objects: 0, bytes: 0 });
}

function passedText({ op, reason, count }: PassedOver): string {
  return printable(`passed over ${count} × ${op}: ${reason}`);
}

function passedJson(passedOver: readonly PassedOver[]): Json {
  return passedOver.map(({ op, ...rest }) => ({ operation: op, ...rest }));
}
