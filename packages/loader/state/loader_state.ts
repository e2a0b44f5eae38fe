import type { OrderDescription } from "../order/sampler.ts";
import type { World } from "../order/shares.ts";
import type { LaneState } from "./lane_state.ts";
import type { MixtureState } from "./mixture_state.ts";
import { Rest } from "./rest.ts";
import { placeFault } from "./state_fault.ts";

/**
 * Where a loader is: one position of the present epoch, and what tells whether it is still the same data set and order. It
 * is plain JSON, holds no buffers, and counts what was handed out, not what was read ahead. In lock step, which is the rule
 * in training, all ranks have the same position, and one rank's state is enough.
 */
export interface LoaderState {
  /** Of this form. */
  readonly version: 1;
  /** The seed of all orders. */
  readonly seed: number;
  /** The epoch that is gone through. */
  readonly epoch: number;
  /** Every position before it was handed out, to some rank. Of a stream the places of the steps that were handed out. */
  readonly position: number;
  /** Positions of the epoch; 0 of a stream, of which nobody knows how many. */
  readonly total: number;
  /** Of the data set. */
  readonly fingerprint: string;
  /** Of each data set of a mixture, by which it is told which one changed. */
  readonly fingerprints?: readonly string[];
  /** How the order is made. */
  readonly order: OrderDescription;
  /** Positions from `position` on that were handed out too: bits by {@linkcode Rest}, in base64. */
  readonly taken?: string;
  /** Where each lane of a stream is, `null` for those of other ranks; absent where all are at their beginning. */
  readonly lanes?: readonly (LaneState | null)[];
  /** Where a mixture is of which some data sets can only be gone through; absent where it is at its beginning. */
  readonly mixture?: MixtureState;
  /** Of which rank this is the state, and where that began in this epoch; {@linkcode mergeStates} goes by it. */
  readonly of?: World & { readonly from: number; readonly taken?: string };
}

/** What is left of the epoch of a state. */
export function restOf(state: Pick<LoaderState, "position" | "total" | "taken">): Rest {
  const { position, total, taken } = state ?? {};
  const fault = placeFault(position, total, taken);
  if (fault !== undefined) throw new RangeError(`Cannot go on: ${fault}`);
  return new Rest(position, total, taken === undefined ? undefined : Uint8Array.fromBase64(taken));
}
