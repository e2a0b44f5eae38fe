import { type CallOptions, crc32 } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { inflate } from "../source/inflate.ts";
import type { ZipMember } from "./zip_directory.ts";

/**
 * Yields the bytes of a deflated member, from the place where its data begin. Other bytes than the directory says, by number or
 * CRC-32, are a `FormatError`, which comes in place of the end.
 */
export async function* inflateMember(
  source: ByteSource,
  offset: number,
  { name, size, storedSize, crc32: expected }: ZipMember,
  options: CallOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const fault = (detail: string, cause?: unknown) => memberFault({ source, name, offset, detail, cause });
  const stored = source.stream({ ...options, offset, end: offset + storedSize });
  let length = 0;
  let sum = 0;
  for await (const piece of inflate(stored, "raw", (what, _, cause) => fault(what, cause), options)) {
    length += piece.length;
    if (length > size) throw fault(`has more than the ${size} bytes that the directory says`);
    sum = crc32(piece, sum);
    yield piece;
  }
  if (length !== size) throw fault(`has ${length} bytes, and the directory says ${size}`);
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
