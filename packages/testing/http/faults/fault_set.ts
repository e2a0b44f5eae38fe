import type { RequestRecord } from "../request_record.ts";
import { Fault, type FaultSpec } from "./fault.ts";
import { FaultPlan } from "./fault_plan.ts";

/** The faults of a server. */
export class FaultSet<R extends RequestRecord = RequestRecord> {
  readonly #faults: Set<Fault<R>> = new Set();

  /** Adds a fault. */
  add(spec: FaultSpec<R>): Fault<R> {
    const fault = new Fault<R>(spec);
    this.#faults.add(fault);
    return fault;
  }

  /** Takes a fault out and ends its stalls. */
  remove(fault: Fault<R>): void {
    this.#faults.delete(fault);
    fault.release();
  }

  /** Takes every fault out. */
  clear(): void {
    for (const fault of this.#faults) this.remove(fault);
  }

  /** What is to happen to a request. */
  planFor(request: R, load: { concurrency: number; nowMs: number }): FaultPlan {
    const struck = [...this.#faults].filter((fault) => fault.strikes(request, load));
    return new FaultPlan(struck.flatMap((fault) => fault.actions.map((action) => ({ fault, action }))));
  }
}
