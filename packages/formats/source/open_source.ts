import type { ObjectStore } from "@lade/core";
import type { ByteSource } from "./byte_source.ts";
import { decompressedSource, type DecompressedSourceOptions } from "./decompressed_source.ts";
import { ObjectSource, type ObjectSourceOptions } from "./object_source.ts";

/** Options of {@linkcode openSource}. */
export interface OpenSourceOptions extends ObjectSourceOptions, DecompressedSourceOptions {}

/**
 * Opens an object as a source of what it holds: of its bytes, or where it is compressed with zstd, of those that come of it.
 * These are all decompressed at once and kept in memory: see {@linkcode decompressedSource}.
 */
export async function openSource(
  store: ObjectStore,
  key: string,
  options: OpenSourceOptions = {},
): Promise<ByteSource> {
  const { maxSize, workers, ...open } = options;
  const source = await ObjectSource.open(store, key, open);
  const { signal } = options;
  return await decompressedSource(source, {
    budget: store.context.budget,
    ...(signal && { signal }),
    ...(maxSize !== undefined && { maxSize }),
    ...(workers !== undefined && { workers }),
  });
}
