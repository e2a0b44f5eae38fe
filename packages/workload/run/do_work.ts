import type { CallOptions, GetResult } from "@lade/core";
import type { Clock } from "@lade/core/backend";
import { ChecksumMismatchError } from "@lade/core/errors";
import type { DataSource } from "../data/data_source.ts";
import { ONE_PIECE } from "../replay/replay_options.ts";
import type { Buffers } from "./buffers.ts";
import type { LiveSet } from "./live_set.ts";
import type { MarkedPrefix } from "./marked_prefix.ts";
import type { Work } from "./work.ts";

/** What operations work with. */
export interface WorkTools {
  readonly place: MarkedPrefix;
  readonly contents: ReadonlyMap<LiveSet, DataSource>;
  readonly buffers: Buffers;
  readonly clock: Clock;
}

/** What an operation came to. */
export interface Done {
  /** Bytes of content that came or went. */
  readonly bytes: number;
  /** Objects, of a listing its entries. */
  readonly objects: number;
  /** When the store had an answer, of one that reads content. */
  readonly answeredMs?: number;
}

/** Bytes that are not those that were written. */
export class CorruptObjectError extends ChecksumMismatchError {
  override readonly name: string = "CorruptObjectError";
  /** The object. */
  readonly key: string;
  /** The place of the first wrong byte in it. */
  readonly offset: number;

  constructor(uri: string, key: string, offset: number) {
    super({
      operation: "verify",
      uri,
      detail: `its byte ${offset} is not the one that was written`,
    });
    this.key = key;
    this.offset = offset;
  }
}

/** Of what is written piece by piece. */
const PIECE = 2 ** 20;
const SCRATCH = 2 ** 18;

/** Bytes of memory that an operation holds. */
export function memoryOf({ op, size }: Work): number {
  if (op === "put") return size <= ONE_PIECE ? size : PIECE;
  return op === "get" || op === "get-range" ? Math.min(size, SCRATCH) : 0;
}

/**
 * Makes an operation ready, so that what it does takes no time but the store's. It is to be done; its memory is given back
 * when it has ended.
 */
export function readyWork(work: Work, tools: WorkTools, call: CallOptions): () => Promise<Done> {
  const { op, set, number, size, offset } = work;
  const { store, prefix } = tools.place;
  const key = prefix + (op === "list" ? set.prefixOf(number) : set.keyOf(number));
  switch (op) {
    case "put":
      return size <= ONE_PIECE ? readyPut(work, key, tools, call) : () => write(work, key, tools, call);
    case "get":
      return async () => await read(work, key, await store.get(key, call), tools);
    case "get-range":
      // An empty object has no range but its whole.
      return async () => {
        const options = size === 0 ? call : { ...call, range: { offset, length: size } };
        return await read(work, key, await store.get(key, options), tools);
      };
    case "stat":
      return async () => (await store.head(key, call), { bytes: 0, objects: 1 });
    case "delete":
      return async () => (await store.delete(key, call), { bytes: 0, objects: 1 });
    case "list":
      return async () => {
        let objects = 0;
        for await (const _ of store.list(key, { ...call, limit: size })) objects++;
        return { bytes: 0, objects };
      };
  }
}

function readyPut(
  { set, number, size }: Work,
  key: string,
  { place, contents, buffers }: WorkTools,
  call: CallOptions,
): () => Promise<Done> {
  const bytes = buffers.take(size);
  contents.get(set)?.fill(number, 0, bytes);
  return async () => {
    try {
      await place.store.put(key, bytes, call);
      return { bytes: size, objects: 1 };
    } finally {
      buffers.give(bytes);
    }
  };
}

async function write(
  { set, number, size }: Work,
  key: string,
  { place, contents, buffers }: WorkTools,
  call: CallOptions,
): Promise<Done> {
  const writer = await place.store.createWriter(key, call);
  const piece = buffers.take(PIECE);
  try {
    for (let offset = 0; offset < size; offset += PIECE) {
      const bytes = piece.subarray(0, Math.min(PIECE, size - offset));
      contents.get(set)?.fill(number, offset, bytes);
      await writer.write(bytes);
    }
    await writer.close();
    return { bytes: size, objects: 1 };
  } catch (error) {
    await writer.abort(error);
    throw error;
  } finally {
    buffers.give(piece);
  }
}

async function read(
  { set, number, size, offset, isVerified }: Work,
  key: string,
  result: GetResult,
  tools: WorkTools,
): Promise<Done> {
  const { contents, buffers, clock } = tools;
  const answeredMs = clock.monotonicMs();
  const target = buffers.take(SCRATCH);
  const wrongAt = (place: number) => new CorruptObjectError(tools.place.uri + set.keyOf(number), key, place);
  try {
    const end = offset + size;
    for (let at = offset;;) {
      const count = await result.readInto(target);
      // The size is part of what was written, and costs nothing to compare.
      if (at + count > end) throw wrongAt(end);
      const wrong = isVerified ? contents.get(set)?.verify(number, at, target.subarray(0, count)) : undefined;
      if (wrong !== undefined) throw wrongAt(at + wrong);
      at += count;
      if (count === target.length) continue;
      if (at < end) throw wrongAt(at);
      break;
    }
    const { bytesRead } = result;
    return { bytes: bytesRead, objects: 1, answeredMs };
  } finally {
    await result.cancel();
    buffers.give(target);
  }
}
