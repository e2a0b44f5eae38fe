import { LANE_START, laneFault, type LaneState } from "./lane_state.ts";
import { isCount } from "./state_fault.ts";

/** Where a stream is that a lane of a mixture draws from. */
export interface DrawnState {
  /** Which time through it, from 0. */
  readonly time: number;
  /** Where those of its lanes are, in that time, that the mixture's lane draws from. */
  readonly lanes: readonly LaneState[];
}

/** Where a lane of a mixture is. */
export interface MixtureLaneState {
  /** Samples that it drew, in all epochs. */
  readonly draws: number;
  /** Where each data set is; `null` for those whose samples have numbers, and are where the draws say. */
  readonly streams: readonly (DrawnState | null)[];
}

/** Where a mixture is of which some data sets can only be gone through. */
export interface MixtureState {
  /** Samples that were drawn in the epochs before this one. */
  readonly before: number;
  /** Where each lane is, `null` for those of other ranks. */
  readonly lanes: readonly (MixtureLaneState | null)[];
}

/** What a lane draws from: of each data set how many lanes there are to it, what each has, and its window; `null` by number. */
export type DrawnShape = readonly ({ readonly parts: readonly number[]; readonly window: number } | null)[];

/** What a lane itself says that it draws from, with as much of it as may be. */
export function shapeOf(state: MixtureLaneState | null): DrawnShape {
  if (!Array.isArray(state?.streams)) return [];
  return Array.from<DrawnState | null | undefined, DrawnShape[number]>(state.streams, (drawn) => {
    if (drawn === null) return null;
    return { parts: Array.isArray(drawn?.lanes) ? drawn.lanes.map(() => Infinity) : [], window: 0 };
  });
}

/** Where a lane begins. */
export function mixtureLaneStart(shape: DrawnShape): MixtureLaneState {
  return { draws: 0, streams: shape.map((drawn) => drawn && drawnStart(drawn.parts.length)) };
}

/** Where a stream of so many lanes begins. */
export function drawnStart(lanes: number, time = 0): DrawnState {
  return { time, lanes: Array.from({ length: lanes }, () => LANE_START) };
}

/** What is wrong with the state of a mixture's lane; `undefined` if nothing is. */
export function mixtureLaneFault(state: MixtureLaneState, shape: DrawnShape): string | undefined {
  if (typeof state !== "object" || state === null) return "is none";
  const { draws, streams } = state;
  if (!isCount(draws)) return `has draws ${draws}`;
  if (!Array.isArray(streams) || streams.length !== shape.length) {
    return `is not of ${shape.length} data sets`;
  }
  for (const [part, drawn] of shape.entries()) {
    const own: unknown = streams[part];
    if (drawn === null) {
      if (own === null) continue;
      return `says where data set ${part} is, whose samples have numbers`;
    }
    const fault = drawnFault(own, drawn);
    if (fault !== undefined) return `says of data set ${part} what ${fault}`;
  }
  return undefined;
}

function drawnFault(
  state: unknown,
  { parts, window }: { readonly parts: readonly number[]; readonly window: number },
): string | undefined {
  if (typeof state !== "object" || state === null) return "is none";
  const { time, lanes } = state as Partial<DrawnState>;
  if (!isCount(time) || !isCount(time + 1)) return `has time ${time}`;
  if (!Array.isArray(lanes) || lanes.length !== parts.length) return `is not of ${parts.length} lanes`;
  for (const [lane, own] of parts.entries()) {
    const fault = laneFault(lanes[lane], { parts: own, window });
    if (fault !== undefined) return fault;
  }
  return undefined;
}
