import type { MapDataset, MixturePart } from "../datasets/dataset.ts";
import type { OrderDescription } from "../order/sampler.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { isSameJson } from "../state/same_json.ts";
import { stateFault } from "../state/state_fault.ts";
import { quoteUri } from "./quote_uri.ts";

/** What a state has to fit. */
export interface StateGround {
  readonly dataset: Pick<MapDataset<unknown>, "fingerprint" | "uri" | "length">;
  /** The data sets of a mixture. */
  readonly parts?: readonly Pick<MixturePart, "name" | "fingerprint">[] | undefined;
  readonly seed: number;
  readonly order: OrderDescription;
}

/** Throws a `TypeError` that says what differs where a state is of another data set, order or seed, or is none. */
export function checkState(state: LoaderState, ground: StateGround): void {
  const { dataset } = ground;
  const fault = faultOf(state, ground);
  if (fault !== undefined) throw new TypeError(`Cannot go on with ${quoteUri(dataset.uri)}: ${fault}`);
}

function faultOf(state: LoaderState, { dataset, parts, seed, order }: StateGround): string | undefined {
  const fault = stateFault(state);
  if (fault !== undefined) return fault;
  const { total } = state;
  if (state.order.kind === order.kind && total !== order.length) {
    const isDrawn = order.kind !== "sequential" && order.kind !== "full" && order.kind !== "block";
    return `the state is of ${total} samples, and ${
      isDrawn ? "an epoch" : "the data set"
    } has ${order.length}`;
  }
  if (state.fingerprint !== dataset.fingerprint) {
    const changed = changedPart(state.fingerprints, parts);
    if (changed) return changed;
    return `the data set changed: its fingerprint was ${state.fingerprint}, and is ${dataset.fingerprint}`;
  }
  if (state.seed !== seed) return `the state is of seed ${state.seed}, and the loader has ${seed}`;
  return orderFault(state.order, order);
}

/** Which data set of a mixture is not the one that the state is of, where that can be told. */
function changedPart(
  were: LoaderState["fingerprints"],
  parts: StateGround["parts"],
): string | undefined {
  if (!parts || !Array.isArray(were)) return undefined;
  if (were.length !== parts.length) {
    return `the state is of ${were.length} data sets, and the loader has ${parts.length}`;
  }
  const place = parts.findIndex(({ fingerprint }, place) => fingerprint !== were[place]);
  const { name = "", fingerprint } = parts[place] ?? {};
  return place < 0
    ? undefined
    : `data set ${place}, ${quoteUri(name)}, changed: its fingerprint was ${
      were[place]
    }, and is ${fingerprint}`;
}

function orderFault(was: OrderDescription, is: OrderDescription): string | undefined {
  if (isSameJson(was, is)) return undefined;
  const parts = Array.isArray(was.parts) ? was.parts : [], { parts: others = [] } = is;
  const part = others.findIndex((other, part) => !isSameJson(parts[part], other));
  if (parts.length === others.length && part >= 0) {
    const [had, has] = [JSON.stringify(parts[part]), JSON.stringify(others[part])];
    return `the state is of an order that draws data set ${part} as ${had}, and the loader as ${has}`;
  }
  return `the state is of order ${JSON.stringify(was)}, and the loader has ${JSON.stringify(is)}`;
}
