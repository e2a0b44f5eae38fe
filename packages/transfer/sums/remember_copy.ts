import { Sha256 } from "@lade/codec/hash";
import type { CopyObjectResult, ObjectMeta } from "@lade/core";
import { localPathOf, type Place } from "../places/place.ts";
import { identityOf, rowUri } from "./cache_rows.ts";
import type { ChecksumCache } from "./checksum_cache.ts";

/** A copy that was made. */
export interface MadeCopy {
  /** Where it was made from. */
  readonly from: Place;
  /** Where it is. */
  readonly to: Place;
  /** What a listing had of the source. */
  readonly listed?: ObjectMeta | undefined;
  /** What the copy came to. */
  readonly result: CopyObjectResult;
  /** When it began, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const sha256 = new Sha256();

/**
 * Remembers that two objects have the same content, and the checksums by which that was verified. Nothing where the
 * answers do not show which content was copied.
 */
export async function rememberCopy(cache: ChecksumCache, copy: MadeCopy): Promise<void> {
  const { from, to, result, sinceMs, signal } = copy;
  const source = sourceOf(copy);
  if (result.size === 0 || result.etag === undefined || source === undefined) return;
  const target = await targetOf(to, result, signal);
  const identity = identityOf(source);
  const uri = rowUri(from.uri);
  if (target === undefined || identity === undefined || uri === undefined) return;
  const checksums = {
    ...result.checksums,
    ...result.read?.checksums,
    pair: sha256.hex(`${uri}\0${identity}`).slice(0, 32),
  };
  cache.remember({ uri: from.uri, meta: source, checksums, sinceMs });
  cache.remember({ uri: to.uri, meta: target, checksums, sinceMs });
}

/** The source as it was copied. */
function sourceOf({ listed, result: { read, sourceEtag, size } }: MadeCopy): ObjectMeta | undefined {
  const source = read?.info ?? listed;
  if (!source || source.size !== size) return undefined;
  return read || (sourceEtag !== undefined && sourceEtag === source.etag) ? source : undefined;
}

/** The copy as a listing shows it. Of a local file the answer to the write does not have the time of change. */
async function targetOf(
  { key, store, uri }: Place,
  { etag, size }: CopyObjectResult,
  signal: AbortSignal,
): Promise<ObjectMeta | undefined> {
  if (localPathOf(uri) === undefined) {
    return { key, size, lastModified: new Date(0), ...(etag !== undefined && { etag }) };
  }
  try {
    const found = await store.head(key, { signal });
    return found.etag === etag ? found : undefined;
  } catch {
    signal.throwIfAborted();
    // Nobody else's change of it makes the copy a failure.
    return undefined;
  }
}
