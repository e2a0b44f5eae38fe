import type { AdaptiveLimit } from "../concurrency/adaptive_limit.ts";
import type { RangeHedges } from "../concurrency/range_hedges.ts";

/** How many requests a store has in flight, found by measuring; one for all transfers that go by the store. */
export interface StoreLimits {
  /** Bounds the chunks that are read. */
  readonly read: AdaptiveLimit;
  /**
   * Bounds the parts that are written, over all writers without a `concurrency` of their own. Absent where every writer
   * has a fixed number of parts in flight.
   */
  readonly write?: AdaptiveLimit;
  /** Finds the chunks that are read far slower than the others, to ask for them again; absent where none is asked twice. */
  readonly hedges?: RangeHedges;
}
