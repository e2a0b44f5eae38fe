import type { ObjectMeta, ProgressListener } from "@lade/core";
import type { Place } from "../places/place.ts";
import { askEtagMd5 } from "./ask_etag_md5.ts";
import { base64ToHex, md5Digits } from "./etag_form.ts";
import { readThrough } from "./read_through.ts";
import { type Algorithm, beginSum } from "./stream_sums.ts";

/** How an object is hashed. */
export interface HashOptions {
  /** The checksum that is wanted. */
  readonly algorithm: Algorithm;
  /** Takes that very checksum from the store where it has it, without a read; false by default. */
  readonly stored?: boolean;
  /** What a listing had of the object; else it is asked for. */
  readonly listed?: ObjectMeta | undefined;
  /** Called for each event of a read. */
  readonly onProgress?: ProgressListener | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** The checksum of an object. */
export interface ObjectHash {
  /** In hexadecimal digits. */
  readonly digits: string;
  /** Bytes of the object. */
  readonly size: number;
  /** Whether the store told it, and nothing was read. */
  readonly isStored: boolean;
}

/** The checksum of an object: of its bytes, or as its store has it. */
export async function hashObject({ store, key }: Place, options: HashOptions): Promise<ObjectHash> {
  const { algorithm, stored = false, listed, onProgress, signal } = options;
  let meta = listed ?? await store.head(key, { signal });
  if (stored) {
    if (listed && meta.checksums?.[algorithm] === undefined) meta = await store.head(key, { signal });
    const told = meta.checksums?.[algorithm] ??
      (algorithm === "md5" ? await etagMd5Of({ store, key, meta }, signal) : undefined);
    if (told !== undefined) return { digits: base64ToHex(told), size: meta.size, isStored: true };
  }
  const sum = beginSum(algorithm);
  await readThrough({ store, key, meta }, [sum], { onProgress, signal });
  return { digits: base64ToHex(sum.finish()), size: meta.size, isStored: false };
}

/** The MD5 that an etag is known to be. */
async function etagMd5Of(
  object: Parameters<typeof askEtagMd5>[0],
  signal: AbortSignal,
): Promise<string | undefined> {
  if (md5Digits(object.meta.etag) === undefined || object.meta.size === 0) return undefined;
  const told = await askEtagMd5(object, signal);
  return told?.certain ? told.md5 : undefined;
}
