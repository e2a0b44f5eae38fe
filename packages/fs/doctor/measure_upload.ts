import {
  randomBytes,
  rateCheck,
  type TemporaryObjects,
  type UploadMeasurement,
} from "@lade/service/diagnosis";
import type { LocalPatient } from "./local_patient.ts";

const PIECE_BYTES = 2 ** 22;

/** Fewer bytes show nothing of throughput. */
const LEAST_BYTES = 2 ** 20;

/** Measures how fast an object is written until the disk has it, for a few seconds at most. */
export async function measureUpload(
  patient: LocalPatient,
  temporary: TemporaryObjects,
): Promise<UploadMeasurement> {
  const { clock, maxBytes, measureMs, signal } = patient;
  const name = "upload";
  if (maxBytes < LEAST_BYTES) {
    return { check: { name, outcome: "skipped", detail: "not measured: there is too little room" } };
  }
  const piece = randomBytes(Math.min(PIECE_BYTES, maxBytes));
  try {
    await using store = await patient.reopen({ sync: "data" });
    const key = temporary.newKey();
    temporary.expect(key);
    const startMs = clock.monotonicMs();
    await using writer = await store.createWriter(key, signal ? { signal } : {});
    do await writer.write(piece); while (
      clock.monotonicMs() - startMs < measureMs && writer.bytesWritten + piece.length <= maxBytes
    );
    const { size } = await writer.close();
    const tookMs = clock.monotonicMs() - startMs;
    const check = rateCheck(name, { bytes: size, tookMs, how: "of one object, until the disk had it" });
    return { check, object: { key, size } };
  } catch (error) {
    signal?.throwIfAborted();
    return { check: await patient.failed(name, error) };
  }
}
