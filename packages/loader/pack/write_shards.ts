import { objectUri } from "@lade/core";
import { AlreadyExistsError, UnavailableError } from "@lade/core/errors";
import type { DataLoader } from "../loader/data_loader.ts";
import type { PackPlan } from "../manifest/pack_plan.ts";
import type { CreateShard, OpenShard } from "./open_shard.ts";
import { checkMarker, type PackedShards, type PackPosition, writeMarker } from "./pack_marker.ts";
import type { PackOptions } from "./pack_options.ts";
import type { FoundPack, PackPlace } from "./pack_place.ts";
import { packedKey } from "./shard_names.ts";

/** What is written, and told of it. */
export interface Writing {
  readonly place: PackPlace;
  readonly plan: PackPlan;
  /** What is there already. */
  readonly found: FoundPack;
  readonly options: Pick<PackOptions, "signal" | "onProgress" | "onShard">;
  /** Samples of the data set; `Infinity` of a stream. */
  readonly total: number;
}

/**
 * Writes batches to shards, one after the other. Once a shard is visible, the marker says what is done and where the next one
 * begins: by the state of the batch that its first sample is of.
 */
export async function writeShards<D>(
  batches: DataLoader<D>,
  create: CreateShard<D>,
  { place, plan, found, total, options: { signal, onProgress, onShard } }: Writing,
): Promise<PackedShards> {
  const { store, prefix } = place;
  const call = signal ? { signal } : {};
  // What lies there was not whole and is removed, or is of another pack.
  const once = store.capabilities.createOnly === true ? { ifNoneMatch: "*" } as const : {};
  let { shards, samples, bytes, skipped } = found;
  let open: { readonly shard: OpenShard<D>; readonly from: number } | undefined;
  const close = async ({ shard, from }: NonNullable<typeof open>, at: PackPosition) => {
    await checkMarker(store, prefix, plan, call);
    const size = await shard.close();
    open = undefined;
    const key = packedKey(place, shards++);
    bytes += size;
    await checkMarker(store, prefix, plan, call);
    await writeMarker(store, prefix, { plan, done: { shards, samples, bytes, skipped, at } }, {
      isFirst: false,
      ...call,
    });
    onShard?.({ key, samples: samples - from, size });
  };
  try {
    let state = batches.state();
    let before = found.at;
    for await (const batch of batches) {
      const { data, size } = batch;
      for (let at = before ? placeBehind(before, data, place) : 0; at < size;) {
        before = undefined;
        open ??= {
          shard: await create({
            store,
            key: packedKey(place, shards),
            left: total - samples,
            ...once,
            ...call,
          }),
          from: samples,
        };
        const taken = await open.shard.take(data, at);
        at += taken;
        samples += taken;
        if (at < size) await close(open, { state, taken: at, ...lastOf(data, at) });
      }
      before = undefined;
      skipped += batch.skipped.length;
      state = batches.state();
      onProgress?.(samples, found.bytes + batches.stats().bytes);
    }
    if (open) await close(open, { state, taken: 0 });
  } catch (error) {
    await open?.shard[Symbol.asyncDispose]();
    if (!(error instanceof AlreadyExistsError)) throw error;
    throw error.restated({
      advice: "another pack is written there: let one of them end, and start this one again",
    });
  }
  return { shards, samples, bytes, skipped };
}

/** Which sample of the data set the last one before `at` is, where samples tell it. */
function lastOf(data: unknown, at: number): { readonly last?: number } {
  const last = at > 0 ? indexAt(data, at - 1) : undefined;
  return last === undefined ? {} : { last };
}

/** Where a batch is gone on with. Others of its samples may be had now that could not be, or the other way round. */
function placeBehind({ taken, last }: PackPosition, data: unknown, { store, prefix }: PackPlace): number {
  if (last === undefined || !Array.isArray(data)) return taken;
  const place = data.findIndex((_, place) => indexAt(data, place) === last);
  if (place >= 0) return place + 1;
  throw new UnavailableError({
    operation: "go on with the pack",
    uri: objectUri(store.uri, prefix),
    detail: `sample ${last} was packed, and cannot be had any more`,
    advice: "replace the pack (replacePack, --replace-pack)",
    retryable: false,
  });
}

function indexAt(data: unknown, place: number): number | undefined {
  return Array.isArray(data) ? data[place]?.index : undefined;
}
