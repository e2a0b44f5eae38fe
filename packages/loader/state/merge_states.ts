import { needList } from "@lade/core/backend";
import { LANE_START, laneFault } from "./lane_state.ts";
import type { LoaderState } from "./loader_state.ts";
import { restOf } from "./loader_state.ts";
import { mixtureLaneFault, mixtureLaneStart, shapeOf } from "./mixture_state.ts";
import { bitsOf, type Rest } from "./rest.ts";
import { isSameJson } from "./same_json.ts";
import { isCount, placeFault, stateFault } from "./state_fault.ts";

/** Ranks that are missing and named. */
const NAMED = 8;

/**
 * The state of several ranks that are not in lock step: what any of them handed out is taken, and nothing else. Takes the
 * states of all ranks, each once, of one epoch, order and data set; others are a `TypeError` that says what differs.
 */
export function mergeStates(states: readonly LoaderState[]): LoaderState {
  needList("merge", states, "states");
  const [first] = states;
  if (!first) throw new TypeError("Cannot merge no states: one of each rank is needed");
  const ranks = states.map((state) => {
    const fault = stateFault(state);
    if (fault !== undefined) throw new TypeError(`Cannot merge states: ${fault}`);
    for (const name of ["version", "seed", "epoch", "total", "fingerprint"] as const) {
      if (state[name] !== first[name]) throw differs(name, first[name], state[name]);
    }
    if (!isSameJson(state.order, first.order)) {
      throw differs("order", JSON.stringify(first.order), JSON.stringify(state.order));
    }
    if (!(isCount(state.of?.rank) && isCount(state.of.size) && state.of.rank < state.of.size)) {
      throw new TypeError("Cannot merge states that do not say of which rank they are");
    }
    const began = state.order.kind === "stream"
      ? undefined
      : placeFault(state.of.from, state.position, undefined) ??
        placeFault(state.of.from, state.total, state.of.taken);
    if (began !== undefined || !isCount(state.of.from)) {
      throw new TypeError(
        `Cannot merge states: where rank ${state.of.rank} began, ${began ?? "it does not say"}`,
      );
    }
    return { ...state, of: state.of };
  });
  const { size, from, taken } = ranks[0]?.of ?? { size: 0, from: 0 };
  for (const { of } of ranks) {
    if (of.size !== size) throw differs("world", size, of.size);
    if (of.from !== from || of.taken !== taken) throw differs("beginning", from, of.from);
  }
  const byRank = new Map(ranks.map((state) => [state.of.rank, state]));
  if (byRank.size !== size || ranks.length !== size) {
    const missing: number[] = [];
    // There may be many more ranks than states.
    for (let rank = 0; rank < size && missing.length < NAMED; rank++) {
      if (!byRank.has(rank)) missing.push(rank);
    }
    const more = size - byRank.size - missing.length;
    const detail = missing.length > 0
      ? `those of rank ${missing.join(", ")}${more > 0 ? ` and ${more} more` : ""} are missing`
      : "a rank is there twice";
    throw new TypeError(`Cannot merge the states of ${ranks.length} of ${size} ranks: ${detail}`);
  }
  if (first.order.kind === "stream") return mergeLanes(byRank, first);
  if (first.order.kind === "mixedStreams") return mergeMixture(byRank, first);
  const began: Rest = restOf({ position: from, total: first.total, ...(taken !== undefined && { taken }) });
  let position = Math.min(...ranks.map(({ position }) => position));
  const end = Math.max(...ranks.map(({ position }) => position));
  // Goes along what was left at the beginning: its index says whose a position is.
  const handedOut = new Set<number>();
  let index = indexFrom(began, position);
  for (; index < began.length; index++) {
    const at = began.at(index);
    if (at >= end) break;
    if (at < (byRank.get(index % size)?.position ?? 0)) handedOut.add(at);
  }
  const last = Math.max(end, from + (taken === undefined ? 0 : Uint8Array.fromBase64(taken).length * 8));
  const isTaken = (at: number) => handedOut.has(at) || began.isTaken(at);
  while (position < end && isTaken(position)) position++;
  const bits = bitsOf(position, Math.min(last, first.total), isTaken);
  const { taken: _taken, of: _of, ...rest } = first;
  return { ...rest, position, ...(bits.length > 0 && { taken: bits.toBase64() }) };
}

