import { change } from "./patient.ts";
import { randomBytes } from "./random_bytes.ts";
import { rateCheck } from "./rate_check.ts";
import type { ServicePatient } from "./service_patient.ts";
import type { TemporaryObjects } from "./temporary_objects.ts";
import type { UploadMeasurement } from "./upload_measurement.ts";

/** Bytes of the objects that are sent in one request each, until one takes long enough to measure. */
const TRIAL_BYTES = [2 ** 18, 2 ** 20, 2 ** 22] as const;

/** Measures how fast objects are written: in one request on a slow line, else in parts for a few seconds. */
export async function measureUpload(
  patient: ServicePatient,
  temporary: TemporaryObjects,
): Promise<UploadMeasurement> {
  const { clock, inParts, maxBytes, measureMs, store } = patient;
  const piece = randomBytes(Math.min(TRIAL_BYTES[2], maxBytes));
  try {
    for (const size of TRIAL_BYTES) {
      const sent = await putOnce(patient, temporary, piece.subarray(0, size));
      const last = size === TRIAL_BYTES[2] || size >= maxBytes;
      if (sent.tookMs > measureMs / 4 || (last && (!inParts || size >= maxBytes))) {
        const { size: bytes, tookMs } = sent;
        return { check: rateCheck("upload", { bytes, tookMs, how: "in one request" }), object: sent };
      }
    }
    const key = temporary.newKey();
    temporary.expect(key);
    const { signal } = patient;
    const startMs = clock.monotonicMs();
    // Disposing waits until the parts of an aborted upload are removed.
    await using writer = await store.createWriter(key, signal ? { signal } : {});
    while (clock.monotonicMs() - startMs < measureMs && writer.bytesWritten < maxBytes) {
      await writer.write(piece);
    }
    const { write } = store.limits;
    const limit = write && { concurrency: write.current, why: write.explain() };
    const result = await writer.close();
    const tookMs = clock.monotonicMs() - startMs;
    temporary.made(key, result);
    const { size } = result;
    return {
      check: rateCheck("upload", { bytes: size, tookMs, how: "in parts", ...(limit && { limit }) }),
      object: { key, size },
    };
  } catch (error) {
    patient.signal?.throwIfAborted();
    return { check: await patient.failed("upload", error) };
  }
}

async function putOnce(
  patient: ServicePatient,
  temporary: TemporaryObjects,
  bytes: Uint8Array,
): Promise<{ readonly key: string; readonly size: number; readonly tookMs: number }> {
  const { clock, store } = patient;
  const key = temporary.newKey();
  temporary.expect(key);
  const startMs = clock.monotonicMs();
  const result = await change(patient, (signal) => store.put(key, bytes, { signal }));
  temporary.made(key, result);
  return { key, size: bytes.length, tookMs: clock.monotonicMs() - startMs };
}
