import { nanosBetween, type OpLogRow } from "../rows/op_log_row.ts";
import { type ChosenOp, isWriting, OpChooser, type PassedOver } from "./choose_ops.ts";
import { orderByStart } from "./order_by_start.ts";
import type { ReplayChoice } from "./replay_options.ts";

/** Options of {@linkcode planReplay}. */
export interface PlanReplayOptions extends ReplayChoice {
  /** Finds out which objects must be there before the replay. It holds the name of each object of the log in memory. */
  readonly needed?: boolean;
}

/** Where operations go. */
export interface ReplayRoute {
  /** The prefix in the log: that of a rule, or a container. */
  readonly from: string;
  /** The prefix that takes its place. */
  readonly to: string;
  /** How many operations go there, by their names. */
  readonly ops: Readonly<Record<string, number>>;
}

/** An object that operations need, and that the log does not write before them. */
export interface NeededObject {
  /** The prefixes that it lies below: one, or each of a rule in turns. */
  readonly bases: readonly string[];
  /** Its name below each. */
  readonly rest: string;
  /** The least size that all reads of it need. */
  readonly size: number;
}

/** What a replay would do. */
export interface ReplayPlan {
  /** Operations that would be done. */
  readonly count: number;
  /** Those of them that write or delete. */
  readonly writing: number;
  /** Whether a replay by the same options would refuse to write. */
  readonly isRefused: boolean;
  /** Milliseconds from the first start to the last end, in the log. */
  readonly recordedMs: number;
  /** Where they go, in the order in which they first come. */
  readonly routes: readonly ReplayRoute[];
  /** What is passed over. */
  readonly passedOver: readonly PassedOver[];
  /** What must be there before; empty unless it was asked for. */
  readonly needed: readonly NeededObject[];
}

/** Finds out what a replay of a log would do, without doing it. It reads the whole log; the options are checked as by it. */
export async function planReplay(
  rows: AsyncIterable<OpLogRow>,
  options: PlanReplayOptions = {},
): Promise<ReplayPlan> {
  const chooser = new OpChooser(options);
  const routes = new Map<string, { from: string; to: string; ops: Record<string, number> }>();
  const objects = new NeededObjects();
  let [count, writing, recordedNs] = [0, 0, 0];
  let isRefused = false;
  let first: OpLogRow | undefined;
  for await (const row of orderByStart(rows, options)) {
    const op = chooser.choose(row);
    if (!op) continue;
    first ??= row;
    recordedNs = Math.max(recordedNs, nanosBetween(first, row) + row.durationNs);
    count++;
    if (isWriting(op.kind)) writing++;
    isRefused ||= chooser.isRefused(op);
    const { base: to, rule } = op.place;
    const from = rule?.from ?? row.endpoint;
    let route = routes.get(`${from} ${to}`);
    if (!route) routes.set(`${from} ${to}`, route = { from, to, ops: {} });
    route.ops[row.op] = (route.ops[row.op] ?? 0) + 1;
    if (options.needed) objects.add(op);
  }
  return {
    count,
    writing,
    isRefused,
    recordedMs: recordedNs / 1e6,
    routes: [...routes.values()],
    passedOver: chooser.passedOver,
    needed: objects.needed,
  };
}

/** What is known of an object. */
interface Known {
  readonly bases: readonly string[];
  readonly rest: string;
  size: number;
  isNeeded: boolean;
  /** Whose content it has, of those that were there before: itself, or what was copied to it; none that the log wrote. */
  origin: Known | undefined;
}

class NeededObjects {
  readonly #known = new Map<string, Known>();

  get needed(): NeededObject[] {
    return [...this.#known.values()].filter(({ isNeeded }) => isNeeded)
      .map(({ bases, rest, size }) => ({ bases, rest, size }));
  }

  add({ kind, row, place, toPlace }: ChosenOp): void {
    if (kind === "LIST" || row.error !== undefined) return;
    const known = this.#of(place);
    if (kind !== "PUT" && kind !== "DELETE" && known.origin) {
      known.isNeeded ||= known.origin === known;
      known.origin.size = Math.max(known.origin.size, (row.offset ?? 0) + row.bytes);
    }
    if (toPlace) this.#of(toPlace).origin = known.origin;
    if (kind === "PUT" || kind === "DELETE" || kind === "RENAME") known.origin = undefined;
  }

  #of({ id, bases, rest }: ChosenOp["place"]): Known {
    let known = this.#known.get(id);
    if (!known) {
      this.#known.set(id, known = { bases, rest, size: 0, isNeeded: false, origin: undefined });
      known.origin = known;
    }
    return known;
  }
}
