import { type Clock, NotFoundError, type ObjectInfo, UnavailableError } from "@lade/core/backend";

// Smaller copies are made in a moment, and made again where their answer is lost.
const LOOKED_FOR_FROM_BYTES = 2 ** 26;
const LOOK_EVERY_MS = 5_000;

/** What a service answers a copy with. */
export type CopyAnswer = Pick<ObjectInfo, "etag" | "version">;

/** How a copy whose answer was lost is looked for. */
export interface CopySearch {
  /** What is copied. */
  readonly source: Pick<ObjectInfo, "size" | "etag">;
  /** Describes what is at the target; a `NotFoundError` where there is nothing. */
  head(): Promise<ObjectInfo>;
  /** Time. */
  readonly clock: Clock;
  /** How long a copy that is still being made is waited for, in milliseconds. */
  readonly patienceMs: number;
  /** Ends the search. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies; where the answer is lost, gives the copy that the service has made all the same: an object of the source's size,
 * from 64 MiB up, that was not at the target before. One that is being made is waited for. Else this fails as the copy did.
 */
export async function copyOrFind(search: CopySearch, copy: () => Promise<CopyAnswer>): Promise<CopyAnswer> {
  const before = await lookBefore(search);
  try {
    return await copy();
  } catch (error) {
    if (!before || !(error instanceof UnavailableError) || search.signal?.aborted) throw error;
    return await find(search, before.object, error);
  }
}

/** What is at the target before a copy that may take long; nothing where the copy is not worth a look. */
async function lookBefore(search: CopySearch): Promise<{ readonly object?: ObjectInfo } | undefined> {
  if (search.source.size < LOOKED_FOR_FROM_BYTES) return undefined;
  try {
    const object = await lookAt(search);
    return object ? { object } : {};
  } catch {
    return undefined;
  }
}

async function find(
  search: CopySearch,
  before: ObjectInfo | undefined,
  error: UnavailableError,
): Promise<CopyAnswer> {
  const { clock, patienceMs, signal } = search;
  const endMs = clock.monotonicMs() + patienceMs;
  for (;;) {
    const now = await lookAt(search).catch(() => {
      throw error;
    });
    if (now && isCopy(now, search, before)) return now;
    // What somebody else has put there since is not waited for to go away.
    const isReplaced = now && (!before || now.etag !== before.etag);
    if (isReplaced || clock.monotonicMs() >= endMs) throw error;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

function isCopy(now: ObjectInfo, { source }: CopySearch, before: ObjectInfo | undefined): boolean {
  if (now.size !== source.size) return false;
  if (before && now.etag === before.etag && now.lastModified.getTime() === before.lastModified.getTime()) {
    return false;
  }
  // The etag of an object made of parts is not that of its copy.
  return now.etag === source.etag || source.etag === undefined || source.etag.includes("-");
}

async function lookAt(search: CopySearch): Promise<ObjectInfo | undefined> {
  try {
    return await search.head();
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
