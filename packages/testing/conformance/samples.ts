import { setImmediate } from "node:timers/promises";
import type { CommonPrefix, GetOptions, GetResult, ObjectMeta, ObjectStore } from "@lade/core/backend";

const CONCURRENCY = 32;

/** Lets timers and the system have their turn, which calls of a store that waits for nothing never do. */
export function nextTurn(): Promise<void> {
  return setImmediate();
}

/** Bytes without a short period, the same for the same seed. */
export function sampleBytes(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = seed * 0x9e3779b1 | 1;
  for (let i = 0; i < size; i++) {
    state = Math.imul(state, 0x915f77f5) + 0x6a09e667 | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** The UTF-8 bytes of a text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** The text of an object. */
export async function textOf(store: ObjectStore, key: string, options?: GetOptions): Promise<string> {
  return new TextDecoder().decode(await bytesIn(store, key, options));
}

/** The bytes of an object. */
export async function bytesIn(
  store: ObjectStore,
  key: string,
  options?: GetOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  return await readAll(await store.get(key, options));
}

/** Reads a result to its end. */
export async function readAll(result: GetResult): Promise<Uint8Array<ArrayBuffer>> {
  // One byte more than is told, so that a body that is too long shows.
  const target = new Uint8Array(result.range.length - result.bytesRead + 1);
  return target.subarray(0, await result.readInto(target));
}

/** Reads a stream to its end. */
export async function readStream(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

/** Writes an object under each key, its content being the key. */
export async function putAll(store: ObjectStore, keys: readonly string[]): Promise<void> {
  for (let i = 0; i < keys.length; i += CONCURRENCY) {
    await Promise.all(keys.slice(i, i + CONCURRENCY).map((key) => store.put(key, bytesOf(key))));
  }
}

/** Everything an iterable gives. */
export async function collect<T>(entries: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

/** The keys (and common prefixes) of a listing. */
export async function namesIn(entries: AsyncIterable<ObjectMeta | CommonPrefix>): Promise<string[]> {
  return (await collect(entries)).map((entry) => "prefix" in entry ? entry.prefix : entry.key);
}

/** Whether an object is there, by `head` and by `list`, which have to agree. */
export async function isThere(store: ObjectStore, key: string): Promise<boolean> {
  const listed = (await namesIn(store.list(key))).includes(key);
  let found = true;
  try {
    await store.head(key);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "NotFoundError") throw error;
    found = false;
  }
  if (found !== listed) {
    throw new Error(`head() and list() disagree on whether ${JSON.stringify(key)} exists`);
  }
  return found;
}
