import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { CallOptions } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";

/**
 * Decompresses gzip as it comes, also several members of it. What is cut, damaged or followed by something else is a
 * `FormatError`; an error of the bytes themselves stays as it is.
 */
export async function* gunzip(
  stored: AsyncIterable<Uint8Array>,
  uri: string,
  { signal }: CallOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const stream = createGunzip({ chunkSize: 2 ** 18 });
  let taken = 0;
  let failure: { readonly error: unknown } | undefined;
  const counted = async function* () {
    try {
      for await (const piece of stored) {
        taken += piece.length;
        // The next piece may come in the same memory, while this one still waits.
        yield piece.slice();
      }
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  const input = Readable.from(counted(), { objectMode: true, highWaterMark: 1 });
  input.on("error", (error: Error) => stream.destroy(error));
  const fault = (detail: string, cause?: unknown) =>
    new FormatError({ operation: "decompress", uri, detail, offset: stream.bytesWritten, cause });
  try {
    for await (const piece of input.pipe(stream)) {
      signal?.throwIfAborted();
      yield piece as Uint8Array;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (failure) throw failure.error;
    throw fault(`its gzip data is cut or damaged (${cause instanceof Error ? cause.message : cause})`, cause);
  } finally {
    input.destroy();
    stream.destroy();
  }
  if (stream.bytesWritten !== taken) throw fault(`something follows its gzip data`);
}
