import { inParallel } from "@lade/core/concurrency";
import { NotFoundError } from "@lade/core/errors";
import { OpChooser } from "./choose_ops.ts";
import { claimTargets } from "./claim_targets.ts";
import { ReplayContent } from "./content.ts";
import { Places } from "./places.ts";
import type { NeededObject } from "./plan_replay.ts";
import type { ReplayOptions, StoreResolver } from "./replay_options.ts";
import { readyPut } from "./run_op.ts";

/** What was prepared. */
export interface Prepared {
  /** Objects that were written. */
  readonly written: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Objects that were there, and large enough. */
  readonly kept: number;
}

/** At a time: each may have a piece of 8 MiB. */
const AT_ONCE = 16;

/**
 * Writes the objects that a replay needs, with generated content. One that is there and large enough stays. Needs `writes`,
 * and targets as `replay()` has them; the first failure is thrown.
 */
export async function prepareReplay(
  needed: readonly NeededObject[],
  stores: StoreResolver,
  options: ReplayOptions,
): Promise<Prepared> {
  const { writes, seed, signal, maxInFlight = AT_ONCE } = options;
  if (!writes) throw new RangeError("objects are prepared only where writes are allowed");
  const { map } = new OpChooser(options);
  const places = new Places(stores);
  await claimTargets(map.targets, places, signal ? { signal } : {});
  const content = new ReplayContent(seed);
  const prepared = { written: 0, bytes: 0, kept: 0 };
  const each = function* () {
    for (const { bases, rest, size } of needed) {
      for (const base of bases) yield { base, rest, size };
    }
  };
  await inParallel(each(), Math.min(maxInFlight, AT_ONCE), async ({ size, ...place }, signal) => {
    const { store, key } = await places.find(place);
    const found = await store.head(key, { signal }).catch((error) => {
      if (!(error instanceof NotFoundError)) throw error;
    });
    if (found && found.size >= size) return void prepared.kept++;
    await readyPut({ store, key }, size, content, { signal })();
    prepared.written++;
    prepared.bytes += size;
  }, signal);
  return prepared;
}
