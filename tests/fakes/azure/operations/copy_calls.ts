import { ServiceFault, type WireResponse } from "@lade/testing/http";
import { randomUUID } from "node:crypto";
import { PartialContent } from "../../parts/content.ts";
import { AzureError, badHeader } from "../azure_error.ts";
import type { BlobAttributes, CopyState, StoredBlob } from "../store/stored_blob.ts";
import { readAttributes } from "./attributes.ts";
import { addBlock, readBlockId } from "./blocks.ts";
import { readSourceRange } from "./byte_range.ts";
import { type Call, emptyResponse, newEtag, wholeSeconds } from "./call.ts";
import { findSource } from "./copy_source.ts";
import { findCurrent } from "./find_blob.ts";
import { claimedChecksums, crc64Of, md5Of, mismatch, tooLarge } from "./receive_body.ts";
import { checkWrite, replaceBlob, writtenHeaders } from "./replace_blob.ts";

/** Put Blob From URL. */
export async function putBlobFromUrl(call: Call): Promise<WireResponse> {
  const { settings } = call.server;
  if (settings.refusesPutBlobFromUrl) {
    throw new ServiceFault({
      status: 501,
      code: "APINotImplemented",
      message: "Current API is not implemented yet.",
    });
  }
  checkEmpty(call);
  const source = await findSource(call);
  if (source.content.size > settings.maxCopySize) throw tooLarge(settings.maxCopySize);
  const sums = checkSource(call, source, 0, source.content.size);
  const given = readAttributes(call);
  const copiesFields = call.headers.get("x-ms-copy-source-blob-properties")?.toLowerCase() !== "false";
  const fields = copiesFields ? { ...source.fields, ...given.fields } : given.fields;
  const container = checkWrite(call);
  const attributes = { ...copied(call, source, given), fields: { "content-md5": sums.md5, ...fields } };
  const blob = replaceBlob(call, container, attributes, { content: source.content });
  return emptyResponse(201, {
    ...writtenHeaders(blob),
    "Content-MD5": sums.md5,
    "x-ms-content-crc64": sums.crc64(),
  });
}

/** Put Block From URL. */
export async function putBlockFromUrl(call: Call): Promise<WireResponse> {
  const id = readBlockId(call);
  checkEmpty(call);
  const source = await findSource(call);
  const { offset, length } = readSourceRange(call.headers, source.content.size);
  const { maxBlockSize } = call.server.settings;
  if (length > maxBlockSize) throw tooLarge(maxBlockSize);
  const sums = checkSource(call, source, offset, length);
  addBlock(call, id, new PartialContent(source.content, offset, length));
  return emptyResponse(201, {
    "x-ms-request-server-encrypted": "true",
    ...(sums.claimed.md5 !== undefined
      ? { "Content-MD5": sums.claimed.md5 }
      : { "x-ms-content-crc64": sums.crc64() }),
  });
}

/** Copy Blob From URL: a copy that is done with its answer. */
export async function copyBlobFromUrl(call: Call): Promise<WireResponse> {
  const source = await findSource(call);
  if (source.content.size > call.server.settings.maxSyncCopySize) {
    throw new AzureError("CannotVerifyCopySource", { status: 409, message: "The source is too large." });
  }
  return startCopy(call, source, 0);
}

/** Copy Blob: within the account by the right to the copy, and from others by the URL of the source. */
export async function copyBlob(call: Call): Promise<WireResponse> {
  const { pathname, hostname } = URL.parse(call.headers.get("x-ms-copy-source") ?? "") ??
    { pathname: "", hostname: "" };
  const name = call.account.name;
  const isWithin = pathname.startsWith(`/${name}/`) || hostname.split(".")[0] === name;
  const source = await findSource(call, isWithin && call.identity.kind !== "sas");
  return startCopy(call, source, call.server.settings.copyMs);
}

