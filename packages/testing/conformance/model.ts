/**
 * Random runs of calls on a store, compared with a `Map`. Loads `fast-check`, which the rest of the suite does not.
 *
 * @module
 */
import fc from "fast-check";
import type { ObjectStore } from "@lade/core/backend";
import { modelOperation } from "./model_operation.ts";
import { ModelRun } from "./model_run.ts";

/** A store for one run, and what clears up after it. */
export interface OpenedForModel extends AsyncDisposable {
  /** An empty store. */
  readonly store: ObjectStore;
}

/** Options of {@linkcode modelTest}. */
export interface ModelTestOptions {
  /** How many runs to make, each on a store of its own; 100 by default. */
  readonly runs?: number;
  /** Steps of a run at most; 30 by default. */
  readonly maxSteps?: number;
  /** Makes the runs repeatable; random by default. A failure names it. */
  readonly seed?: number;
}

/**
 * Makes random runs of calls on a store and on a `Map` and fails where the two differ, with the shortest run it can
 * find that still does, and the seed.
 */
export async function modelTest(
  open: () => Promise<OpenedForModel>,
  options: ModelTestOptions = {},
): Promise<void> {
  const { runs = 100, maxSteps = 30, seed } = options;
  const property = fc.asyncProperty(
    fc.array(modelOperation, { maxLength: maxSteps, size: "max" }),
    async (steps) => {
      await using opened = await open();
      const run = new ModelRun(opened.store);
      for (const step of steps) await run.step(step);
      await run.compare();
    },
  );
  await fc.assert(property, {
    numRuns: runs,
    includeErrorInReport: true,
    ...(seed !== undefined && { seed }),
  });
}
