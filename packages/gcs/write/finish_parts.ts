import { combineCrc32c, crc32cToBase64 } from "@lade/codec/checksum";
import { type KeyCall, NotFoundError, type PutResult, type WriterOptions } from "@lade/core/backend";
import { readEtag, readSize, unlikeService, unquoteEtag } from "@lade/service/body";
import { sendOrFind } from "@lade/service/call";
import type { ResponseHeaders } from "@lade/service/http";
import { completeDocument, partPage } from "@lade/service/parts";
import { childText, parseXml } from "@lade/service/xml";
import { GCS_NAMES } from "../client/gcs_names.ts";
import { type GcsTarget, xmlPath } from "../client/gcs_target.ts";
import { checkWritten } from "./check_written.ts";
import { isNoUpload, partsReading } from "./parts_upload.ts";

/** An object that is made of parts. */
export interface PartsWriting {
  /** The object's key. */
  readonly key: string;
  /** What is being done. */
  readonly call: KeyCall;
  /** What describes the object; unknown where an earlier writer began. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How many parts to send concurrently. */
  readonly options: Pick<WriterOptions, "concurrency">;
  /** Whether the upload may outlive its writer. */
  readonly resumable?: boolean | undefined;
}

/** A part that the service has. */
export interface SentPart {
  /** Number, from 1 to 10,000. */
  readonly number: number;
  /** Bytes. */
  readonly size: number;
  /** The service's tag of the part. */
  readonly etag: string;
  /** CRC-32C; unknown of what another writer sent, since the service lists none. */
  readonly crc32c?: number;
}

/** An upload all of whose parts are sent. */
export interface WholeUpload extends PartsWriting {
  /** The service's name of it. */
  readonly id: string;
  /** Its parts, by number. */
  readonly parts: readonly SentPart[];
}

/**
 * Makes the object of the parts and holds it against them by the checksum that theirs make. Where the answer is lost, the
 * service is asked what became of the upload.
 */
export async function finishParts(
  target: GcsTarget,
  upload: WholeUpload,
  signal: AbortSignal,
): Promise<PutResult> {
  const { key, call, id, parts } = upload;
  const begunMs = target.context.clock.now();
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const crc = parts.every((part) => part.crc32c !== undefined)
    ? parts.reduce((sum, part) => combineCrc32c(sum, part.crc32c ?? 0, part.size), 0)
    : undefined;
  const sum = crc === undefined ? undefined : crc32cToBase64(crc);
  // Without a checksum only another generation shows that something was made; none where nothing is there.
  const before = sum === undefined
    ? await look(target, upload, signal).then(
      (there) => there.get(GENERATION),
      (error) => error instanceof NotFoundError ? "none" : undefined,
    )
    : undefined;
  const reading = partsReading(target, call, { key, root: "ListPartsResult", signal });
  const find = async () => {
    const gone = await partPage(reading, id, { most: 1 }).then(() => false, isNoUpload);
    const there = gone ? await look(target, upload, signal) : undefined;
    const found = there && receiptOf(there, size);
    const isOurs = sum === undefined
      ? before !== undefined && found?.version !== before &&
        there?.get("x-goog-component-count") === String(parts.length)
      : found?.checksums?.crc32c === sum;
    return there && isOurs && describes(there, upload, size) ? found : undefined;
  };
  const make = async () => {
    const { etag, headers } = await complete(target, upload, signal);
    const told = receiptOf(headers, size);
    if (told.version !== undefined && told.checksums) return told;
    const there = await look(target, upload, signal).catch(() => {});
    if (there && readEtag(there) === etag) return receiptOf(there, size);
    const isOpen = await partPage(reading, id, { most: 1 }).then(() => true, () => false);
    if (isOpen) throw unlikeService(call, GCS_NAMES.service, "the upload that it finishes is still open");
    // Another writer may have replaced it since.
    return { ...(sum !== undefined && { checksums: { crc32c: sum } }), ...told };
  };
  const receipt = await sendOrFind(
    async () => {
      try {
        return await make();
      } catch (error) {
        // The request may have come twice without a try that counts, on a connection that was closed meanwhile.
        const found = isNoUpload(error) && await find().catch(() => undefined);
        if (found) return found;
        throw error;
      }
    },
    find,
    signal,
  );
  return sum === undefined ? receipt : await checkWritten(target, key, receipt, { size, sum, begunMs }, call);
}

const GENERATION = "x-goog-generation";

async function complete(target: GcsTarget, { key, call, id, parts }: WholeUpload, signal: AbortSignal) {
  const { config: { bounds: { slowAnswerTimeoutMs: firstByteTimeoutMs } }, xml } = target;
  const { body, headers } = await xml.send({
    method: "POST",
    path: xmlPath(target, key),
    query: { uploadId: id },
    headers: { "content-type": "application/xml" },
    body: completeDocument(parts),
    // What it finds done already is not done again.
    idempotent: true,
    ...{ kind: "document", root: "CompleteMultipartUploadResult", firstByteTimeoutMs, signal, call },
  });
  try {
    return { headers, etag: unquoteEtag(childText(parseXml(await body.text(2 ** 20)), "ETag")) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw xml.translate(error, call);
    throw unlikeService(call, GCS_NAMES.service, "its document breaks off");
  }
}

/** Asks what is there under the key now, by the interface that has the etags of uploads. */
async function look(
  target: GcsTarget,
  { key, call }: WholeUpload,
  signal: AbortSignal,
): Promise<ResponseHeaders> {
  const headers = { "accept-encoding": "gzip" };
  const request = { method: "HEAD", path: xmlPath(target, key), headers, kind: "head", signal } as const;
  return (await target.xml.send({ ...request, call: { ...call, step: "look at" } })).headers;
}

function receiptOf(headers: ResponseHeaders, size: number): PutResult {
  const version = headers.get(GENERATION);
  return {
    size,
    ...(version !== undefined && { etag: version, version }),
    ...GCS_NAMES.readChecksums(headers, true, size),
  };
}

/** Whether an object has the size and the attributes of an upload. */
function describes(there: ResponseHeaders, { headers = {} }: WholeUpload, size: number): boolean {
  const stored = readSize(there.get("x-goog-stored-content-length") ?? there.get("content-length"));
  return stored === size &&
    Object.entries(headers).every(([name, value]) =>
      name === "x-goog-encryption-kms-key-name" || there.get(name) === value
    );
}
