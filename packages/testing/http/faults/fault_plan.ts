import type { ActionOf, FaultAction } from "./fault_action.ts";

/** What a stall waits for. */
export interface Releasable {
  /** Settles when the fault is released. */
  readonly released: Promise<void>;
}

/** The actions that strike one request, in the order in which their faults were added. */
export class FaultPlan {
  readonly #items: readonly { fault: Releasable; action: FaultAction }[];

  /** Made by `FaultSet.planFor`. */
  constructor(items: readonly { fault: Releasable; action: FaultAction }[]) {
    this.#items = items;
  }

  /** The kinds of action, for the log. */
  get kinds(): FaultAction["kind"][] {
    return this.#items.map(({ action }) => action.kind);
  }

  /** The first action of a kind. */
  find<K extends FaultAction["kind"]>(kind: K): ActionOf<K> | undefined {
    return this.all(kind)[0]?.action;
  }

  /** Every action of a kind, with its fault. */
  all<K extends FaultAction["kind"]>(kind: K): { fault: Releasable; action: ActionOf<K> }[] {
    return this.#items.filter((item): item is { fault: Releasable; action: ActionOf<K> } =>
      item.action.kind === kind
    );
  }
}
