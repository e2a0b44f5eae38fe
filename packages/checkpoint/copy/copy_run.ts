import { objectUri } from "@lade/core";
import { AlreadyExistsError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { type CheckpointRef, refName, runDigest, runKey } from "../keys/series_keys.ts";
import { createSame } from "../series/create_same.ts";
import { newestRun, runOf } from "../series/join_run.ts";
import type { Series } from "../series/series.ts";

/**
 * Has the run that saved a checkpoint in the other series too, so that a run that begins there comes behind it. Where other
 * runs have begun there it is an `AlreadyExistsError`: the checkpoint would go before theirs, or among them.
 */
export async function copyRun(
  from: Series,
  ref: CheckpointRef,
  to: Series,
  signal?: AbortSignal,
): Promise<void> {
  const { generation } = ref;
  const found = await runOf(from, generation, signal).catch((error) => {
    if (!(error instanceof FormatError)) throw error;
    throw error.restated({ advice: "checkpoints of a later run can be copied, and this one exported" });
  });
  if (!found) {
    throw new InvalidCheckpointError({
      operation: `copy checkpoint ${refName(ref)} of`,
      uri: from.store.uri,
      detail: `the object of its run is gone: ${runKey(generation)}`,
    });
  }
  const { run: { run, earlier }, bytes } = found;
  const newest = await newestRun(to, signal);
  if (newest) {
    // The runs of either side, the newest first, from the older of both on: they are the same ones.
    const here = [runDigest(run), ...earlier];
    const there = [runDigest(newest.run), ...newest.earlier];
    const common = Math.min(generation, newest.generation);
    if (here[generation - common] !== there[newest.generation - common]) {
      throw new AlreadyExistsError({
        operation: `copy checkpoint ${refName(ref)} to`,
        uri: to.store.uri,
        detail: `runs of another training have begun there, such as ${JSON.stringify(newest.run)}`,
        advice: "copy it below a prefix of its own",
      });
    }
  }
  const { store, ifIgnored } = to;
  const key = runKey(generation);
  await createSame(store, key, bytes, {
    ifIgnored,
    operation: `copy ${JSON.stringify(objectUri(from.store.uri, key))} to`,
    signal,
  });
}
