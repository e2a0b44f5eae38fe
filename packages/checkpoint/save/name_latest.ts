import { type ObjectStore, objectUri } from "@lade/core";
import { NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
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
import { mayBeThere } from "../series/create_same.ts";
import { readWhole } from "../series/read_small.ts";
import type { Series } from "../series/series.ts";

/** How often another committer may come between. */
const TRIES = 20;

/**
 * Names a checkpoint as the newest one, for readers that cannot list, unless a newer one is named. It is a hint: a store that
 * cannot replace an object only while it is the one that was read has none, since it might go back. The checkpoint is there
 * whether or not it can be named, so that a failure is a notice; the next save names the next one.
 */
export async function nameLatest(series: Series, ref: CheckpointRef, signal?: AbortSignal): Promise<void> {
  const { capabilities, context: { onNotice }, uri } = series.store;
  if (capabilities.compareAndSwap === false || capabilities.createOnly === false) return;
  try {
    await name(series, ref, signal);
  } catch (error) {
    if (signal?.aborted) return;
    const text = `the newest checkpoint could not be named: ${
      error instanceof Error ? error.message : error
    }`;
    onNotice?.({ uri: objectUri(uri, LATEST_KEY), text });
  }
}

async function name({ store }: Series, ref: CheckpointRef, signal: AbortSignal | undefined): Promise<void> {
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
    // What this process wrote last is not read again: the condition tells where it was replaced.
    const own = attempt === 0 ? written.get(store) : undefined;
    const named = own && compareRefs(own.ref, ref) < 0 ? own : await readLatest(store, signal);
    if (named && (named.etag === undefined || (named.ref && compareRefs(named.ref, ref) >= 0))) return;
    try {
      const condition = named?.etag === undefined ? { ifNoneMatch: "*" } : { ifMatch: named.etag };
      const { etag } = await store.put(LATEST_KEY, bytes, { ...condition, ...call });
      if (etag !== undefined) written.set(store, { ref: { generation, step }, etag });
      return;
    } catch (error) {
      const isOvertaken = error instanceof PreconditionFailedError || mayBeThere(error);
      if (!isOvertaken) throw error;
    }
  }
}

/** What was written last, by the store of a series. */
const written = new WeakMap<ObjectStore, { readonly ref: CheckpointRef; readonly etag: string }>();

interface Named {
  readonly ref: CheckpointRef | undefined;
  readonly etag: string | undefined;
}

/** Which one is named; what is damaged names nothing, and is replaced. */
async function readLatest(store: ObjectStore, signal: AbortSignal | undefined): Promise<Named | undefined> {
  try {
    const { bytes, etag } = await readWhole(store, LATEST_KEY, signal);
    return { ref: refOf(bytes, objectUri(store.uri, LATEST_KEY)), etag };
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    if (!(error instanceof FormatError)) throw error;
    const { etag } = await store.head(LATEST_KEY, signal ? { signal } : {});
    return { ref: undefined, etag };
  }
}

function refOf(bytes: Uint8Array, uri: string): CheckpointRef | undefined {
  try {
    const fields = new JsonFields(openSealed(bytes, uri), uri);
    return { generation: fields.whole("generation", GENERATIONS), step: fields.whole("step", STEPS) };
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
