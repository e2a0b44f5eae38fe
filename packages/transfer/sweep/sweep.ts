/**
 * Finds and removes what writes left that did not come to their end: hidden files, and uploads that a service keeps.
 *
 * @module
 */
import { uriPathOf } from "@lade/core/backend";
import type { CallOptions } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { abortUpload, listUploads } from "@lade/core/operations";
import { system } from "@lade/core/system";
import { isLocalDirectory, localPathOf, locate, type Place } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";

/** Something that a process left which did not come to the end of a write. */
export interface Swept {
  /** A write that has begun, with the parts that are stored; or a hidden file, with which nobody can go on. */
  readonly kind: "upload" | "file";
  /** The object to be, or the hidden file. */
  readonly uri: string;
  /** When the upload was begun, or when somebody last wrote to the file. */
  readonly time: Date;
  /** Bytes that are stored, where that is known. */
  readonly size?: number;
  /** What the store calls the upload. */
  readonly id?: string;
  /** Why it could not be removed. */
  readonly error?: Error;
}

/** What is swept. */
export interface SweepOptions extends CallOptions {
  /** Spares what was begun or written to less than this many milliseconds ago; one day by default. */
  readonly olderThanMs?: number;
  /** Removes nothing, and yields what would be removed. */
  readonly dryRun?: boolean;
}

/** Removes the hidden files of unfinished writes below a local directory, and yields each of them. */
export type FileSweep = (
  path: string,
  options: SweepOptions,
) => AsyncIterable<{ readonly path: string; readonly size: number; readonly lastModified: Date }>;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Removes what dead processes left at a URI, that of an object or of all under a prefix, and yields each of it. Age alone
 * tells it from the write of a living process, and from one that is to be resumed. What cannot be removed is yielded with
 * its error, and the rest goes on.
 */
export async function* sweep(
  lade: UriCalls,
  uri: string,
  options: SweepOptions,
  sweepFiles: FileSweep,
): AsyncGenerator<Swept, void, void> {
  const place = await locate(lade, uri);
  let isEmpty = true;
  for await (const swept of sweepUploads(place, options)) {
    isEmpty = false;
    yield swept;
  }
  const path = localPathOf(place.uri);
  if (path === undefined) return;
  if (await isLocalDirectory(place.uri)) {
    for await (
      const { path: file, size, lastModified } of sweepFiles(path.replace(/(?<=.)\/+$/, ""), options)
    ) {
      yield { kind: "file", uri: `file://${uriPathOf(file)}`, time: lastModified, size };
    }
  } else if (isEmpty && !await isThere(path)) {
    throw new NotFoundError({ operation: "sweep", uri: place.uri, detail: "no such file or directory" });
  }
}

async function* sweepUploads(
  { store, key, uriOf }: Place,
  { olderThanMs = DAY_MS, dryRun = false, signal }: SweepOptions,
): AsyncGenerator<Swept, void, void> {
  const before = store.context.clock.now() - olderThanMs;
  const call = signal ? { signal } : {};
  const below = key === "" || key.endsWith("/") ? key : `${key}/`;
  for await (const { key: object, id, token, begun, bytes } of listUploads(store, key, call)) {
    if (begun.getTime() > before || object !== key && !object.startsWith(below)) continue;
    const swept: Swept = {
      kind: "upload",
      uri: uriOf(object),
      time: begun,
      id,
      ...(bytes !== undefined && { size: bytes }),
    };
    try {
      if (!dryRun) await abortUpload(store, object, token, call);
      yield swept;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      yield { ...swept, error };
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return await system.lstat(path).then(() => true, () => false);
}
