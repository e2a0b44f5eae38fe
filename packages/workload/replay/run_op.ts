import type { ByteRange, CallOptions, GetResult, PutOptions } from "@lade/core";
import { ChecksumMismatchError } from "@lade/core/errors";
import { copyObject, moveObject } from "@lade/core/operations";
import type { DataSource } from "../data/data_source.ts";
import type { ChosenOp } from "./choose_ops.ts";
import type { PlaceIn, Places } from "./places.ts";
import { ONE_PIECE } from "./replay_options.ts";
import type { WrittenNames } from "./written_names.ts";

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
  readonly data: DataSource;
  /** What content objects have; absent where what is read is not compared. */
  readonly names?: WrittenNames | undefined;
  /** Memory that nothing runs with now: what is read goes there, and nobody looks at it. */
  readonly free: Uint8Array[];
}

const PIECE = 2 ** 20;
const SCRATCH = 2 ** 18;

/** Makes an operation of a log ready, so that what it does takes no time but the store's. */
export async function readyOp(
  { kind, row, place, toPlace }: ChosenOp,
  { places, data, names, free }: OpTools,
  call: CallOptions,
): Promise<() => Promise<OpResult>> {
  const at = await places.find(place);
  const { store, key } = at;
  const uri = place.base + place.rest;
  const one = { bytes: 0, objects: 1 };
  switch (kind) {
    case "GET": {
      const range = rangeOf(row);
      const options = range ? { ...call, range } : call;
      const check = names && ((offset: number, bytes: Uint8Array) => {
        const wrong = data.verify(names.nameOf(uri, key), offset, bytes);
        if (wrong !== undefined) {
          throw notGenerated(uri, `byte ${offset + wrong} is not the one that was generated`);
        }
      });
      return async () => {
        const bytes = await readAll(await store.get(key, options), free, check);
        if (names && row.error === undefined && bytes < row.bytes) {
          throw notGenerated(uri, `${bytes} bytes came, where the log has ${row.bytes}`);
        }
        return { bytes, objects: 1 };
      };
    }
    case "STAT":
      return async () => (await store.head(key, call), one);
    case "PUT": {
      const put = readyPut(at, row.bytes, data, call);
      return async () => {
        await put();
        names?.forget(uri);
        return { bytes: row.bytes, objects: 1 };
      };
    }
    case "DELETE":
      return async () => {
        await store.delete(key, call);
        names?.forget(uri);
        return one;
      };
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
        names?.set(toPlace.base + toPlace.rest, names.nameOf(uri, key));
        if (kind === "RENAME") names?.forget(uri);
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

function notGenerated(uri: string, detail: string): ChecksumMismatchError {
  const advice = "what was written by other programs, or with another seed, can not be verified";
  return new ChecksumMismatchError({ operation: "verify", uri, detail, advice });
}

/** Reads to the end. The memory is its own meanwhile: stores compute checksums there. */
async function readAll(
  result: GetResult,
  free: Uint8Array[],
  check?: (offset: number, bytes: Uint8Array) => void,
): Promise<number> {
  const target = free.pop() ?? new Uint8Array(SCRATCH);
  try {
    for (let count = target.length; count === target.length;) {
      count = await result.readInto(target);
      check?.(result.range.offset + result.bytesRead - count, target.subarray(0, count));
    }
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
  data: DataSource,
  call: PutOptions,
): () => Promise<void> {
  if (size <= ONE_PIECE) {
    const bytes = new Uint8Array(size);
    data.fill(key, 0, bytes);
    return async () => void await store.put(key, bytes, call);
  }
  return async () => {
    const writer = await store.createWriter(key, call);
    try {
      const piece = new Uint8Array(PIECE);
      const reader = data.reader(key, size);
      while (reader.left > 0) await writer.write(piece.subarray(0, reader.read(piece)));
      await writer.close();
    } catch (error) {
      await writer.abort(error);
      throw error;
    }
  };
}
