import type { CallOptions } from "@lade/core";
import type { FormatError } from "../errors/format_error.ts";

/** What stands around deflated data: gzip with a CRC-32, zlib with an Adler-32, or nothing. */
export type DeflateWrapper = "gzip" | "zlib" | "raw";

/** Makes the error for data that are not what they should be; `what` says it of them: `is cut or damaged (…)`. */
export type InflateFault = (what: string, offset: number, cause?: unknown) => FormatError;

/** Bytes that are made at a time. */
const OUTPUT_BYTES = 2 ** 18;
/** Bytes that are handed over at a time; what comes of them is at most a thousand times as much. */
const INPUT_BYTES = 2 ** 16;

/**
 * Inflates deflated data as they come, at the reader's pace: of gzip several members too. Each piece is memory of its own.
 * Data that are cut, damaged or followed by anything else are an error, which comes after the content before it; what
 * `stored` fails with stays as it is.
 */
export async function* inflate(
  stored: AsyncIterable<Uint8Array>,
  wrapper: DeflateWrapper,
  fault: InflateFault,
  { signal }: CallOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const { createGunzip, createInflate, createInflateRaw } = await import("node:zlib");
  const create = { gzip: createGunzip, zlib: createInflate, raw: createInflateRaw }[wrapper];
  const inflater = create({ chunkSize: OUTPUT_BYTES });
  let taken = 0;
  let isWhole = false;
  let failure: { readonly error: unknown } | undefined;
  // Whatever is wrong with a part, the inflater itself tells; where it ends early, no callback comes.
  const write = (part: Uint8Array) =>
    new Promise<void>((resolve) => {
      inflater.once("close", resolve);
      inflater.write(part, () => {
        inflater.off("close", resolve);
        resolve();
      });
    });
  const feed = async () => {
    try {
      for await (const piece of stored) {
        for (let at = 0; at < piece.length; at += INPUT_BYTES) {
          if (inflater.destroyed || inflater.readableEnded) return;
          const part = piece.subarray(at, at + INPUT_BYTES);
          taken += part.length;
          await write(part);
        }
      }
    } catch (error) {
      failure = { error };
      inflater.destroy();
      return;
    }
    if (inflater.destroyed) return;
    isWhole = true;
    inflater.end();
  };
  const fed = feed();
  try {
    for await (const { buffer, byteOffset, length } of inflater as AsyncIterable<Uint8Array<ArrayBuffer>>) {
      signal?.throwIfAborted();
      yield new Uint8Array(buffer, byteOffset, length);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (failure) throw failure.error;
    const reason = cause instanceof Error ? cause.message : cause;
    throw fault(`is cut or damaged (${reason})`, inflater.bytesWritten, cause);
  } finally {
    inflater.destroy();
    await fed;
  }
  if (failure) throw (failure as { readonly error: unknown }).error;
  if (isWhole && inflater.bytesWritten === taken) return;
  throw fault("is followed by other bytes", inflater.bytesWritten);
}
