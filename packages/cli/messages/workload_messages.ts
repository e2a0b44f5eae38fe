import { formatSize, printable, redactSecrets } from "@lade/core/text";
import { Histogram, type HistogramState } from "@lade/workload/histogram";
import {
  type CleanedWorkload,
  estimatePercentile,
  type OpResult,
  type PhaseResult,
  type PlannedPhase,
  type WorkloadPlan,
  type WorkloadResult,
  type WorkloadSpec,
} from "@lade/workload/run";
import { counted } from "../output/counted.ts";
import { formatDuration } from "../output/format_duration.ts";
import { layOutTable } from "../output/lay_out_table.ts";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";
import { formatNanos } from "./oplog_messages.ts";

const PERCENTILES = [50, 99] as const;

/** What a workload came to. */
export class WorkloadMessage implements Message {
  readonly #result: WorkloadResult;
  readonly #width: number;

  /** Shows `result` in `width` characters. */
  constructor(result: WorkloadResult, width: number) {
    this.#result = result;
    this.#width = width;
  }

  /** A table of phases and operations, what failed, and what limited it. */
  toText(style: Style): string {
    const { phases, verify, stopped, advice, target } = this.#result;
    const isOpen = phases.some(({ rate }) => rate !== undefined);
    const numbers = ["ops", "errors", "bytes", "ops/s", "bytes/s", "p50", "p99", "max", "answer p50"];
    const columns = [
      ...["phase", "load", "op"].map((header) => ({ header })),
      ...[...numbers, ...isOpen ? ["call p50", "call p99"] : []].map((header) => ({
        header,
        isNumeric: true,
      })),
    ];
    const rows = phases.flatMap((phase) => phase.ops.map((op) => cellsOf(phase, op, isOpen).map(printable)));
    const { header, rows: lines } = layOutTable(columns, rows, this.#width);
    const count = sumOf(phases, ({ ops }) => ops);
    const failed = sumOf(phases, ({ errors }) => errors.reduce((sum, { count }) => sum + count, 0));
    const tookMs = Math.max(0, ...phases.map(({ startMs, durationMs }) => startMs + durationMs));
    return [
      ...(rows.length > 0 ? [style.dim(header), ...lines] : []),
      ...phases.flatMap((phase) => errorLines(phase).map((line) => style.alarm(line))),
      ...verify.examples.map(({ key, offset }) =>
        style.alarm(printable(`wrong content of ${JSON.stringify(key)} from byte ${offset} on`))
      ),
      ...(verify.reads > 0
        ? [`verified ${counted(verify.reads, "read")}, ${verify.wrong} with wrong content`]
        : []),
      ...advice.map(({ text }) => printable(text)),
      ...(stopped === undefined ? [] : [style.alarm(printable(`ended early: ${stopped}`))]),
      printable(
        `${counted(count, "operation")}${failed > 0 ? `, ${failed} failed,` : ""} in ${
          formatDuration(tookMs)
        } at ${redactSecrets(target)}`,
      ),
    ].join("\n");
  }

  /** All of it, with whole histograms. */
  toJson(): Json {
    return { type: "workload", ...plain({ ...this.#result, target: redactSecrets(this.#result.target) }) };
  }
}

/** What a workload would do. */
export class WorkloadPlanMessage implements Message {
  readonly #spec: WorkloadSpec;
  readonly #plan: WorkloadPlan;
  readonly #width: number;

  /** Shows the plan of `spec` in `width` characters. */
  constructor(spec: WorkloadSpec, plan: WorkloadPlan, width: number) {
    this.#spec = spec;
    this.#plan = plan;
    this.#width = width;
  }

  /** Tables of sets and phases, and what all comes to. */
  toText(style: Style): string {
    const { sets, phases, objects, bytes, ops, isOpenEnded, memory } = this.#plan;
    const numeric = (header: string) => ({ header, isNumeric: true });
    const setTable = layOutTable(
      [{ header: "set" }, ...["objects", "bytes", "least", "greatest"].map(numeric)],
      sets.map(({ name, objects, bytes, least, greatest }) => [
        name,
        String(objects),
        formatSize(bytes),
        formatSize(least),
        formatSize(greatest),
      ]),
      this.#width,
    );
    const phaseTable = layOutTable(
      [{ header: "phase" }, { header: "load" }, numeric("ops"), numeric("time"), { header: "does" }],
      phases.map((phase) =>
        [
          phase.name,
          loadText(phase),
          phase.ops === undefined ? "-" : String(phase.ops),
          phase.mostMs === undefined ? "-" : formatDuration(phase.mostMs),
          this.#doingOf(phase.name),
        ].map(printable)
      ),
      this.#width,
    );
    const rest = isOpenEnded ? ", and as many as the store does in the time of the others" : "";
    return [
      style.dim(setTable.header),
      ...setTable.rows,
      style.dim(phaseTable.header),
      ...phaseTable.rows,
      `${counted(objects, "object")} with ${formatSize(bytes)}; ${
        counted(ops, "operation")
      }${rest}; at most ${formatSize(memory)} of memory for objects and content`,
    ].join("\n");
  }

  /** The spec with all defaults, and the same. */
  toJson(): Json {
    return { type: "workloadPlan", spec: plain(this.#spec), ...plain(this.#plan) };
  }

  #doingOf(name: string): string {
    const phase = this.#spec.phases.find((phase) => phase.name === name);
    if (!phase) return "";
    if (phase.kind !== "mix") return `${phase.kind} ${phase.sets.join(" ")}`;
    return phase.mix.map(({ op, weight }) => `${op} ${weight}`).join(", ");
  }
}

/** A prefix that was cleaned. */
export class CleanedWorkloadMessage implements Message {
  readonly #cleaned: CleanedWorkload;

  /** Says what became of it. */
  constructor(cleaned: CleanedWorkload) {
    this.#cleaned = cleaned;
  }

  /** How much was deleted, and what stays. */
  toText(): string {
    const { target, deleted, aborted, left, leftKeys } = this.#cleaned;
    const given = aborted > 0 ? `, gave up ${counted(aborted, "write")} that had not ended` : "";
    const stays = left === 0
      ? ""
      : `; ${counted(left, "other object")} ${left === 1 ? "stays" : "stay"}, such as ${
        leftKeys.map((key) => JSON.stringify(key)).join(", ")
      }`;
    return printable(`deleted ${counted(deleted, "object")} below ${redactSecrets(target)}${given}${stays}`);
  }

  /** The same. */
  toJson(): Json {
    const { leftKeys, target, ...rest } = this.#cleaned;
    return { type: "workloadCleaned", target: redactSecrets(target), ...rest, leftKeys: [...leftKeys] };
  }
}

/** How much a phase asks for at a time: `×16`, `500/s`. */
export function loadText({ concurrency, rate }: Pick<PlannedPhase, "concurrency" | "rate">): string {
  return concurrency === undefined ? `${rate}/s` : `×${concurrency}`;
}

/** A rate for people. */
export function rateText(rate: number): string {
  return rate.toFixed(rate < 100 ? 1 : 0);
}

function cellsOf(phase: PhaseResult, result: OpResult, isOpen: boolean): string[] {
  const { op, ops, errors, bytes, opsPerSecond, bytesPerSecond, latency, serviceTime, answer } = result;
  return [
    phase.name,
    loadText(phase),
    op,
    String(ops),
    String(errors.reduce((sum, { count }) => sum + count, 0)),
    formatSize(bytes),
    rateText(opsPerSecond),
    bytes === 0 ? "-" : formatSize(Math.round(bytesPerSecond)),
    ...PERCENTILES.map((percent) => percentileOf(latency, percent)),
    latency.max === undefined ? "-" : formatNanos(latency.max),
    percentileOf(answer, 50),
    ...isOpen ? PERCENTILES.map((percent) => percentileOf(serviceTime, percent)) : [],
  ];
}

/** A percentile for people; `-` where there are too few to tell. */
function percentileOf(state: HistogramState, percent: number): string {
  const estimate = estimatePercentile(Histogram.restore(state), percent);
  return estimate === undefined ? "-" : formatNanos(estimate.value);
}

function errorLines({ name, ops }: PhaseResult): string[] {
  return ops.flatMap(({ op, errors }) =>
    errors.map(({ kind, count, example }) =>
      printable(`${name} ${op}: ${count} × ${kind}, such as: ${example}`)
    )
  );
}

function sumOf(phases: readonly PhaseResult[], of: (op: OpResult) => number): number {
  return phases.reduce((sum, { ops }) => ops.reduce((sum, op) => sum + of(op), sum), 0);
}

/** What is plain JSON, as the type of it. */
function plain(value: object): { readonly [name: string]: Json } {
  return value as { readonly [name: string]: Json };
}
