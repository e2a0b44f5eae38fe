import { Buffer } from "node:buffer";
import { copyObject, objectUri, readChunks } from "@lade/core";
import { AlreadyExistsError, NotFoundError } from "@lade/core/errors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import type { DataObject } from "../record/piece_bytes.ts";
import type { Series } from "../series/series.ts";

/**
 * Copies an object of data to the other series, where nothing is replaced: one that is there already is compared byte by byte
 * and taken where it is the same, else it is an `AlreadyExistsError`. Says whether it was copied.
 */
export async function copySame(
  from: Series,
  { key, size }: DataObject,
  to: Series,
  { isThere, signal }: { readonly isThere: boolean; readonly signal: AbortSignal },
): Promise<boolean> {
  const { ifIgnored } = to;
  if (!isThere) {
    try {
      const condition = { ifNoneMatch: "*", ifIgnored } as const;
      // Dated by when it is copied: by an older time it could be taken for what was given up.
      const options = { ...condition, keepTime: false, waitForBudget: true, signal };
      const written = await copyObject(from.store, key, to.store, key, options);
      if (written.size === size) return true;
      throw changed(from, key, `it has ${written.size} bytes, not ${size}`);
    } catch (error) {
      if (error instanceof NotFoundError) throw changed(from, key, "it is gone", error);
      if (!(error instanceof AlreadyExistsError)) throw error;
    }
  }
  if (await areSame(from, to, key, signal)) return false;
  throw new AlreadyExistsError({
    operation: `copy ${JSON.stringify(objectUri(from.store.uri, key))} to`,
    uri: objectUri(to.store.uri, key),
    detail: "something else lies there already",
  });
}

function changed({ store }: Series, key: string, detail: string, cause?: unknown): InvalidCheckpointError {
  const uri = objectUri(store.uri, key);
  return new InvalidCheckpointError({
    operation: "copy",
    uri,
    detail,
    ...(cause !== undefined && { cause }),
  });
}

/** Whether both have the same bytes under a key. */
async function areSame(from: Series, to: Series, key: string, signal: AbortSignal): Promise<boolean> {
  await using one = await readChunks(from.store, key, { signal });
  await using other = await readChunks(to.store, key, { signal });
  if (one.info.size !== other.info.size) return false;
  const others = other[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of one) {
    for (let bytes: Uint8Array = chunk; bytes.length > 0;) {
      if (rest.length === 0) {
        const next = await others.next();
        if (next.done) return false;
        rest = next.value;
      }
      const length = Math.min(rest.length, bytes.length);
      if (Buffer.compare(bytes.subarray(0, length), rest.subarray(0, length)) !== 0) return false;
      bytes = bytes.subarray(length);
      rest = rest.subarray(length);
    }
  }
  return true;
}
