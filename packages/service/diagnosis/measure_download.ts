import type { Check } from "@lade/core/backend";
import { readChunks } from "@lade/core";
import type { Patient } from "./patient.ts";
import { rateCheck } from "./rate_check.ts";

/** Fewer bytes show nothing of throughput. */
const LEAST_BYTES = 2 ** 20;

/** An object that may be read. */
export interface Readable {
  /** Its key. */
  readonly key: string;
  /** Its bytes. */
  readonly size: number;
}

/** Measures how fast the largest of some objects is read, for a few seconds at most. `how` says in words how it is read. */
export async function measureDownload(
  patient: Patient,
  objects: readonly (Readable | undefined)[],
  how = "of one object",
): Promise<Check> {
  const { clock, maxBytes, measureMs, signal, store } = patient;
  const name = "download";
  const object = largest(objects);
  if (!object || object.size < LEAST_BYTES) {
    const detail = "not measured: there is no object of 1 MiB or more to read";
    const advice = "allow writing, and one is made for it";
    return { name, outcome: "skipped", detail, ...(!patient.write && { advice }) };
  }
  try {
    const startMs = clock.monotonicMs();
    await using chunks = await readChunks(store, object.key, signal ? { signal } : {});
    let bytes = 0;
    const adaptive = store.limits.read;
    let limit = { concurrency: adaptive.current, why: adaptive.explain() };
    for await (const chunk of chunks) {
      bytes += chunk.length;
      // At the end there is nothing in flight any more.
      if (adaptive.inFlight > 0) limit = { concurrency: adaptive.current, why: adaptive.explain() };
      if (clock.monotonicMs() - startMs >= measureMs || bytes >= maxBytes) break;
    }
    return rateCheck(name, { bytes, tookMs: clock.monotonicMs() - startMs, how, limit });
  } catch (error) {
    signal?.throwIfAborted();
    return await patient.failed(name, error);
  }
}

function largest(objects: readonly (Readable | undefined)[]): Readable | undefined {
  return objects.reduce(
    (most, object) => most && most.size >= (object?.size ?? 0) ? most : object,
    undefined,
  );
}
