import { type CopyOptions, NotFoundError, type ObjectInfo, UnavailableError } from "@lade/core/backend";
import { headObject } from "../objects/head_object.ts";
import type { CopySource, CopyTarget } from "./copy_target.ts";

// Smaller copies are made in a moment, and made again where their answer is lost.
const LOOKED_FOR_FROM_BYTES = 2 ** 26;
const LOOK_EVERY_MS = 5_000;

/** What was at the target before a copy; nothing where the copy is not worth a look. */
export interface BeforeCopy {
  /** The object; absent where there was none. */
  readonly object?: ObjectInfo;
}

/** Looks at the target of a copy that may take long, so that the copy can be told from what was there. */
export async function lookBefore(
  target: CopyTarget,
  source: CopySource,
  options: CopyOptions,
): Promise<BeforeCopy | undefined> {
  if (source.size < LOOKED_FOR_FROM_BYTES) return undefined;
  const object = await lookAt(target, options).catch(() => "unknown" as const);
  if (object === "unknown") return undefined;
  return object ? { object } : {};
}

/**
 * The copy whose answer was lost, where the service has made it all the same: an object of the source's size that was
 * not there before. One that is being made is waited for as long as the patience lasts. Else this rejects with `error`.
 */
export async function findCopy(
  target: CopyTarget,
  source: CopySource,
  options: CopyOptions,
  before: BeforeCopy | undefined,
  error: unknown,
): Promise<ObjectInfo> {
  const { clock, config: { bounds } } = target.connection;
  if (!before || !(error instanceof UnavailableError) || options.signal?.aborted) throw error;
  const endMs = clock.monotonicMs() + bounds.patienceMs;
  for (;;) {
    const now = await lookAt(target, options).catch(() => {
      throw error;
    });
    if (now && isCopy(now, source, before)) return now;
    // What somebody else has put there since is not waited for to go away.
    const isReplaced = now && (!before.object || now.etag !== before.object.etag);
    if (isReplaced || clock.monotonicMs() >= endMs) throw error;
    await clock.sleep(LOOK_EVERY_MS, options.signal);
  }
}

function isCopy(now: ObjectInfo, source: CopySource, { object: before }: BeforeCopy): boolean {
  if (now.size !== source.size) return false;
  if (before && now.etag === before.etag && now.lastModified.getTime() === before.lastModified.getTime()) {
    return false;
  }
  // The etag of an object made of parts is not that of its copy.
  return now.etag === source.etag || source.etag === undefined || source.etag.includes("-");
}

async function lookAt(
  { connection, toUri, to }: CopyTarget,
  { signal }: CopyOptions,
): Promise<ObjectInfo | undefined> {
  try {
    return await headObject(connection, toUri, to, signal === undefined ? {} : { signal });
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
