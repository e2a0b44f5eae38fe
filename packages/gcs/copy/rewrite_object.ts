import { ChecksumMismatchError, type CopyOptions, type ObjectInfo, type PutResult } from "@lade/core/backend";
import { unlikeService } from "@lade/service/body";
import { blameSource, CopyProgress, sendHeld } from "@lade/service/copy";
import type { ServiceCopy } from "@lade/service/store";
import { askJson, jsonBody } from "../client/ask_json.ts";
import { generationQuery } from "../client/gcs_conditions.ts";
import { GCS_NAMES } from "../client/gcs_names.ts";
import { type GcsTarget, jsonPath } from "../client/gcs_target.ts";
import { headObject } from "../objects/read_object.ts";
import { type ObjectResource, receiptOf } from "../objects/resource.ts";
import { removeWritten } from "../write/check_written.ts";

/** The path below which the JSON API has objects. */
const ROOT = "/storage/v1";
/** Between requests that got the copy no further. */
const WAIT_MS = 1_000;

/** A copy whose source was looked at. */
export interface SeenCopy extends ServiceCopy<GcsTarget> {
  /** What is copied. */
  readonly source: ObjectInfo;
  /** How the copy is described. */
  readonly described: ObjectResource;
}

/** What a request says of how far the copy is ("Objects: rewrite"). */
interface Rewritten {
  readonly rewriteToken?: string;
  readonly totalBytesRewritten?: string;
  readonly resource?: ObjectResource;
}

/**
 * Has the service copy what was seen: what is large and goes to another place or class takes several requests, each of which
 * goes on where the one before ended. A copy that is not of the source's bytes is removed again, unless it stands in the
 * source's place. `more` goes into the query.
 */
export async function rewriteObject(
  copy: SeenCopy,
  options: CopyOptions,
  more: Readonly<Record<string, string>> = {},
): Promise<PutResult> {
  const { from, to, fromKey, toKey, calls, source, described } = copy;
  const { context: { clock }, config: { bounds } } = to;
  const { signal, sourceVersion } = options;
  const { etag: seen = "", checksums, size } = source;
  const begunMs = clock.now();
  const isHeld = options.ifMatch !== undefined || options.ifNoneMatch !== undefined;
  const request = {
    method: "POST",
    document: "storage#rewriteResponse",
    path: `${jsonPath(from, fromKey)}/rewriteTo${jsonPath(to, toKey).slice(ROOT.length)}`,
    ...jsonBody(described),
    idempotent: !isHeld,
    ...(isHeld && { retryable: () => false }),
    firstByteTimeoutMs: bounds.slowAnswerTimeoutMs,
    signal,
    call: calls.to,
  } as const;
  const query = {
    ...generationQuery(options),
    ...sourceVersion === undefined ? { ifSourceGenerationMatch: seen } : { sourceGeneration: seen },
    destinationKmsKeyName: to.config.kmsKey,
    ...more,
  };

  const asked = signal ? { signal } : {};
  const held = { made: source, clock, head: () => headObject(to, toKey, asked, calls.to), ...options };
  const ask = (rewriteToken: string | undefined) => {
    const send = () => askJson<Rewritten>(to, { ...request, query: { ...query, rewriteToken } });
    return isHeld ? sendHeld(held, send) : send();
  };

  async function rewrite(): Promise<ObjectResource> {
    const progress = new CopyProgress(calls.to, clock, bounds.slowAnswerTimeoutMs);
    let token: string | undefined;
    for (;;) {
      const { resource, rewriteToken, totalBytesRewritten } = await ask(token);
      if (resource) return resource;
      if (!rewriteToken) {
        throw unlikeService(calls.to, GCS_NAMES.service, "it neither makes the copy nor names how to go on");
      }
      token = rewriteToken;
      // More than all there is, is no progress.
      const made = Math.min(Number(totalBytesRewritten), size);
      if (!progress.note(`${made}`)) await clock.sleep(WAIT_MS, signal);
    }
  }

  const look = { ...asked, ...(sourceVersion !== undefined && { version: sourceVersion }) };
  const made = await rewrite().catch(async (error) => {
    throw await blameSource(error, seen, calls.from, () => headObject(from, fromKey, look, calls.from));
  });
  const receipt = receiptOf(made, calls.to, toKey);
  const { checksums: { crc32c } = {}, version } = receipt;
  if (receipt.size === size && crc32c === (checksums?.crc32c ?? crc32c)) return receipt;
  const isInPlace = from.bucket === to.bucket && fromKey === toKey;
  if (!isInPlace) await removeWritten(to, toKey, version, begunMs, calls.to);
  const detail =
    `the copy had ${receipt.size} bytes with CRC-32C ${crc32c}, and its source has ${size} with ${checksums?.crc32c}`;
  throw new ChecksumMismatchError({
    operation: calls.to.operation,
    uri: calls.to.uri,
    detail,
    retryable: true,
  });
}
