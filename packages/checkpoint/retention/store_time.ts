import { PREFIXES } from "../keys/series_keys.ts";
import { sealJson } from "../json/sealed_json.ts";
import type { Series } from "../series/series.ts";

/**
 * What time it is by the clock of the store, in milliseconds since 1970: the times of its objects are compared with no clock of
 * ours. It writes a small object and removes it.
 */
export async function storeTime({ store }: Pick<Series, "store">, signal?: AbortSignal): Promise<number> {
  const call = signal ? { signal } : {};
  const key = `${PREFIXES.holds}clock/${crypto.randomUUID()}.json`;
  await store.put(key, sealJson({ format: "lade-checkpoint-clock", version: 1 }), call);
  try {
    return (await store.head(key, call)).lastModified.getTime();
  } finally {
    await store.delete(key);
  }
}