function startCopy(call: Call, source: StoredBlob, lastsMs: number): WireResponse {
  const { server, headers } = call;
  if (source.tier === "Archive" && !headers.has("x-ms-access-tier")) throw new AzureError("BlobArchived");
  const given = readAttributes(call);
  const container = checkWrite(call);
  const now = server.now();
  const copy: CopyState = {
    id: randomUUID(),
    source: (headers.get("x-ms-copy-source") ?? "").replace(/\?.*$/, ""),
    status: lastsMs > 0 ? "pending" : "success",
    total: source.content.size,
    beganAt: now,
    lastsMs,
    ...(lastsMs === 0 && { endedAt: now }),
  };
  const attributes = { ...copied(call, source, given), fields: source.fields };
  const done = { content: source.content, blocks: source.blocks };
  const draft = lastsMs > 0 ? { content: new PartialContent(source.content, 0, 0), blocks: [] } : done;
  const blob = replaceBlob(call, container, attributes, { ...draft, copy });
  server.later(lastsMs, () => finishCopy(call, blob, copy, done));
  return emptyResponse(202, {
    ...writtenHeaders(blob),
    "x-ms-copy-id": copy.id,
    "x-ms-copy-status": copy.status,
  });
}

function finishCopy(
  call: Call,
  blob: StoredBlob,
  copy: CopyState,
  done: Pick<StoredBlob, "content" | "blocks">,
): void {
  if (copy.status !== "pending") return;
  const { copyFailure } = call.server.settings;
  copy.status = copyFailure === undefined ? "success" : "failed";
  copy.endedAt = copy.beganAt + copy.lastsMs;
  if (copyFailure === undefined) Object.assign(blob, done);
  else copy.description = copyFailure;
  blob.etag = newEtag(call);
  blob.lastModified = wholeSeconds(call);
}

/** Abort Copy Blob: an empty blob stays. */
export function abortCopyBlob(call: Call): WireResponse {
  const { headers, query, server } = call;
  const action = headers.get("x-ms-copy-action")?.toLowerCase();
  if (action !== "abort") throw badHeader("x-ms-copy-action", action);
  const { entry, blob } = findCurrent(call);
  entry.lease.check(headers.get("x-ms-lease-id"), server.now(), "Blob", true);
  const { copy } = blob;
  if (copy?.status !== "pending") throw new AzureError("NoPendingCopyOperation");
  if (copy.id !== query.get("copyid")) throw new AzureError("CopyIdMismatch");
  copy.status = "aborted";
  copy.endedAt = server.now();
  return emptyResponse(204);
}

/** Metadata and tags of a copy: those that are given, or the source's metadata, and its tags where that is asked. */
function copied({ headers }: Call, source: StoredBlob, given: BlobAttributes): BlobAttributes {
  const option = headers.get("x-ms-copy-source-tag-option")?.toUpperCase() ?? "REPLACE";
  if (!["REPLACE", "COPY"].includes(option)) throw badHeader("x-ms-copy-source-tag-option", option);
  return {
    ...given,
    metadata: given.metadata.size > 0 ? given.metadata : source.metadata,
    tags: option === "COPY" ? source.tags : given.tags,
  };
}

function checkEmpty({ body }: Call): void {
  if (body?.declaredLength !== 0) throw badHeader("Content-Length", String(body?.declaredLength ?? ""));
}

function checkSource({ headers }: Call, { content, tier }: StoredBlob, offset: number, length: number) {
  if (tier === "Archive") throw new AzureError("BlobArchived");
  const name = "x-ms-source-content-crc64";
  const claimed = claimedChecksums(headers.get("x-ms-source-content-md5"), headers.get(name), name);
  const md5 = md5Of(content, offset, length);
  const crc64 = () => crc64Of(content, offset, length);
  if (claimed.md5 !== undefined && claimed.md5 !== md5) throw mismatch("Md5", claimed.md5, md5);
  if (claimed.crc64 !== undefined && claimed.crc64 !== crc64()) {
    throw mismatch("Crc64", claimed.crc64, crc64());
  }
  return { claimed, md5, crc64 };
}
