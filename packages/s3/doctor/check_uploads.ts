import { type Check, objectUri, type PutResult } from "@lade/core/backend";
import { change, checkWrites, type TemporaryObjects, type Writes } from "@lade/service/diagnosis";
import { ControlPlane } from "../control/control_plane.ts";
import { type MultipartParts, MultipartUpload } from "../upload/multipart_upload.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import type { S3Patient } from "./s3_patient.ts";

const SAMPLE_BYTES = 1024;

/**
 * Writes a temporary object, reads it back and removes it; then the same in parts. Nothing more is written where
 * removing it failed.
 */
export async function* checkUploads(
  patient: S3Patient,
  temporary: TemporaryObjects,
): AsyncGenerator<Check, Writes> {
  const writes = yield* checkWrites(patient, temporary, { tell: tellChecksum, madeNothing: isRefusal });
  if (writes.open) yield await checkMultipart(patient, temporary);
  return writes;
}

function tellChecksum({ checksums = {} }: PutResult): string {
  const [checksum] = Object.keys(checksums);
  return checksum === undefined
    ? "the service confirms no checksum"
    : `the service confirmed its ${checksum}`;
}

/** Makes an object of one part, and gives another one up, which needs a permission of its own. */
async function checkMultipart(patient: S3Patient, temporary: TemporaryObjects): Promise<Check> {
  const name = "multipart";
  const { store } = patient;
  const { connection } = store;
  const key = temporary.newKey();
  const parts: MultipartParts = {
    connection,
    control: new ControlPlane(connection),
    operation: "write",
    uri: objectUri(store.uri, key),
    key,
  };
  let pending: MultipartUpload | undefined;
  try {
    temporary.expect(key);
    pending = await change(patient, (signal) => MultipartUpload.create(parts, {}, signal));
    const upload = pending;
    const part = await change(patient, (signal) => upload.sendPart(1, new Uint8Array(SAMPLE_BYTES), signal));
    const result = await change(patient, (signal) => upload.complete([part], {}, signal));
    pending = undefined;
    temporary.made(key, result);
    pending = await change(patient, (signal) => MultipartUpload.create(parts, {}, signal));
    await pending.abort();
    pending = undefined;
    return { name, outcome: "ok", detail: "objects may be written in parts, and uploads be given up" };
  } catch (error) {
    patient.signal?.throwIfAborted();
    if (isRefusal(error)) temporary.notMade(key);
    return await patient.failed(name, error);
  } finally {
    await pending?.abort().catch(() => {});
  }
}

/** Whether a request was refused, so that nothing was made; other failures may be the loss of an answer. */
function isRefusal(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof S3Fault && cause.status >= 400 && cause.status < 500;
}
