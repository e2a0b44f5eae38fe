import { createGunzip, createInflate } from "node:zlib";
import { StoreError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";

/** How a whole file of records is compressed. */
export type RecordCompression = "gzip" | "zlib";

/** Bytes that are decompressed into at a time. */
const OUTPUT_BYTES = 2 ** 18;
/** Bytes that are handed over at a time; a piece is at most a thousand times as long decompressed. */
const INPUT_BYTES = 2 ** 16;

/**
 * Decompresses bytes as they come: gzip, also of several members, or zlib, both with the checksum that they end with. What
 * is cut, damaged, or followed by something else is a `FormatError`.
 */
export async function* inflate(
  pieces: AsyncIterable<Uint8Array>,
  compression: RecordCompression,
  uri: string,
): AsyncGenerator<Uint8Array, void, void> {
  const create = compression === "gzip" ? createGunzip : createInflate;
  const stream = create({ chunkSize: OUTPUT_BYTES });
  let taken = 0;
  let failure: { readonly error: unknown } | undefined;
  const write = (piece: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      stream.once("close", resolve);
      stream.write(piece, (error) => {
        stream.off("close", resolve);
        error ? reject(error) : resolve();
      });
    });
  const feed = async () => {
    try {
      for await (const piece of pieces) {
        for (let at = 0; at < piece.length; at += INPUT_BYTES) {
          if (stream.destroyed) return;
          const part = piece.subarray(at, at + INPUT_BYTES);
          await write(part);
          taken += part.length;
        }
      }
      stream.end();
    } catch (error) {
      failure ??= { error };
      stream.destroy();
    }
  };
  const fed = feed();
  const fault = (detail: string, cause?: unknown) =>
    new FormatError({ operation: `decompress ${compression} of`, uri, detail, cause });
  try {
    for await (const { buffer, byteOffset, length } of stream as AsyncIterable<Uint8Array>) {
      yield new Uint8Array(buffer, byteOffset, length);
    }
    await fed;
    if (failure) throw failure.error;
    const left = taken - stream.bytesWritten;
    if (left > 0) throw fault(`${left} bytes follow the compressed ones`);
  } catch (error) {
    if (failure && failure.error !== error) throw asFault(failure.error, fault);
    throw asFault(error, fault);
  } finally {
    stream.destroy();
    await fed;
  }
}

/** What the decompressor says of bytes becomes a `FormatError`; all else stays as it is. */
function asFault(error: unknown, fault: (detail: string, cause: unknown) => FormatError): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const { code = "" } = error as { code?: string };
  return code.startsWith("Z_") ? fault(error.message, error) : error;
}
