import { QuotaExceededError } from "@lade/core/errors";
import { PREFIXES } from "../keys/series_keys.ts";
import { sealJson } from "../json/sealed_json.ts";
import type { Series } from "../series/series.ts";
import { removeSoon } from "./hold.ts";

/** What time it is by the clock of a store. */
export interface StoreTime {
  /** In milliseconds since 1970. */
  readonly time: number;
  /** Whether it may be earlier than it is, since the store has no room to ask it. */
  readonly isFull: boolean;
}

/**
 * What time it is by the clock of the store: the times of its objects are compared with no clock of ours. It writes a small
 * object and removes it. Where there is no room for that, it is the time of the newest object of the series, or ours where that
 * is earlier: never later than it is, so that nothing is taken for older than it is.
 */
export async function storeTime(
  series: Pick<Series, "store">,
  signal?: AbortSignal,
): Promise<StoreTime> {
  try {
    return { time: await probe(series, signal), isFull: false };
  } catch (error) {
    if (!(error instanceof QuotaExceededError)) throw error;
    return { time: await newestTime(series, signal), isFull: true };
  }
}

async function probe(series: Pick<Series, "store">, signal?: AbortSignal): Promise<number> {
  const { store } = series;
  const call = signal ? { signal } : {};
  const key = `${PREFIXES.holds}clock/${crypto.randomUUID()}.json`;
  await store.put(key, sealJson({ format: "lade-checkpoint-clock", version: 1 }), call);
  try {
    return (await store.head(key, call)).lastModified.getTime();
  } finally {
    // One that is left goes with the holds that have ended.
    await removeSoon(series, key).catch(() => {});
  }
}

async function newestTime({ store }: Pick<Series, "store">, signal?: AbortSignal): Promise<number> {
  let newest = 0;
  for await (const { lastModified } of store.list("", signal ? { signal } : {})) {
    newest = Math.max(newest, lastModified.getTime());
  }
  return Math.min(newest, store.context.clock.now());
}
