import type { DeleteResult } from "@lade/core";

/** Deletes in flight. */
const IN_FLIGHT = 16;

/** Deletes the keys as they arrive, a few at a time; leaving early waits for those in flight. */
export async function* deleteEach(
  remove: (key: string) => Promise<void>,
  keys: AsyncIterable<string> | Iterable<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<DeleteResult, void, void> {
  signal?.throwIfAborted();
  const flying: Promise<DeleteResult>[] = [];
  const result = async (flight: Promise<DeleteResult>) => {
    const result = await flight;
    signal?.throwIfAborted();
    return result;
  };
  try {
    for await (const key of keys) {
      signal?.throwIfAborted();
      flying.push(removeOne(remove, key));
      const oldest = flying.length < IN_FLIGHT ? undefined : flying.shift();
      if (oldest) yield await result(oldest);
    }
    for (let next = flying.shift(); next; next = flying.shift()) {
      yield await result(next);
    }
  } finally {
    await Promise.all(flying);
  }
}

async function removeOne(remove: (key: string) => Promise<void>, key: string): Promise<DeleteResult> {
  try {
    await remove(key);
    return { key };
  } catch (error) {
    return { key, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
