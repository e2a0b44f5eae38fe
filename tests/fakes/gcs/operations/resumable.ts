import { emptyResponse, type WireResponse } from "@lade/testing/http";
import { BytesContent, JoinedContent, SyntheticContent } from "../../parts/content.ts";
import { GcsError } from "../gcs_error.ts";
import type { Session } from "../store/session.ts";
import { readDocument } from "./attributes.ts";
import { bucketOf, type Call, jsonResponse, readJson } from "./call.ts";
import { checkPermission } from "./check_access.ts";
import { checkClaims, ChecksumReader, claimedIn } from "./checksums.ts";
import { checkQuery, checkWriteConditions } from "./conditions.ts";
import { readContentRange } from "./content_range.ts";
import { claimedBy, nameOf } from "./insert_object.ts";
import { checkObjectName } from "./names.ts";
import { objectResource } from "./object_resource.ts";
import { storeObject } from "./store_object.ts";

/** Begins a resumable upload; where it goes on is told by `Location`. */
export async function startResumable(call: Call): Promise<WireResponse> {
  const { query, headers, server, target } = call;
  const document = await readJson(call);
  const bucket = bucketOf(call);
  const name = nameOf(query, document);
  checkObjectName(name);
  const current = bucket.entry(name)?.current;
  if (current) checkPermission(call, "objects.delete");
  checkWriteConditions(call, current);
  document["contentType"] ??= headers.get("x-upload-content-type");
  const length = headers.get("x-upload-content-length");
  const size = length === undefined ? undefined : Number(length);
  const { maxMd5Size } = server.settings;
  const session: Session = {
    id: `session-${server.nextGeneration()}`,
    bucket: bucket.name,
    name,
    attributes: readDocument(document, bucket, query),
    claimed: { ...claimedIn(headers), ...claimedBy(document) },
    query,
    size,
    pieces: [],
    stored: 0,
    // Of an unknown size there is an MD5 where there is one of every size.
    sums: new ChecksumReader(
      size ?? (maxMd5Size === Infinity ? Number.MAX_SAFE_INTEGER : Infinity),
      maxMd5Size,
    ),
  };
  server.sessions.set(session.id, session);
  const search = new URLSearchParams({ uploadType: "resumable", name, upload_id: session.id });
  const origin = `${new URL(server.url()).protocol}//${headers.get("host")}`;
  return emptyResponse(200, {
    "Location": `${origin}/upload/storage/v1/b/${target.bucket}/o?${search}`,
    "X-GUploader-UploadID": session.id,
  });
}

/** Takes a chunk, or says how far a session is; the object is made once all bytes are there. */
export async function putChunk(call: Call): Promise<WireResponse> {
  const session = sessionOf(call);
  if (session.finished) return describe(call, session);
  const { first, end, size } = readContentRange(call.headers.get("content-range"), call.body.declaredLength);
  if (size !== undefined && size !== (session.size ?? size)) {
    throw new GcsError(
      "InvalidArgument",
      `The size of the upload was ${session.size} byte(s) and is now ${size}.`,
    );
  }
  // Asked without a size, it only says how far it is.
  if (first === undefined && size === undefined) return incomplete(session);
  session.size ??= size;
  let isLast = end === undefined || end === session.size;
  if (first !== undefined) {
    checkOffset(session, first);
    const { chunkUnit, takesOddChunks } = call.server.settings;
    if (!isLast && (end ?? 0) % chunkUnit !== 0 && !takesOddChunks) {
      throw new GcsError("InvalidArgument", `Chunks but the last must be multiples of ${chunkUnit} bytes.`);
    }
    isLast = await receiveChunk(call, session, session.stored - first, isLast);
    if (end === undefined && isLast) session.size ??= session.stored;
  }
  if (session.stored !== session.size || !isLast) return incomplete(session);
  finish(call, session);
  return describe(call, session);
}

/** Ends a session before its time. */
export function cancelResumable(call: Call): WireResponse {
  const session = sessionOf(call);
  if (!session.finished) session.gone = 499;
  throw new GcsError("UploadCancelled");
}

function sessionOf({ query, server }: Call): Session {
  const session = server.sessions.get(query.get("upload_id") ?? "");
  if (!session || session.gone === 404) throw new GcsError("NoSuchUpload");
  if (session.gone !== undefined) throw new GcsError(session.gone === 499 ? "UploadCancelled" : "Gone");
  return session;
}

/** A chunk may begin with bytes that are there already, but leave no gap. */
function checkOffset({ stored }: Session, first: number): void {
  if (first <= stored) return;
  throw new GcsError(
    "OffsetGap",
    `Invalid request.  According to the Content-Range header, the upload offset is ${first} byte(s), which exceeds ` +
      `already uploaded size of ${stored} byte(s).`,
  );
}

/** Stores what is new of a body, whole units of it unless it is the last; says whether all of it was stored. */
async function receiveChunk(call: Call, session: Session, skip: number, isLast: boolean): Promise<boolean> {
  const { body, server: { settings } } = call;
  const pieces: Uint8Array[] = [];
  let at = 0;
  let isWhole = false;
  try {
    for (let piece = await body.next(); piece; piece = await body.next()) {
      const fresh = piece.subarray(Math.max(0, skip - at));
      at += piece.length;
      if (fresh.length > 0) pieces.push(fresh.slice());
    }
    isWhole = true;
  } finally {
    const length = Math.max(0, at - skip);
    const takesAll = isWhole && isLast && length <= settings.maxStoredBytes;
    const most = session.stored + Math.min(length, settings.maxStoredBytes);
    keep(call, session, pieces, takesAll ? length : most - most % settings.chunkUnit - session.stored);
    isWhole &&= takesAll;
  }
  return isWhole;
}

function keep(call: Call, session: Session, pieces: readonly Uint8Array[], length: number): void {
  const { discard } = bucketOf(call, session.bucket).settings;
  let left = Math.max(0, length);
  for (const piece of pieces) {
    const kept = piece.subarray(0, left);
    if (kept.length === 0) return;
    session.sums.update(kept);
    session.pieces.push(discard ? new SyntheticContent(kept.length, 0) : new BytesContent(kept));
    session.stored += kept.length;
    left -= kept.length;
  }
}

function incomplete({ stored }: Session): WireResponse {
  return emptyResponse(308, stored > 0 ? { "Range": `bytes=0-${stored - 1}` } : {});
}

/** Makes the object. Bytes that have not the checksums claimed of them end the session. */
function finish(call: Call, session: Session): void {
  const { name, attributes, query } = session;
  const bucket = bucketOf(call, session.bucket);
  const content = new JoinedContent(session.pieces);
  const sums = session.sums.digest();
  try {
    checkClaims({ ...session.claimed, ...claimedIn(call.headers) }, content, sums);
  } catch (error) {
    session.gone = 404;
    throw error;
  }
  checkQuery(query, bucket.entry(name)?.current);
  session.finished = storeObject(call, bucket, { name, attributes, content, ...sums });
}

function describe(call: Call, { bucket, finished }: Session): WireResponse {
  return jsonResponse(finished && objectResource(call, bucketOf(call, bucket), finished));
}
