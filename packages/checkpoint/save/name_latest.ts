import { objectUri } from "@lade/core";
import { AlreadyExistsError, NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import { JsonFields } from "../json/json_fields.ts";
import { openSealed, sealJson } from "../json/sealed_json.ts";
import {
  type CheckpointRef,
  commitKey,
  compareRefs,
  GENERATIONS,
  LATEST_KEY,
  STEPS,
} from "../keys/series_keys.ts";
import type { Series } from "../series/series.ts";
import { getBytes } from "@lade/core";

/** How often another committer may come between. */
const TRIES = 20;

/**
 * Names a checkpoint as the newest one, for readers that cannot list, unless a newer one is named. It is a hint: a store that
 * cannot replace an object only while it is the one that was read has none, since it might go back.
 */
export async function nameLatest({ store }: Series, ref: CheckpointRef, signal?: AbortSignal): Promise<void> {
  if (store.capabilities.compareAndSwap === false || store.capabilities.createOnly === false) return;
  const call = signal ? { signal } : {};
  const { generation, step } = ref;
  const bytes = sealJson({
    format: "lade-checkpoint-latest",
    version: 1,
    generation,
    step,
    key: commitKey(ref),
  });
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const named = await readLatest(store.uri, () => getBytes(store, LATEST_KEY, call));
    if (named && (named.etag === undefined || compareRefs(named.ref, ref) >= 0)) return;
    try {
      const condition = named?.etag === undefined ? { ifNoneMatch: "*" } : { ifMatch: named.etag };
      await store.put(LATEST_KEY, bytes, { ...condition, ...call });
      return;
    } catch (error) {
      if (!(error instanceof AlreadyExistsError || error instanceof PreconditionFailedError)) throw error;
    }
  }
}

async function readLatest(
  uri: string,
  read: () => ReturnType<typeof getBytes>,
): Promise<{ readonly ref: CheckpointRef; readonly etag: string | undefined } | undefined> {
  try {
    const { bytes, info } = await read();
    const fields = new JsonFields(openSealed(bytes, objectUri(uri, LATEST_KEY)), objectUri(uri, LATEST_KEY));
    const ref = { generation: fields.whole("generation", GENERATIONS), step: fields.whole("step", STEPS) };
    return { ref, etag: info.etag };
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
