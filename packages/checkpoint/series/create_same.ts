import { type IgnoredCondition, type ObjectStore, objectUri } from "@lade/core";
import { AlreadyExistsError, StoreError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import { UncertainError } from "../errors/errors.ts";
import { mostBytesOf, readSmall } from "./read_small.ts";

/** Options of {@linkcode createSame}. */
export interface CreateSameOptions {
  /** What to do where the store ignores the condition that nothing is replaced. */
  readonly ifIgnored?: IgnoredCondition | undefined;
  /** Whether what is there already is as good, though its bytes are others. */
  readonly isSame?: (found: Uint8Array) => boolean;
  /** What is done, for messages. */
  readonly operation: string;
  /** What to do where something else is there. */
  readonly advice?: string;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** Why something else may be where a rank saves. */
export const SAVED_ONCE = "a run saves each step once, by one process of each rank";

/** How often a call is made whose answer is lost and that has done nothing. */
export const TRIES = 3;

/**
 * Creates an object whose content is a function of its key's meaning, so that whoever creates it writes the same bytes:
 * that it is there already with these bytes is success, with others an `AlreadyExistsError`. Where the answer is lost, it is
 * read back; where that fails too, it is an `UncertainError`. Gives the bytes that were there already, if any were. More bytes
 * than are read back of such a key are a `RangeError`.
 */
export async function createSame(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array,
  { ifIgnored = "refuse", operation, advice, signal, isSame = () => false }: CreateSameOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const uri = objectUri(store.uri, key);
  const most = mostBytesOf(key);
  if (bytes.length > most) {
    throw new RangeError(
      `Cannot ${operation} ${
        JSON.stringify(uri)
      }: it has ${bytes.length} bytes, and ${most} at most are read: \
save fewer parts, larger chunkBytes, or less JSON besides`,
    );
  }
  // What is the same differs by times, or by how it was compressed, at most.
  const longest = 2 * bytes.length + 4096;
  for (let attempt = 1;; attempt++) {
    try {
      await store.put(key, bytes, { ifNoneMatch: "*", ifIgnored, ...(signal && { signal }) });
      return undefined;
    } catch (error) {
      signal?.throwIfAborted();
      if (!mayBeThere(error)) throw error;
      const other = (cause: unknown) =>
        new AlreadyExistsError({
          operation,
          uri,
          detail: "something else is saved there already",
          advice,
          cause,
        });
      const found = await readSmall(store, key, signal, Math.min(most, longest)).catch((cause) => {
        signal?.throwIfAborted();
        if (cause instanceof FormatError) throw other(cause);
        if (error instanceof AlreadyExistsError) throw cause;
        throw uncertain(operation, uri, cause);
      });
      if (found) {
        if (areEqual(found, bytes) || isSame(found)) return found;
        throw other(error);
      }
      if (attempt === TRIES) throw error;
    }
  }
}

/** Whether the object may be there although the call that creates it failed. */
export function mayBeThere(error: unknown): boolean {
  if (!(error instanceof StoreError)) return false;
  return error.retryable || error.code === "already-exists" || error.code === "service" ||
    error.code === "not-found";
}

function uncertain(operation: string, uri: string, cause: unknown): UncertainError {
  return new UncertainError({
    operation,
    uri,
    detail: "the answer was lost, and it cannot be read back: it may be there",
    advice: "recover() finds out",
    cause,
  });
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, place) => byte === b[place]);
}
