import type { StreamDataset } from "../datasets/dataset.ts";
import type { OrderDescription } from "../order/sampler.ts";
import type { World } from "../order/shares.ts";
import { laneFault } from "../state/lane_state.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { checkState } from "./check_state.ts";
import { quoteUri } from "./quote_uri.ts";

/** What the state of a stream has to fit. */
export interface StreamStateGround {
  readonly dataset: Pick<StreamDataset<unknown>, "fingerprint" | "uri" | "parts">;
  readonly seed: number;
  readonly order: OrderDescription;
  readonly world: World;
}

/**
 * Throws a `TypeError` that says what differs where a state is of another data set, order or seed, is none, or does not say
 * where the lanes of this rank are.
 */
export function checkStreamState(state: LoaderState, ground: StreamStateGround): void {
  const { dataset, seed, order, world } = ground;
  checkState(state, { dataset: { ...dataset, length: 0 }, seed, order });
  const fault = faultOf(state, dataset.parts, order, world);
  if (fault !== undefined) throw new TypeError(`Cannot go on with ${quoteUri(dataset.uri)}: ${fault}`);
}

function faultOf(
  { lanes: states, position, of }: LoaderState,
  parts: number,
  { lanes = 1, window = 1 }: OrderDescription,
  { rank, size }: World,
): string | undefined {
  if (!states) return position === 0 ? undefined : "the state does not say where the lanes are";
  if (!Array.isArray(states) || states.length !== lanes) {
    return `the state is of ${states.length} lanes, and the loader has ${lanes}`;
  }
  for (let lane = rank; lane < lanes; lane += size) {
    const state = states[lane];
    if (!state) {
      const whose = of ? `rank ${of.rank} of ${of.size}` : "other ranks";
      return `the state is of ${whose} alone, and lane ${lane} is of another one: mergeStates makes one of those of all ranks`;
    }
    const fault = laneFault(state, { parts: Math.max(0, Math.ceil((parts - lane) / lanes)), window });
    if (fault !== undefined) return `the state of lane ${lane} ${fault}`;
  }
  return undefined;
}
