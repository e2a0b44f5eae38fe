import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import type { KeyCall, Preconditions, PutResult, StoreError } from "@lade/core/backend";
import { backoffDelayMs, defaultRetryPolicy } from "@lade/core/retry";
import type { ClientRequest } from "@lade/service/call";
import { faultOf } from "@lade/service/errors";
import { askJson, type JsonRequest } from "../client/ask_json.ts";
import { generationQuery } from "../client/gcs_conditions.ts";
import { type GcsTarget, kmsQuery, uploadPath } from "../client/gcs_target.ts";
import { headObject } from "../objects/read_object.ts";
import { type ObjectResource, receiptOf } from "../objects/resource.ts";
import { checkWritten } from "./check_written.ts";
import { mayHaveArrived, ResumableSession } from "./resumable_session.ts";

/**
 * Writes an object in one request: its description, then its bytes ("Upload an object", `multipart`). Under a condition that
 * request is sent once. Where it is not certain what became of it, the write goes by a resumable session, which can be
 * asked.
 */
export async function insertObject(
  target: GcsTarget,
  key: string,
  bytes: Uint8Array,
  resource: ObjectResource,
  conditions: Preconditions,
  { call, signal }: Pick<ClientRequest, "signal"> & { readonly call: KeyCall },
): Promise<PutResult> {
  const begunMs = target.context.clock.now();
  const written = { size: bytes.length, sum: crc32cToBase64(crc32c(bytes)), begunMs };
  const { contentType = "application/octet-stream" } = resource;
  const boundary = `lade-${crypto.randomUUID()}`;
  const text = (part: string) => new TextEncoder().encode(part);
  const described = JSON.stringify({ ...resource, crc32c: written.sum });
  const head = `--${boundary}\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${described}\r\n` +
    `--${boundary}\r\ncontent-type: ${contentType}\r\n\r\n`;
  const idempotent = conditions.ifMatch === undefined && conditions.ifNoneMatch === undefined;
  const request: JsonRequest = {
    method: "POST",
    path: uploadPath(target),
    query: { uploadType: "multipart", name: key, ...generationQuery(conditions), ...kmsQuery(target) },
    headers: { "content-type": `multipart/related; boundary=${boundary}` },
    body: [text(head), bytes, text(`\r\n--${boundary}--\r\n`)],
    document: "storage#object",
    idempotent,
    ...(!idempotent && { retryable: () => false }),
    signal,
    call,
  };
  const insert = async () => {
    try {
      return await askJson<ObjectResource>(target, request);
    } catch (error) {
      if (idempotent || !mayHaveArrived(error)) throw error;
      return await insertBySession(error);
    }
  };

  /** Of an object that is there now, and has the same bytes, nobody knows whose it is: then this fails as the request. */
  async function insertBySession(lost: StoreError): Promise<ObjectResource> {
    const { context: { clock, random }, config: { bounds } } = target;
    const { retryAfterMs = 0 } = lost;
    if (retryAfterMs > bounds.maxRetryAfterMs) throw lost;
    await clock.sleep(Math.max(retryAfterMs, backoffDelayMs(defaultRetryPolicy, 1, random)), signal);
    const session = new ResumableSession(target, {
      ...{ key, call, resource, conditions, renewable: true },
      size: bytes.length,
    });
    try {
      await session.begin(signal);
      return await session.finish(0, bytes, written, signal).catch(async (error) => {
        if (!signal?.aborted) await session.cancel(signal).catch(() => {});
        throw error;
      });
    } catch (error) {
      if (faultOf(error)?.status !== 412) throw error;
      const there = await headObject(target, key, signal ? { signal } : {}, call).catch(() => undefined);
      const isSame = there?.checksums?.crc32c === written.sum;
      throw isSame ? lost : error;
    }
  }

  return await checkWritten(target, key, receiptOf(await insert(), call, key), written, call);
}
