import type { StreamMixture } from "../datasets/dataset.ts";
import type { OrderDescription } from "../order/sampler.ts";
import type { World } from "../order/shares.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { type DrawnShape, mixtureLaneFault } from "../state/mixture_state.ts";
import { isCount } from "../state/state_fault.ts";
import { checkState } from "./check_state.ts";
import { quoteUri } from "./quote_uri.ts";

/** What the state of a mixture has to fit, of which some data sets can only be gone through. */
export interface MixtureStateGround {
  readonly dataset: Pick<StreamMixture<unknown>, "fingerprint" | "uri" | "members">;
  readonly seed: number;
  readonly order: OrderDescription;
  readonly world: World;
  /** What each lane draws from. */
  readonly shapes: readonly DrawnShape[];
}

/**
 * Throws a `TypeError` that says what differs where a state is of another mixture, order or seed, is none, or does not say
 * where the lanes of this rank are.
 */
export function checkMixtureState(state: LoaderState, ground: MixtureStateGround): void {
  const { dataset, seed, order } = ground;
  const parts = dataset.members.map(({ name, dataset: { fingerprint } }) => ({ name, fingerprint }));
  checkState(state, { dataset: { ...dataset, length: order.length }, parts, seed, order });
  const fault = faultOf(state, ground);
  if (fault !== undefined) throw new TypeError(`Cannot go on with ${quoteUri(dataset.uri)}: ${fault}`);
}

function faultOf(
  { mixture, position, epoch, of, taken }: LoaderState,
  { shapes, world: { rank, size } }: MixtureStateGround,
): string | undefined {
  if (taken !== undefined) {
    return "the state has positions that were taken, which only samples by number have";
  }
  if (mixture === undefined) {
    return position === 0 && epoch === 0 ? undefined : "the state does not say where the lanes are";
  }
  if (typeof mixture !== "object" || mixture === null) return "the state does not say where the lanes are";
  const { before, lanes } = mixture;
  if (!isCount(before)) return `the state's draws before the epoch are ${before}`;
  if (!Array.isArray(lanes) || lanes.length !== shapes.length) {
    return `the state is of ${lanes?.length} lanes, and the loader has ${shapes.length}`;
  }
  for (let lane = rank; lane < shapes.length; lane += size) {
    const state = lanes[lane];
    if (!state) {
      const whose = of ? `rank ${of.rank} of ${of.size}` : "other ranks";
      return `the state is of ${whose} alone, and lane ${lane} is of another one: mergeStates makes one of those of all ranks`;
    }
    const fault = mixtureLaneFault(state, shapes[lane] ?? []);
    if (fault !== undefined) return `the state of lane ${lane} ${fault}`;
  }
  if (lanes.includes(null)) return undefined;
  const drawn = lanes.reduce((sum, lane) => sum + (lane?.draws ?? 0), 0);
  return drawn === before + position
    ? undefined
    : `the state is at draw ${before + position}, and its lanes drew ${drawn}`;
}
