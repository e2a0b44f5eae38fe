import type { Check } from "@lade/core";
import { failedCheck } from "./failed_check.ts";
import { change, type Patient } from "./patient.ts";
import { rateCheck } from "./rate_check.ts";
import type { TemporaryObjects } from "./temporary_objects.ts";

/** Bytes of the object by which the size of the measurement is chosen. */
const TRIAL_BYTES = 2 ** 18;
/** Below this many bytes one request is as good as parts. */
const PARTS_FROM_BYTES = 2 ** 24;
const PIECE_BYTES = 2 ** 20;

/** What a measurement of uploads came to. */
export interface UploadMeasurement {
  /** The check. */
  readonly check: Check;
  /** What bounded the parts on their way, in words; absent where there were none. */
  readonly limit?: string;
  /** An object that was written, if any. */
  readonly object?: { readonly key: string; readonly size: number };
}

/** Measures how fast objects are written: in one request on a slow line, else in parts for a few seconds. */
export async function measureUpload(
  patient: Patient,
  temporary: TemporaryObjects,
): Promise<UploadMeasurement> {
  const { clock, maxBytes, measureMs, store } = patient;
  const piece = randomBytes(Math.min(PIECE_BYTES, maxBytes));
  try {
    const trial = await putOnce(patient, temporary, piece.subarray(0, TRIAL_BYTES));
    const possible = (trial.size / Math.max(trial.tookMs, 1)) * measureMs;
    const { disabled } = store.connection.config.multipart;
    if (disabled || possible < PARTS_FROM_BYTES || maxBytes < PARTS_FROM_BYTES) {
      const size = Math.min(maxBytes, PARTS_FROM_BYTES, Math.max(TRIAL_BYTES, possible / 2));
      const sent = await putOnce(patient, temporary, repeated(piece, Math.floor(size)));
      return { check: rateCheck("upload", sent.size, sent.tookMs, "in one request"), object: sent };
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
    const limit = store.uploadLimit.explain();
    const result = await writer.close();
    const tookMs = clock.monotonicMs() - startMs;
    temporary.made(key, result);
    const check = rateCheck("upload", result.size, tookMs, "in parts");
    return { check, limit, object: { key, size: result.size } };
  } catch (error) {
    patient.signal?.throwIfAborted();
    return { check: await failedCheck("upload", error, store.connection) };
  }
}

async function putOnce(
  patient: Patient,
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

/** Nothing between here and the service can compress it. */
function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  // The most that one call gives.
  const step = 2 ** 16;
  for (let at = 0; at < length; at += step) crypto.getRandomValues(bytes.subarray(at, at + step));
  return bytes;
}

function repeated(piece: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += piece.length) bytes.set(piece.subarray(0, length - at), at);
  return bytes;
}
