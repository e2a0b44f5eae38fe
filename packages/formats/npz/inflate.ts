import { type CallOptions, crc32 } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import type { ZipMember } from "./zip_directory.ts";

/**
 * Yields the bytes of a deflated member, from the place where its data begin. Other bytes than the directory says, by number or
 * CRC-32, are a `FormatError`, which comes in place of the end. A piece is valid until the next one is asked for.
 */
export async function* inflate(
  source: ByteSource,
  offset: number,
  { name, size, storedSize, crc32: expected }: ZipMember,
  options: CallOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const [{ createInflateRaw }, { Readable }] = await Promise.all([
    import("node:zlib"),
    import("node:stream"),
  ]);
  const fault = (detail: string, cause?: unknown) => memberFault({ source, name, offset, detail, cause });
  // What the source fails with is told as it is, not as the fault of what it brought.
  let failure: { readonly error: unknown } | undefined;
  const guarded = async function* () {
    try {
      for await (const piece of source.stream({ ...options, offset, end: offset + storedSize })) {
        // Valid only until the next one is asked for.
        yield piece.slice();
      }
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  const inflater = createInflateRaw();
  const stored = Readable.from(guarded(), { objectMode: true });
  stored.on("error", (error: Error) => inflater.destroy(error));
  let length = 0;
  let sum = 0;
  try {
    for await (const piece of stored.pipe(inflater) as AsyncIterable<Uint8Array>) {
      options.signal?.throwIfAborted();
      length += piece.length;
      if (length > size) throw fault(`has more than the ${size} bytes that the directory says`);
      sum = crc32(piece, sum);
      yield piece;
    }
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (failure) throw failure.error;
    if (cause instanceof FormatError) throw cause;
    throw fault(`is cut or damaged (${cause instanceof Error ? cause.message : cause})`, cause);
  } finally {
    stored.destroy();
    inflater.destroy();
  }
  if (length !== size || inflater.bytesWritten !== storedSize) {
    throw fault(
      `has ${length} bytes in ${inflater.bytesWritten}, and the directory says ${size} in ${storedSize}`,
    );
  }
  if (sum !== expected) throw fault(sumFault(sum, expected));
}

/** An error of a member. */
export function memberFault(
  { source, name, offset, detail, cause }: {
    source: ByteSource;
    name: string;
    offset: number;
    detail: string;
    cause?: unknown;
  },
): FormatError {
  const operation = "read npz";
  return new FormatError({
    operation,
    uri: source.uri,
    detail: `its member ${JSON.stringify(name)} ${detail}`,
    offset,
    cause,
  });
}

/** What is said of a CRC-32 that is another one. */
export function sumFault(found: number, expected: number): string {
  const hex = (sum: number) => sum.toString(16).padStart(8, "0");
  return `has the CRC-32 ${hex(found)}, and the directory says ${hex(expected)}`;
}
