import type { Check, ObjectMeta } from "@lade/core/backend";
import { ServiceFault } from "../errors/service_fault.ts";
import { checkAccess } from "./check_access.ts";
import { checkReads } from "./check_reads.ts";
import { checkWrites, type Writes } from "./check_writes.ts";
import { measureDownload } from "./measure_download.ts";
import { measureLatency } from "./measure_latency.ts";
import { measureUpload } from "./measure_upload.ts";
import type { ServicePatient } from "./service_patient.ts";
import type { TemporaryObjects } from "./temporary_objects.ts";
import { withTemporaryObjects } from "./with_temporary_objects.ts";

/** Bounds of the transport of a diagnosis, which is to say soon what a transfer would rather wait for. */
export const DIAGNOSIS_BOUNDS = {
  retry: { maxAttempts: 3, totalMs: 4_000 },
  unreachableAfterMs: 1_500,
  firstByteTimeoutMs: 5_000,
  stallTimeoutMs: 6_000,
} as const;

/**
 * Finds out how it stands with a container of a service: credentials, configuration and clock, which calls are allowed,
 * latency, throughput and what bounds it.
 *
 * Yields each check when it is done, in a fixed order. What the first request blames ends the diagnosis. Temporary
 * objects are made only where the patient may be written to, and are removed before the iteration ends, also when it is
 * aborted or left.
 */
export async function* examineService(patient: ServicePatient): AsyncGenerator<Check> {
  const access = yield* checkAccess(patient);
  if (!access.open) {
    yield { name: "calls", outcome: "skipped", detail: "not tried until that is put right" };
    return;
  }
  yield* withTemporaryObjects(patient, (temporary) => tryCalls(patient, temporary, access.objects));
}

async function* tryCalls(
  patient: ServicePatient,
  temporary: TemporaryObjects,
  objects: readonly ObjectMeta[],
): AsyncGenerator<Check> {
  const listed = objects.find(({ size }) => size > 0);
  const sample = { key: listed?.key ?? temporary.newKey(), exists: listed !== undefined };
  const { open, readable } = patient.write
    ? yield* tryWrites(patient, temporary)
    : { open: false, readable: yield* checkReads(patient, sample) };
  patient.signal?.throwIfAborted();
  if (open && patient.whileWritable) yield* patient.whileWritable(temporary);
  if (readable) yield await measureLatency(patient, sample.key);
  const up = open ? await measureUpload(patient, temporary) : undefined;
  if (up) yield up.check;
  if (readable) yield await measureDownload(patient, up?.object ? [up.object] : objects);
  if (patient.traits) yield* patient.traits();
}

async function* tryWrites(
  patient: ServicePatient,
  temporary: TemporaryObjects,
): AsyncGenerator<Check, Writes> {
  return yield* checkWrites(patient, temporary, {
    ...(patient.tellWritten && { tell: (result) => patient.tellWritten?.(result) ?? "" }),
    madeNothing: isRefusal,
  });
}

/** Whether a request was refused, so that nothing was made; other failures may be the loss of an answer. */
export function isRefusal(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof ServiceFault && cause.status >= 400 && cause.status < 500;
}
