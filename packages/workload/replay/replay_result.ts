import { StoreError } from "@lade/core/errors";
import { redactSecrets } from "@lade/core/text";
import { Histogram } from "../histogram/histogram.ts";
import type { OpLogRow } from "../rows/op_log_row.ts";
import { OP_KINDS, type PassedOver } from "./choose_ops.ts";

/** What operations of one kind came to, in the log or in its replay. */
export interface OpFigures {
  /** How many there were, failures too. */
  readonly count: number;
  /** How many failed. */
  readonly errors: number;
  /** Bytes of content that came or went. */
  readonly bytes: number;
  /** Objects, of listings their entries. */
  readonly objects: number;
  /** Nanoseconds that they took, of a replay from when they were due: what one who asked then would have waited. */
  readonly latency: Histogram;
}

/** How operations ended, beside how they ended in the log. */
export interface Outcomes {
  /** As they did: well, or with the same kind of error. */
  readonly same: number;
  /** Well, where the log has an error. */
  readonly recovered: number;
  /** With an error, where the log has none. */
  readonly newErrors: number;
  /** With an error of another kind. */
  readonly otherErrors: number;
}

/** Operations of one kind, in the log and in its replay. */
export interface ReplayedOp {
  /** What the log calls them. */
  readonly op: string;
  /** What the log has of those that were replayed. */
  readonly recorded: OpFigures;
  /** What the replay had. */
  readonly replayed: OpFigures;
  /** Nanoseconds that they took from when they began. */
  readonly serviceTime: Histogram;
  /** How they ended. */
  readonly outcomes: Outcomes;
}

/** Errors of one kind. */
export interface ReplayError {
  /** What failed. */
  readonly op: string;
  /** The code of the error, or its name. */
  readonly kind: string;
  /** How many there were. */
  readonly count: number;
  /** What the first one said, without secrets. */
  readonly example: string;
}

/** What became of a replay. */
export interface ReplayResult {
  /** By what was done, in the order of `OP_KINDS`; what did not come is absent. */
  readonly ops: readonly ReplayedOp[];
  /** Milliseconds from the first start to the last end of what was replayed, in the log. */
  readonly recordedMs: number;
  /** The same of the replay, from when the first was due. */
  readonly durationMs: number;
  /** Nanoseconds from when an operation was due to its start; empty where none is due at a time. */
  readonly lateness: Histogram;
  /** Nanoseconds that operations waited for others on their object, of those that did; empty with `"per-thread"`. */
  readonly keyWaits: Histogram;
  /** The most operations that ran at a time. */
  readonly mostInFlight: number;
  /** What was not replayed, and why. */
  readonly passedOver: readonly PassedOver[];
  /** Failures of the replay. */
  readonly errors: readonly ReplayError[];
}

/** How one operation ended. */
export interface OpEnd {
  /** Bytes of content. */
  readonly bytes: number;
  /** Objects or entries. */
  readonly objects: number;
  /** Milliseconds from when it was due. */
  readonly latencyMs: number;
  /** Milliseconds from its start. */
  readonly serviceMs: number;
  /** What it failed with. */
  readonly failure?: { readonly error: unknown };
}

/** Counts what a replay comes to. */
export class ReplayTally {
  readonly #ops = new Map<string, CountedOp>();
  readonly #errors = new Map<string, Counted<ReplayError>>();

  /** Counts one operation that has ended. */
  add(row: OpLogRow, end: OpEnd): void {
    const { op, error } = row;
    let counted = this.#ops.get(op);
    if (!counted) this.#ops.set(op, counted = newOp(op));
    const { recorded, replayed, outcomes, serviceTime } = counted;
    // Clocks of other tools may go back.
    count(recorded, { ...row, isError: error !== undefined, ns: Math.max(0, row.durationNs) });
    count(replayed, { ...end, isError: end.failure !== undefined, ns: end.latencyMs * 1e6 });
    serviceTime.record(end.serviceMs * 1e6);
    if (!end.failure) return void outcomes[error === undefined ? "same" : "recovered"]++;
    const kind = kindOf(end.failure.error);
    if (error === undefined) outcomes.newErrors++;
    else outcomes[isSameKind(error, kind) ? "same" : "otherErrors"]++;
    this.#addError(op, kind, end.failure.error);
  }

  /** By operation. */
  get ops(): readonly ReplayedOp[] {
    return OP_KINDS.flatMap((op) => this.#ops.get(op) ?? []);
  }

  /** By operation and kind, the most frequent first. */
  get errors(): readonly ReplayError[] {
    return [...this.#errors.values()].toSorted((a, b) => b.count - a.count);
  }

  #addError(op: string, kind: string, error: unknown): void {
    const counted = this.#errors.get(`${op} ${kind}`);
    if (counted) counted.count++;
    else {
      const example = redactSecrets(error instanceof Error ? error.message : String(error));
      this.#errors.set(`${op} ${kind}`, { op, kind, count: 1, example });
    }
  }
}

type Counted<T> = { -readonly [Name in keyof T]: T[Name] };

interface CountedOp extends ReplayedOp {
  readonly recorded: Counted<OpFigures>;
  readonly replayed: Counted<OpFigures>;
  readonly outcomes: Counted<Outcomes>;
}

function newOp(op: string): CountedOp {
  const figures = () => ({ count: 0, errors: 0, bytes: 0, objects: 0, latency: new Histogram() });
  return {
    op,
    recorded: figures(),
    replayed: figures(),
    serviceTime: new Histogram(),
    outcomes: { same: 0, recovered: 0, newErrors: 0, otherErrors: 0 },
  };
}

function count(
  figures: Counted<OpFigures>,
  { bytes, objects, isError, ns }: {
    readonly bytes: number;
    readonly objects: number;
    readonly isError: boolean;
    readonly ns: number;
  },
): void {
  figures.count++;
  if (isError) figures.errors++;
  figures.bytes += bytes;
  figures.objects += objects;
  figures.latency.record(ns);
}

function kindOf(error: unknown): string {
  return error instanceof StoreError ? error.code : error instanceof Error ? error.name : "error";
}

/** Logs of Lade begin an error with its kind; those of other tools have a text of the service. */
function isSameKind(recorded: string, kind: string): boolean {
  const [, known] = /^([a-z]+(?:-[a-z]+)*): /.exec(recorded) ?? [];
  return known === undefined || known === kind;
}
