import { ChecksumMismatchError } from "@lade/core/backend";
import type { TransportResponse } from "@lade/service/http";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { md5Digits } from "../objects/etag_md5.ts";
import { unquoteEtag } from "@lade/service/body";
import type { SentPart } from "./sent_part.ts";

/**
 * Holds the etag of written bytes against their MD5, where the service confirmed no checksum of them. Takes 1.5 ms of a core
 * for each MiB; an etag of encrypted bytes shows nothing, nor do those of a service where the first one was no MD5.
 */
export async function compareEtag(
  { traits }: S3Connection,
  { headers }: TransportResponse,
  bytes: Uint8Array,
  call: FailedCall,
): Promise<void> {
  const etag = traits.md5Etags.mayTell ? md5Digits(headers) : undefined;
  if (etag === undefined) return;
  const { createHash } = await import("node:crypto");
  const md5 = createHash("md5").update(bytes).digest("hex");
  if (traits.md5Etags.differs(md5 === etag)) throw otherBytes(call, `MD5 ${etag}, ${md5} was sent`);
}

/** Holds the etag of an object made of parts against theirs, where the service keeps no checksum. */
export async function compareObjectEtag(
  { traits }: S3Connection,
  etag: string,
  parts: readonly SentPart[],
  call: FailedCall,
): Promise<void> {
  const due = await etagOfParts(parts);
  if (due === undefined || !traits.md5OfParts.mayTell || !/^[0-9a-f]{32}-\d+$/i.test(etag)) return;
  if (traits.md5OfParts.differs(due === etag.toLowerCase())) {
    throw otherBytes(call, `etag ${etag}, its parts make ${due}`);
  }
}

/** The etag of an object made of parts whose own etags are MD5 sums; `undefined` where they are none. */
export async function etagOfParts(parts: readonly SentPart[]): Promise<string | undefined> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("md5");
  for (const part of parts) {
    const etag = unquoteEtag(part.etag) ?? "";
    if (!/^[0-9a-f]{32}$/i.test(etag)) return undefined;
    hash.update(etag, "hex");
  }
  return `${hash.digest("hex")}-${parts.length}`;
}

function otherBytes({ operation, uri }: FailedCall, what: string): ChecksumMismatchError {
  return new ChecksumMismatchError({
    operation,
    uri,
    detail: `the service stored other bytes than were sent: ${what}`,
    retryable: true,
  });
}
