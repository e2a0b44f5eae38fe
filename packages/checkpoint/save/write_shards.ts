import { crc32c, objectUri, readChunks } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { AlreadyExistsError } from "@lade/core/errors";
import {
  planSafetensors,
  type SafetensorsPlan,
  type TensorToWrite,
  writeSafetensors,
} from "@lade/formats/safetensors";
import { shardKey } from "../keys/series_keys.ts";
import type { DataObject } from "../record/piece_bytes.ts";
import type { StoredPiece } from "../record/rank_record.ts";
import { mayBeThere, TRIES } from "../series/create_same.ts";
import type { Series } from "../series/series.ts";
import { ChunkSums } from "./chunk_sums.ts";
import type { PlannedPiece } from "./plan_save.ts";

/** Where the files of a rank go. */
export interface ShardPlace {
  readonly attempt: string;
  readonly rank: number;
  readonly worldSize: number;
}

/** Options of {@linkcode writeShards}. */
export interface WriteShardsOptions {
  /** Bytes that one checksum is of. */
  readonly chunkBytes: number;
  /** Called as soon as the memory of the parts of a file is free. */
  readonly onWritten?: (file: number) => void;
  readonly signal: AbortSignal;
}

/** What was written of a rank. */
export interface WrittenShards {
  readonly shards: readonly DataObject[];
  readonly pieces: readonly StoredPiece[];
}

/** Files that are written at the same time. */
const AT_ONCE = 4;
/** How many names are tried where files of an earlier try lie. */
const NAMES = 1000;

/** Writes files of tensors, several at a time, none of which replaces another object. */
export async function writeShards(
  series: Series,
  place: ShardPlace,
  files: readonly (readonly PlannedPiece[])[],
  { chunkBytes, onWritten, signal }: WriteShardsOptions,
): Promise<WrittenShards> {
  const written = new Array<WrittenShards | undefined>(files.length).fill(undefined);
  // Each file has names of its own, so that none takes that of another.
  const nameOf = (file: number, attempt: number) =>
    shardKey(place.attempt, { ...place, number: file + 1 + attempt * files.length });
  await inParallel(files.entries(), AT_ONCE, async ([file, pieces], signal) => {
    if (pieces.length > 0) {
      written[file] = await writeShard(
        series,
        (attempt) => nameOf(file, attempt),
        pieces,
        {
          chunkBytes,
          signal,
        },
      );
    }
    onWritten?.(file);
  }, signal);
  const all = written.flatMap((one) => one ?? []);
  return {
    shards: all.flatMap(({ shards }) => shards),
    pieces: all.flatMap(({ pieces }, shard) => pieces.map((piece) => ({ ...piece, shard }))),
  };
}

async function writeShard(
  series: Series,
  nameOf: (attempt: number) => string,
  pieces: readonly PlannedPiece[],
  { chunkBytes, signal }: { readonly chunkBytes: number; readonly signal: AbortSignal },
): Promise<WrittenShards> {
  const { store, ifIgnored } = series;
  const metadata = { format: "pt", DCP_VERSION: "1.0", DCP_SHARDING_INFO: shardingInfo(pieces) };
  const tensors = pieces.map(({ name, dtype, shape, data }) => ({ name, dtype, shape, data }));
  const plan = planSafetensors(tensors, { metadata });
  for (let attempt = 0, lost = 0; attempt < NAMES;) {
    const key = nameOf(attempt);
    const sums = new ChunkSums(plan.tensors, chunkBytes);
    const onBytes = (_: number, bytes: Uint8Array) => sums.show(bytes);
    try {
      await writeSafetensors(store, key, tensors, { metadata, onBytes, ifNoneMatch: "*", ifIgnored, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AlreadyExistsError)) {
        // Whether it is there shows by the same name.
        if (!mayBeThere(error) || ++lost === TRIES) throw error;
        continue;
      }
      // Of this rank, from a try whose answer was lost or that was made again: it is taken where it is the same.
      if (sums.position < plan.size) {
        for await (const bytes of contentOf(plan, tensors, sums.position)) sums.show(bytes);
      }
      if (!await isWhole(series, key, { size: plan.size, sum: sums.whole }, signal)) {
        attempt++;
        continue;
      }
    }
    const byName = new Map(pieces.map((piece) => [piece.name, piece]));
    return {
      shards: [{ key, size: plan.size }],
      pieces: plan.tensors.flatMap(({ name, offset, length }) => {
        const piece = byName.get(name);
        if (!piece) return [];
        const { dtype, globalShape, offsets, shape } = piece;
        return { name, dtype, globalShape, offsets, shape, shard: 0, offset, length, sums: sums.of(name) };
      }),
    };
  }
  throw new AlreadyExistsError({
    operation: "save",
    uri: objectUri(store.uri, nameOf(0)),
    detail: `${NAMES} other files of this rank and step lie there`,
  });
}

/** The bytes of a file from `position` on, without writing it: data that functions give are asked for again. */
async function* contentOf(
  { header, tensors: places }: SafetensorsPlan,
  tensors: readonly TensorToWrite[],
  position: number,
): AsyncGenerator<Uint8Array, void, void> {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor.data]));
  let at = 0;
  const behind = (bytes: Uint8Array) => {
    const rest = bytes.subarray(Math.max(0, position - at));
    at += bytes.length;
    return rest;
  };
  yield behind(header);
  for (const { name } of places) {
    const data = byName.get(name);
    const given = typeof data === "function" ? await data() : data ?? new Uint8Array(0);
    if (ArrayBuffer.isView(given)) yield behind(bytesOf(given));
    else for await (const bytes of given) yield behind(bytes);
  }
}

/** Whether an object has so many bytes, of this checksum. */
async function isWhole(
  { store }: Series,
  key: string,
  { size, sum }: { readonly size: number; readonly sum: number },
  signal: AbortSignal,
): Promise<boolean> {
  const info = await store.head(key, { signal });
  if (info.size !== size) return false;
  const due = new DataView(new ArrayBuffer(4));
  due.setUint32(0, sum);
  if (info.checksums?.crc32c !== undefined) {
    return info.checksums.crc32c === new Uint8Array(due.buffer).toBase64();
  }
  let found = 0;
  for await (const chunk of await readChunks(store, key, { signal })) found = crc32c(chunk, found);
  return found === sum;
}

/** What torch's readers of sharded safetensors look for. */
function shardingInfo(pieces: readonly PlannedPiece[]): string {
  return JSON.stringify(
    Object.fromEntries(
      pieces.map((
        { name, offsets, globalShape },
      ) => [name, { saved_offsets: offsets, global_shape: globalShape }]),
    ),
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
