import { type CallOptions, type KeyCall, type PendingUpload, UnavailableError } from "@lade/core/backend";
import type { ClientRequest } from "@lade/service/call";
import { type FailedCall, faultOf } from "@lade/service/errors";
import { prefixUri } from "@lade/service/list";
import { listUploads as readUploads, partPage, type PartsReading } from "@lade/service/parts";
import { parseXml } from "@lade/service/xml";
import { GCS_NAMES } from "../client/gcs_names.ts";
import { type GcsTarget, xmlPath } from "../client/gcs_target.ts";

/** How documents about the uploads of an object, or without its key of the bucket, are had. */
export function partsReading(
  target: GcsTarget,
  call: FailedCall,
  { key, root, signal }: Pick<ClientRequest, "signal"> & { readonly key?: string; readonly root: string },
): PartsReading {
  const request = { method: "GET", path: xmlPath(target, key), root, signal };
  return {
    ...{ service: GCS_NAMES.service, call, signal },
    ask: (query, read) =>
      target.xml.readDocument({ ...request, query, call }, (text) => read(parseXml(text))),
  };
}

/** Lists the uploads in parts that are neither finished nor given up. Of those in sessions there is no list. */
export async function* listUploads(
  target: GcsTarget,
  prefix: string,
  { signal }: CallOptions,
): AsyncGenerator<PendingUpload, void, void> {
  signal?.throwIfAborted();
  if (target.traits.takesParts === false) return;
  const call = { operation: "list the uploads of", uri: prefixUri(target.uri, prefix) };
  const reading = partsReading(target, call, { root: "ListMultipartUploadsResult", signal });
  try {
    yield* readUploads(reading, target.uri, prefix);
  } catch (error) {
    if (target.traits.takesParts || !lacksParts(error)) throw error;
  }
}

/**
 * Throws an upload and its parts away; one that is gone is no error. What is not known to take parts is asked for the upload
 * first: who passes over its name would delete the object.
 */
export async function abortParts(
  target: GcsTarget,
  key: string,
  id: string,
  { signal }: CallOptions,
  call: KeyCall,
): Promise<void> {
  const request = {
    method: "DELETE",
    path: xmlPath(target, key),
    signal,
  } as const;
  try {
    if (!target.traits.takesParts) {
      await partPage(partsReading(target, call, { key, root: "ListPartsResult", signal }), id, { most: 1 });
    }
    await target.xml.send({ ...request, query: { uploadId: id }, kind: "removal", idempotent: true, call });
  } catch (error) {
    if (isNoUpload(error)) return;
    const { operation, uri } = call;
    const words = error instanceof Error ? error.message : String(error);
    const detail = `upload ${id} stays behind (${words})`;
    throw new UnavailableError({
      operation,
      uri,
      detail,
      advice: "remove the upload by sweepUploads",
      cause: error,
    });
  }
}

/** Whether an upload is finished, given up or was never there, by the service's own word. */
export function isNoUpload(error: unknown): boolean {
  return faultOf(error)?.code === "NoSuchUpload";
}

/** Whether what answers knows no uploads in parts: emulators do not, nor do gateways of other interfaces. */
export function lacksParts(error: unknown): boolean {
  const { code, foreign, status = 0 } = faultOf(error) ?? {};
  if (["NotImplemented", "MethodNotAllowed", "NotFound"].includes(code ?? "")) return true;
  return foreign !== undefined && [200, 400, 404, 405, 501].includes(status);
}
