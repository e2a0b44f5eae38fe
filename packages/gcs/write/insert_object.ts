import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import { ChecksumMismatchError, type KeyCall, type Preconditions, type PutResult } from "@lade/core/backend";
import { type ClientRequest, sendOrFind } from "@lade/service/call";
import { generationQuery } from "../client/gcs_conditions.ts";
import { type GcsTarget, uploadPath } from "../client/gcs_target.ts";
import { deleteObject } from "../delete/delete_object.ts";
import { askJson } from "../client/ask_json.ts";
import { headObject } from "../objects/read_object.ts";
import { type ObjectResource, receiptOf } from "../objects/resource.ts";

/** Writes an object in one request: its description, then its bytes ("Upload an object", `multipart`). */
export async function insertObject(
  target: GcsTarget,
  key: string,
  bytes: Uint8Array,
  resource: ObjectResource,
  conditions: Preconditions,
  { call, signal }: Pick<ClientRequest, "signal"> & { readonly call: KeyCall },
): Promise<PutResult> {
  const sum = crc32cToBase64(crc32c(bytes));
  const boundary = `lade-${crypto.randomUUID()}`;
  const text = (part: string) => new TextEncoder().encode(part);
  const { contentType = "application/octet-stream" } = resource;
  const described = JSON.stringify({ name: key, ...resource, crc32c: sum });
  const head = `--${boundary}\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${described}\r\n` +
    `--${boundary}\r\ncontent-type: ${contentType}\r\n\r\n`;
  // Sent twice, a conditional write would meet what the first one wrote.
  const idempotent = conditions.ifMatch === undefined && conditions.ifNoneMatch === undefined;
  const send = async () => {
    const made = await askJson<ObjectResource>(target, {
      method: "POST",
      path: uploadPath(target),
      query: { uploadType: "multipart", ...generationQuery(conditions), ...kmsQuery(target) },
      headers: { "content-type": `multipart/related; boundary=${boundary}` },
      body: [text(head), bytes, text(`\r\n--${boundary}--\r\n`)],
      idempotent,
      signal,
      call,
    });
    return await checkWritten(target, key, receiptOf(made, call), { size: bytes.length, sum }, call);
  };
  if (idempotent) return await send();
  return await sendOrFind(send, async () => {
    const there = await headObject(target, key, signal ? { signal } : {}, call);
    const isOurs = there.size === bytes.length && there.checksums?.crc32c === sum;
    return isOurs ? there : undefined;
  }, signal);
}

/** The key by which what is written is encrypted. */
export function kmsQuery({ config: { kmsKey } }: GcsTarget): { readonly kmsKeyName?: string } {
  return kmsKey === undefined ? {} : { kmsKeyName: kmsKey };
}

/** Holds what is stored against what was sent. Another object is removed again: it was never what the caller wrote. */
export async function checkWritten(
  target: GcsTarget,
  key: string,
  receipt: PutResult,
  { size, sum }: { readonly size: number; readonly sum: string },
  call: KeyCall,
): Promise<PutResult> {
  const { crc32c: stored = sum } = receipt.checksums ?? {};
  if (receipt.size === size && stored === sum) return receipt;
  const { version } = receipt;
  await deleteObject(target, key, { ...(version !== undefined && { version, ifMatch: version }) }, call)
    .catch(() => {});
  const detail =
    `the service stored ${receipt.size} bytes with CRC-32C ${stored}, ${size} with ${sum} were sent`;
  throw new ChecksumMismatchError({ ...call, detail, retryable: true });
}
