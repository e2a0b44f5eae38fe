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
  /** Where all that is read goes, which nobody looks at. */
  readonly scratch: Uint8Array;
}

const PIECE = 2 ** 20;

/** Does an operation of a log. */
export async function runOp(
  { kind, row, place, toPlace }: ChosenOp,
  tools: OpTools,
  call: CallOptions,
): Promise<OpResult> {
  const at = await tools.places.find(place);
  const { store, key } = at;
  switch (kind) {
    case "GET": {
      const range = rangeOf(row);
      const result = await store.get(key, range ? { ...call, range } : call);
      return { bytes: await readAll(result, tools.scratch), objects: 1 };
    }
    case "STAT":
      await store.head(key, call);
      return { bytes: 0, objects: 1 };
    case "PUT":
      await putGenerated(at, row.bytes, tools.content, call);
      return { bytes: row.bytes, objects: 1 };
    case "DELETE":
      await store.delete(key, call);
      return { bytes: 0, objects: 1 };
    case "LIST": {
      const isLevel = row.call === "listWithDelimiter";
      let objects = 0;
      for await (const _ of isLevel ? store.listWithDelimiter(key, call) : store.list(key, call)) objects++;
      return { bytes: 0, objects };
    }
    case "COPY":
    case "RENAME": {
      if (!toPlace) throw new TypeError(`${kind} needs a place to go to`);
      const to = await tools.places.find(toPlace);
      if (kind === "RENAME") await moveObject(store, key, to.store, to.key, call);
      else if (store === to.store) await store.copy(key, to.key, call);
      else await copyObject(store, key, to.store, to.key, call);
      return { bytes: 0, objects: 1 };
    }
  }
}

/** What of an object was asked for. The last bytes have no offset where nothing was answered. */
function rangeOf({ offset, length }: ChosenOp["row"]): ByteRange | undefined {
  if (offset !== undefined) return { offset, ...(length !== undefined && { length }) };
  return length === undefined ? undefined : { suffixLength: length };
}

async function readAll(result: GetResult, scratch: Uint8Array): Promise<number> {
  try {
    while (await result.readInto(scratch) === scratch.length);
    return result.bytesRead;
  } finally {
    await result.cancel();
  }
}

/** Writes generated content: in one piece where it is small, else piece by piece. */
export async function putGenerated(
  { store, key }: PlaceIn,
  size: number,
  content: ReplayContent,
  call: CallOptions,
): Promise<void> {
  if (size <= ONE_PIECE) {
    const bytes = new Uint8Array(size);
    content.fill(key, 0, bytes);
    await store.put(key, bytes, call);
    return;
  }
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
}