/** The state of a stream: each lane is where its rank left it. */
function mergeLanes(byRank: ReadonlyMap<number, LoaderState>, first: LoaderState): LoaderState {
  const { of = { size: 1, from: 0 }, lanes: _lanes, ...rest } = first;
  const { size, from } = of;
  const states = [...byRank.values()];
  for (const [rank, { lanes, position }] of byRank) {
    const fault = lanes === undefined ? position === from ? undefined : "is not there" : lanesFault(
      lanes,
      first.order.lanes,
      (lane) => laneFault(lane, { parts: Infinity, window: 0 }),
      rank,
      size,
    );
    if (fault !== undefined) throw unsaid(rank, fault);
  }
  if (states.every(({ lanes }) => lanes === undefined)) return { ...rest, position: from };
  // The places that each rank went through are those of all ranks.
  const passed = states.reduce((sum, { position }) => sum + position - from, 0);
  const lanes = Array.from(
    { length: first.order.lanes ?? 1 },
    (_, lane) => byRank.get(lane % size)?.lanes?.[lane] ?? LANE_START,
  );
  return { ...rest, position: from + Math.floor(passed / size), lanes };
}

/** The state of a mixture with streams: what its ranks drew is counted together, and each lane is where its rank left it. */
function mergeMixture(byRank: ReadonlyMap<number, LoaderState>, first: LoaderState): LoaderState {
  const { of = { size: 1, from: 0 }, mixture: _mixture, ...rest } = first;
  const { size, from } = of;
  const begun = [...byRank.values()].flatMap(({ mixture }) => mixture ?? []);
  const [one] = begun;
  if (!one) return rest;
  for (const [rank, { mixture }] of byRank) {
    if (mixture === undefined) continue;
    const { before, lanes } = mixture ?? {};
    const fault = lanesFault(
      lanes,
      first.order.lanes,
      (lane) => mixtureLaneFault(lane, shapeOf(lane)),
      rank,
      size,
    );
    if (fault !== undefined || !isCount(before)) throw unsaid(rank, fault ?? `has draws before it ${before}`);
    if (before !== one.before) throw differs("draws before the epoch", one.before, before);
  }
  const told = begun.flatMap(({ lanes }) => lanes.find((lane) => lane !== null) ?? [])[0];
  const start = told &&
    mixtureLaneStart(told.streams.map((drawn) => drawn && { parts: drawn.lanes.map(() => 0), window: 1 }));
  // Of all draws since the beginning each rank has every so-manieth.
  const drawn = (rank: number, end: number) => Math.ceil((one.before + end - rank) / size);
  let position = from;
  for (const [rank, state] of byRank) position += drawn(rank, state.position) - drawn(rank, from);
  const lanes = one.lanes.map((_, lane) => {
    const { mixture } = byRank.get(lane % size) ?? {};
    return (mixture ? mixture.lanes[lane] : start) ?? null;
  });
  return { ...rest, position, mixture: { before: one.before, lanes } };
}

/** What is wrong with where a rank says that the lanes are, of which its own may not be `null`; `undefined` if nothing is. */
function lanesFault<T>(
  lanes: readonly (T | null)[] | undefined,
  count: number | undefined,
  faultOf: (lane: T) => string | undefined,
  rank: number,
  size: number,
): string | undefined {
  if (!Array.isArray(lanes)) return "is none";
  if (lanes.length !== count) return `is of ${lanes.length} lanes, and its order has ${count}`;
  for (const [number, lane] of lanes.entries()) {
    if (lane === null && number % size !== rank) continue;
    const fault = faultOf(lane);
    if (fault !== undefined) return `of lane ${number} ${fault}`;
  }
  return undefined;
}

function unsaid(rank: number, fault: string): TypeError {
  return new TypeError(`Cannot merge states: where the lanes of rank ${rank} are ${fault}`);
}

/** The index of the first that is left from `position` on. */
function indexFrom(rest: Rest, position: number): number {
  let low = 0, high = rest.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (rest.at(middle) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function differs(name: string, one: unknown, other: unknown): TypeError {
  return new TypeError(`Cannot merge states of different ${name}: ${one} and ${other}`);
}
