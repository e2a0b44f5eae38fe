import { inParallel } from "@lade/core/concurrency";
import { AlreadyExistsError, NotFoundError } from "@lade/core/errors";
import { DataSource } from "../data/data_source.ts";
import { OpChooser } from "./choose_ops.ts";
import { claimTargets } from "./claim_targets.ts";
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

/** At a time: each may have as much memory as an object that is put in one piece. */
const AT_ONCE = 16;

/**
 * Writes the objects that a replay needs, with generated content, and replaces none. One that is there and large enough stays;
 * one that is too small is an `AlreadyExistsError`, before anything is written but the mark of a target. Needs `writes`, and
 * targets as `replay()` has them; the first failure is thrown.
 */
export async function prepareReplay(
  needed: readonly NeededObject[],
  stores: StoreResolver,
  options: ReplayOptions,
): Promise<Prepared> {
  const { writes, seed = 0, signal, maxInFlight = AT_ONCE } = options;
  if (!writes) throw new RangeError("objects are prepared only where writes are allowed");
  const { map } = new OpChooser(options);
  const places = new Places(stores);
  await claimTargets(map.targets, places, signal ? { signal } : {});
  const data = new DataSource({ seed });
  const [atOnce, missing] = [Math.min(maxInFlight, AT_ONCE), [] as ObjectAt[]];
  let kept = 0;
  await inParallel(eachObject(needed), atOnce, async (object, signal) => {
    const { store, key } = await places.find(object);
    const found = await store.head(key, { signal }).catch((error) => {
      if (!(error instanceof NotFoundError)) throw error;
    });
    if (!found) return void missing.push(object);
    if (found.size < object.size) throw tooSmall(object, found.size);
    kept++;
  }, signal);
  let bytes = 0;
  await inParallel(missing, atOnce, async ({ size, ...place }, signal) => {
    const at = await places.find(place);
    // Where only a probe would tell whether the service knows the condition, the look of a moment ago has to do.
    const isCreated = at.store.capabilities.createOnly === true;
    await readyPut(at, size, data, { signal, ...(isCreated && { ifNoneMatch: "*" }) })();
    bytes += size;
  }, signal);
  return { written: missing.length, bytes, kept };
}

/** A needed object at one of its places. */
interface ObjectAt {
  readonly base: string;
  readonly rest: string;
  readonly size: number;
}

function* eachObject(needed: readonly NeededObject[]): Generator<ObjectAt> {
  for (const { bases, rest, size } of needed) {
    for (const base of bases) yield { base, rest, size };
  }
}

function tooSmall({ base, rest, size }: ObjectAt, found: number): AlreadyExistsError {
  return new AlreadyExistsError({
    operation: "prepare",
    uri: base + rest,
    detail: `it has ${found} bytes, where ${size} are read`,
    advice: "it is not replaced: remove it, or replay to another place",
  });
}
