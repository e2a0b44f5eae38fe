import { crc32cFromBase64 } from "@lade/codec/checksum";
import {
  ChecksumMismatchError,
  foreignToken,
  formatToken,
  type KeyCall,
  partLength,
  type PartLimits,
  type ResumeOptions,
  type WriteSink,
  type WriteToken,
} from "@lade/core/backend";
import { readEtag, unlikeService } from "@lade/service/body";
import { partChecksums } from "@lade/service/http";
import { listParts } from "@lade/service/parts";
import { type ResumedSink, writeLimit } from "@lade/service/store";
import { childText, parseXml } from "@lade/service/xml";
import { GCS_NAMES } from "../client/gcs_names.ts";
import { type GcsTarget, xmlPath } from "../client/gcs_target.ts";
import { finishParts, type PartsWriting, type SentPart } from "./finish_parts.ts";
import { abortParts, partsReading } from "./parts_upload.ts";
import { chunkUnit } from "./resumable_session.ts";

/** What is taken as parts ("Quotas and limits"); they can be chunks of a session, too. Whoever sets smaller ones takes them. */
function partLimits(target: Pick<GcsTarget, "config">): PartLimits {
  const minPartSize = Math.min(5 * 2 ** 20, target.config.partSize);
  return { minPartSize, maxPartSize: 5 * 2 ** 30, maxParts: 10_000, multipleOf: chunkUnit(target) };
}

/** Makes an object of parts that are sent side by side ("XML API multipart uploads"), in an upload of an `id`, or in one of its own. */
export function partsSink(
  target: GcsTarget,
  writing: PartsWriting,
  upload: { readonly id: string; readonly sent: readonly SentPart[] } = { id: "", sent: [] },
): WriteSink {
  const { key, call, headers = {}, options } = writing;
  const request = { path: xmlPath(target, key), call } as const;
  const sent = new Map(upload.sent.map((part) => [part.number, part]));
  let { id } = upload;
  const sink = {
    ...call,
    concurrency: writeLimit(target, options.concurrency),
    bounds: target.config.bounds,
    ordered: false,
    bulk: target.xml.bulk,
    partLimits: partLimits(target),
    async begin(signal) {
      if (id) return;
      // One that is begun twice, since an answer was lost, has no parts.
      const begun = { method: "POST", query: { uploads: "" }, idempotent: true, signal } as const;
      const root = "InitiateMultipartUploadResult";
      const asked = { ...request, ...begun, root, headers };
      id = await target.xml.readDocument(asked, (text) => childText(parseXml(text), "UploadId")) ?? "";
      if (!id) throw unlikeService(call, GCS_NAMES.service, "it gives the upload no id");
    },
    async writePart({ index }, bytes, signal) {
      const number = index + 1;
      const { crc32c: hash } = await partChecksums(bytes, ["crc32c"], target.xml.bulk);
      const answer = await target.xml.send({
        ...request,
        method: "PUT",
        query: { partNumber: String(number), uploadId: id },
        headers: { "x-goog-hash": `crc32c=${hash}` },
        ...{ body: bytes, kind: "write", signal },
      });
      const { crc32c: stored = hash } = GCS_NAMES.readChecksums(answer.headers, false, 0).checksums ?? {};
      const etag = readEtag(answer.headers);
      if (etag === undefined) throw unlikeService(call, GCS_NAMES.service, "it gives a part no etag");
      if (stored !== hash) {
        const detail = `the service got a part with CRC-32C ${stored}, ${hash} was sent`;
        throw new ChecksumMismatchError({
          operation: call.operation,
          uri: call.uri,
          detail,
          retryable: true,
        });
      }
      sent.set(number, { number, size: bytes.length, etag, crc32c: crc32cFromBase64(hash) });
      return { throttled: answer.throttled };
    },
    async commit(size, signal) {
      // The service makes no object of no parts.
      if (size === 0) await sink.writePart({ index: 0, offset: 0, length: 0 }, new Uint8Array(), signal);
      const parts = [...sent.values()].sort((a, b) => a.number - b.number);
      return await finishParts(target, { ...writing, id, parts }, signal);
    },
    drop: (signal) => abortParts(target, key, id, { signal }, { ...call, operation: "abort the upload of" }),
  } satisfies WriteSink;
  if (!writing.resumable) return sink;
  return {
    ...sink,
    token: (size, partSize) => formatToken({ uri: call.uri, id, size, partSize, options: {}, own: BY_PARTS }),
    leave: () => Promise.resolve(),
  };
}

/** What tells the token of an upload in parts from that of a session. */
const BY_PARTS = { by: "parts" };

/** Whether a token is of an upload in parts. */
export function isPartsToken({ own }: WriteToken): boolean {
  return own["by"] === BY_PARTS.by;
}

/** Goes on with an upload of an earlier writer, whose parts the service lists. */
export async function resumeParts(
  target: GcsTarget,
  key: string,
  token: WriteToken,
  options: ResumeOptions,
  call: KeyCall,
): Promise<ResumedSink> {
  const { ifMatch, ifNoneMatch } = token.options;
  // An upload in parts holds none: the token was changed.
  if (ifMatch !== undefined || ifNoneMatch !== undefined) throw foreignToken(call);
  const reading = partsReading(target, call, { key, root: "ListPartsResult", signal: options.signal });
  const sent: SentPart[] = [];
  for await (const { number, size, etag } of listParts(reading, token.id)) {
    // A part of another size is of another program, and is written again.
    if (size === partLength(number - 1, token)) sent.push({ number, size, etag });
  }
  target.traits.takesParts = true;
  const writing = { key, call: { ...call, operation: "write" }, options, resumable: true };
  const sink = partsSink(target, writing, { id: token.id, sent });
  return { sink, written: sent.map(({ number }) => number - 1) };
}
