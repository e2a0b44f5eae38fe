import { InvalidNameError } from "@lade/core/errors";
import type { Place } from "../places/place.ts";
import { intoItself } from "./into_itself.ts";
import type { JobPlan } from "./job_plan.ts";
import { RootWatch } from "./root_watch.ts";

/**
 * Watches a transfer between two local trees for one that lies in the other by another name: it would go on in what it has
 * brought, or replace what is still to go.
 */
export class LoopWatch {
  readonly #plan: Pick<JobPlan, "operation">;
  readonly #source: Place;
  readonly #target: Place;
  readonly #inSource: RootWatch | undefined;
  readonly #inTarget: RootWatch | undefined;

  /** Watches the trees of two prefixes, if both are local. */
  constructor(plan: Pick<JobPlan, "operation">, source: Place, target: Place) {
    this.#plan = plan;
    this.#source = source;
    this.#target = target;
    this.#inSource = RootWatch.below(source.uri, target.uri);
    this.#inTarget = RootWatch.below(target.uri, source.uri);
  }

  /**
   * Rejects with an `InvalidNameError` where a directory of a name below the source is the destination, or that of the
   * same name below the destination is the source. `undefined` where that is known not to be so.
   */
  check(name: string): Promise<void> | undefined {
    const looks = [this.#inSource?.find(name), this.#inTarget?.find(name)] as const;
    return looks[0] || looks[1] ? this.#refuse(...looks) : undefined;
  }

  async #refuse(
    inSource: Promise<string | undefined> | undefined,
    inTarget: Promise<string | undefined> | undefined,
  ): Promise<void> {
    const [below, above] = await Promise.all([inSource, inTarget]);
    const { operation } = this.#plan;
    if (below !== undefined) {
      const detail = `${JSON.stringify(this.#target.uri)} lies in it, as ${JSON.stringify(below)}`;
      throw new InvalidNameError({ operation, uri: this.#source.uri, detail });
    }
    if (above !== undefined) throw intoItself(this.#source, above, operation);
  }
}
