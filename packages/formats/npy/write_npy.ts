import {
  createZstdWriter,
  type ObjectStore,
  objectUri,
  type WriterOptions,
  type ZstdOptions,
} from "@lade/core";
import type { NpyArray } from "./npy_type.ts";
import { type NpyShape, NpyWriter, planArray, type WrittenNpy } from "./npy_writer.ts";

/** Options of {@linkcode writeNpy}: those of the store's writer, and whether to compress. */
export interface NpyWriterOptions extends WriterOptions {
  /** Compresses with zstd; the object's key then ends in `.zst`. `false` by default. */
  readonly zstd?: boolean | ZstdOptions;
}

/**
 * Writes an array as an npy file that NumPy reads: its shape and dtype are in the file, and its checksum in the result,
 * which `readNpy` compares. It is byte for byte what `numpy.save` writes.
 */
export async function writeNpy(
  store: ObjectStore,
  key: string,
  array: NpyArray,
  options: NpyWriterOptions = {},
): Promise<WrittenNpy> {
  await using writer = await createNpyWriter(store, key, array, options);
  await writer.write(array.data);
  return await writer.close();
}

/**
 * Starts an npy file whose elements are written as they come: arrays that are larger than memory. The shape has to be known;
 * `write` takes the elements in its order, in C order row by row.
 */
export async function createNpyWriter(
  store: ObjectStore,
  key: string,
  array: NpyShape,
  options: NpyWriterOptions = {},
): Promise<NpyWriter> {
  const { zstd = false, ...rest } = options;
  const planned = planArray(array, objectUri(store.uri, key));
  if (zstd === false) {
    const writer = await store.createWriter(key, rest);
    return await NpyWriter.start(planned, key, objectUri(store.uri, key), writer);
  }
  const writer = await createZstdWriter(store, key, { ...(zstd === true ? {} : zstd), ...rest });
  return await NpyWriter.start(planned, writer.key, objectUri(store.uri, writer.key), writer);
}

/** An array as the bytes of an npy file: what {@linkcode writeNpy} writes, in memory. */
export function encodeNpy(array: NpyArray): Uint8Array<ArrayBuffer> {
  const { header, dataLength, layout } = planArray(array, "npy");
  const { buffer, byteOffset, byteLength } = array.data;
  if (byteLength !== dataLength) {
    throw new RangeError(
      `Cannot write npy: the shape [${array.shape.join(", ")}] needs ${dataLength} bytes, not ${byteLength}`,
    );
  }
  const bytes = new Uint8Array(header.length + dataLength);
  bytes.set(header);
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), header.length);
  const fault = layout.settle?.(bytes.subarray(header.length));
  if (fault !== undefined) throw new TypeError(`Cannot write npy: ${fault}`);
  return bytes;
}
