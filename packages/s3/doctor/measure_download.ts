import type { Check } from "@lade/core";
import { readChunks } from "@lade/core/operations";
import { failedCheck } from "./failed_check.ts";
import type { Patient } from "./patient.ts";
import { rateCheck } from "./rate_check.ts";

/** Fewer bytes tell nothing of throughput. */
const LEAST_BYTES = 2 ** 20;

/** Measures how fast an object is read, for a few seconds at most. */
export async function measureDownload(
  patient: Patient,
  object: { readonly key: string; readonly size: number } | undefined,
): Promise<Check> {
  const { clock, maxBytes, measureMs, signal, store } = patient;
  const name = "download";
  if (!object || object.size < LEAST_BYTES) {
    const detail = "not measured: there is no object of 1 MiB or more to read";
    return { name, outcome: "skipped", detail };
  }
  try {
    const startMs = clock.monotonicMs();
    await using chunks = await readChunks(store, object.key, signal ? { signal } : {});
    let bytes = 0;
    const adaptive = store.context.limits.of(store.readHints);
    let limit = { concurrency: adaptive.current, why: adaptive.explain() };
    for await (const chunk of chunks) {
      bytes += chunk.length;
      // At the end there is nothing in flight any more.
      if (adaptive.inFlight > 0) limit = { concurrency: adaptive.current, why: adaptive.explain() };
      if (clock.monotonicMs() - startMs >= measureMs || bytes >= maxBytes) break;
    }
    return rateCheck(name, { bytes, tookMs: clock.monotonicMs() - startMs, how: "of one object", limit });
  } catch (error) {
    signal?.throwIfAborted();
    return await failedCheck(name, error, store.connection);
  }
}
