import { type Check, objectUri } from "@lade/core/backend";
import { change, checkReads, type TemporaryObjects } from "@lade/core/diagnosis";
import { ControlPlane } from "../control/control_plane.ts";
import { type MultipartParts, MultipartUpload } from "../upload/multipart_upload.ts";
import { ServiceFault } from "../errors/service_fault.ts";
import type { S3Patient } from "./s3_patient.ts";

const SAMPLE_BYTES = 1024;

/** What the checks of writing came to. */
export interface Writes {
  /** Whether objects can be written and removed again. */
  readonly open: boolean;
  /** Whether they can be read. */
  readonly readable: boolean;
}

/**
 * Writes a temporary object, reads it back and removes it; then the same in parts. Nothing more is written where
 * removing it failed.
 */
export async function* checkWrites(
  patient: S3Patient,
  temporary: TemporaryObjects,
): AsyncGenerator<Check, Writes> {
  const { store } = patient;
  const key = temporary.newKey();
  const bytes = crypto.getRandomValues(new Uint8Array(SAMPLE_BYTES));
  try {
    temporary.expect(key);
    const result = await change(patient, (signal) => store.put(key, bytes, { signal }));
    temporary.made(key, result);
    const checksum = Object.keys(result.checksums ?? {})[0];
    const confirmed = checksum === undefined
      ? "the service confirms no checksum"
      : `the service confirmed its ${checksum}`;
    yield { name: "put", outcome: "ok", detail: `objects may be written; ${confirmed}` };
  } catch (error) {
    patient.signal?.throwIfAborted();
    if (isRefusal(error)) temporary.notMade(key);
    yield await patient.failed("put", error);
    return { open: false, readable: yield* checkReads(patient, { key, exists: false }) };
  }
  const readable = yield* checkReads(patient, { key, exists: true, bytes });
  try {
    await temporary.remove(key);
    yield { name: "delete", outcome: "ok", detail: "objects may be removed" };
  } catch (error) {
    yield await patient.failed("delete", error);
    return { open: false, readable };
  }
  yield await checkMultipart(patient, temporary);
  return { open: true, readable };
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
  return cause instanceof ServiceFault && cause.status >= 400 && cause.status < 500;
}
