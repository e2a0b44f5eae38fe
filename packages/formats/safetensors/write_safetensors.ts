import type { ObjectStore, PutResult, WriterOptions } from "@lade/core";
import { planSafetensors, type PlanSafetensorsOptions, type SafetensorsPlan } from "./plan_safetensors.ts";
import { bytesOfArray, checkData, type Piece, piecesOf, type TensorToWrite } from "./tensor_data.ts";
import type { TensorPlace } from "./tensor_place.ts";
import { PieceWriter } from "./write_pieces.ts";

/** Options of {@linkcode writeSafetensors}: of the file, and of the object. `metadata` is the file's. */
export interface WriteSafetensorsOptions extends Omit<WriterOptions, "metadata">, PlanSafetensorsOptions {
  /** User metadata of the object. */
  readonly objectMetadata?: Readonly<Record<string, string>>;
  /**
   * Is shown all bytes of the file in order just before they are written, from which offset on: for checksums of parts of
   * it, without a second pass over memory.
   */
  readonly onBytes?: (offset: number, bytes: Uint8Array) => void;
}

/** A safetensors file that was written. */
export interface WrittenSafetensors extends PutResult {
  /** The tensors, in the order of the file, and where they lie. */
  readonly tensors: readonly TensorPlace[];
}

/**
 * Writes tensors as a safetensors file: from where their bytes are, or as functions yield them, one tensor at a time, so that
 * a file may be larger than memory. Nobody sees the object before all is written. Wrong arguments are a `TypeError` or
 * `RangeError` before anything is written, but for what functions yield.
 *
 * The memory of arrays is in use until this settles. Where data lie side by side in one buffer in the order of the file,
 * they are written as one.
 */
export async function writeSafetensors(
  store: ObjectStore,
  key: string,
  tensors: Iterable<TensorToWrite>,
  options: WriteSafetensorsOptions = {},
): Promise<WrittenSafetensors> {
  const all = [...tensors];
  const plan = planSafetensors(all, options);
  const byName = new Map(all.map((tensor) => [tensor.name, tensor]));
  checkAllData(plan, byName);
  return await writePlanned(store, key, { plan, byName }, options);
}

/** A file that is laid out, and where its data come from. */
export interface PreparedSafetensors {
  readonly plan: SafetensorsPlan;
  readonly byName: ReadonlyMap<string, TensorToWrite>;
}

/** Checks that the data that are there fit. */
export function checkAllData(
  { tensors }: SafetensorsPlan,
  byName: ReadonlyMap<string, TensorToWrite>,
): void {
  for (const { name, length } of tensors) {
    const tensor = byName.get(name);
    if (tensor) checkData(tensor, length);
  }
}

/** Writes what is laid out. */
export async function writePlanned(
  store: ObjectStore,
  key: string,
  prepared: PreparedSafetensors,
  { metadata: _, alignment: __, objectMetadata, onBytes, ...options }: WriteSafetensorsOptions,
): Promise<WrittenSafetensors> {
  const { plan } = prepared;
  await using writer = await store.createPartWriter(key, plan.size, {
    ...options,
    ...(objectMetadata && { metadata: objectMetadata }),
  });
  const pieces = new PieceWriter(writer, store.context, onBytes);
  try {
    for await (const piece of joined(allPieces(prepared))) await pieces.write(piece);
    await pieces.finish();
  } catch (error) {
    await writer.abort(error);
    await pieces.giveUp();
    throw error;
  }
  return { ...await writer.close(), tensors: plan.tensors };
}

async function* allPieces({ plan, byName }: PreparedSafetensors): AsyncGenerator<Piece, void, void> {
  yield { bytes: plan.header, lasts: true };
  for (const place of plan.tensors) {
    const data = byName.get(place.name)?.data;
    if (data !== undefined) yield* piecesOf(place, data);
  }
}

/** Makes one of pieces that lie side by side in memory. */
async function* joined(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece, void, void> {
  let held: Piece | undefined;
  for await (const piece of pieces) {
    if (piece.bytes.length === 0) continue;
    if (held && held.lasts && piece.lasts && isBehind(piece.bytes, held.bytes)) {
      const { buffer, byteOffset, length } = held.bytes;
      const byteLength = length + piece.bytes.length;
      held = { bytes: bytesOfArray({ buffer, byteOffset, byteLength }), lasts: true };
      continue;
    }
    if (held) yield held;
    held = undefined;
    // The memory of one that does not last may change once the next is asked for.
    if (piece.lasts) held = piece;
    else yield piece;
  }
  if (held) yield held;
}

function isBehind(bytes: Uint8Array, before: Uint8Array): boolean {
  return bytes.buffer === before.buffer && bytes.byteOffset === before.byteOffset + before.length;
}
