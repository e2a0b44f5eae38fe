import { type Check, objectUri } from "@lade/core/backend";
import { change, isRefusal, type Patient, type TemporaryObjects } from "@lade/service/diagnosis";
import type { S3Connection } from "../wire/s3_connection.ts";
import { ControlPlane } from "../sdk/control_plane.ts";
import { MultipartUpload } from "../upload/multipart_upload.ts";
import type { UploadTarget } from "../upload/upload_target.ts";

const SAMPLE_BYTES = 1024;

/** Makes an object of one part, and gives another one up, which needs a permission of its own. */
export async function checkMultipart(
  patient: Patient,
  connection: S3Connection,
  temporary: TemporaryObjects,
): Promise<Check> {
  const name = "multipart";
  const { store } = patient;
  const key = temporary.newKey();
  const parts: UploadTarget = {
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
    return { name, outcome: "ok", detail: "objects may be written in parts, and uploads in parts aborted" };
  } catch (error) {
    patient.signal?.throwIfAborted();
    if (isRefusal(error)) temporary.notMade(key);
    return await patient.failed(name, error);
  } finally {
    await pending?.abort().catch(() => {});
  }
}
