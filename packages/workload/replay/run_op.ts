import type { ByteRange, CallOptions, GetResult } from "@lade/core";
import { copyObject, moveObject } from "@lade/core/operations";
import type { ChosenOp } from "./choose_ops.ts";
import type { ReplayContent } from "./content.ts";
import type { PlaceIn, Places } from "./places.ts";
import { ONE_PIECE } from "./replay_options.ts";

/** What an operation came to. */
export interface OpResult {
  /** Bytes of content that came or went. */
  readonly bytes: number;
  /** Objects, of a listing its entries. */
  readonly objects: number;
}

/** What operations share. */
export interface OpTools {
  /** The stores. */
  readonly places: Places;
  /** What is written. */
  readonly content: ReplayContent;
  /** Memory that nothing runs with now: what is read goes there, and nobody looks at it. */
  readonly free: Uint8Array[];
}

const PIECE = 2 ** 20;
const SCRATCH = 2 ** 18;

/** Makes an operation of a log ready, so that what it does takes no time but the store's. */
export async function readyOp(
  { kind, row, place, toPlace }: ChosenOp,
  { places, content, free }: OpTools,
  call: CallOptions,
): Promise<() => Promise<OpResult>> {
  const at = await places.find(place);
  const { store, key } = at;
  const one = { bytes: 0, objects: 1 };
  switch (kind) {
    case "GET": {
      const range = rangeOf(row);
      const options = range ? { ...call, range } : call;
      return async () => ({ bytes: await readAll(await store.get(key, options), free), objects: 1 });
    }
    case "STAT":
      return async () => (await store.head(key, call), one);
    case "PUT": {
      const put = readyPut(at, row.bytes, content, call);
      return async () => (await put(), { bytes: row.bytes, objects: 1 });
    }
    case "DELETE":
      return async () => (await store.delete(key, call), one);
    case "LIST":
      return async () => {
        const isLevel = row.call === "listWithDelimiter";
        let objects = 0;
        for await (const _ of isLevel ? store.listWithDelimiter(key, call) : store.list(key, call)) objects++;
        return { bytes: 0, objects };
      };
    case "COPY":
    case "RENAME": {
      if (!toPlace) throw new TypeError(`${kind} needs a place to go to`);
      const to = await places.find(toPlace);
      return async () => {
        if (kind === "RENAME") await moveObject(store, key, to.store, to.key, call);
        else if (store === to.store) await store.copy(key, to.key, call);
        else await copyObject(store, key, to.store, to.key, call);
        return one;
      };
    }
  }
}

/** What of an object was asked for. The last bytes have no offset where nothing was answered. */
function rangeOf({ offset, length }: ChosenOp["row"]): ByteRange | undefined {
  if (offset !== undefined) return { offset, ...(length !== undefined && { length }) };
  return length === undefined ? undefined : { suffixLength: length };
}

/** Reads to the end. The memory is its own meanwhile: stores compute checksums there. */
async function readAll(result: GetResult, free: Uint8Array[]): Promise<number> {
  const target = free.pop() ?? new Uint8Array(SCRATCH);
  try {
    while (await result.readInto(target) === target.length);
    return result.bytesRead;
  } finally {
    await result.cancel();
    free.push(target);
  }
}

/** Makes generated content ready to be written: in one piece where it is small, else piece by piece. */
export function readyPut(
  { store, key }: PlaceIn,
  size: number,
  content: ReplayContent,
  call: CallOptions,
): () => Promise<void> {
  if (size <= ONE_PIECE) {
    const bytes = new Uint8Array(size);
    content.fill(key, 0, bytes);
    return async () => void await store.put(key, bytes, call);
  }
  return async () => {
    const writer = await store.createWriter(key, call);
    try {
      const piece = new Uint8Array(PIECE);
      for (let offset = 0; offset < size; offset += PIECE) {
        const bytes = piece.subarray(0, Math.min(PIECE, size - offset));
        content.fill(key, offset, bytes);
        await writer.write(bytes);
      }
      await writer.close();
    } catch (error) {
      await writer.abort(error);
      throw error;
    }
  };
}
