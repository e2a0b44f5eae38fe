import { type CallOptions, crc32 } from "@lade/core";
import type { ByteSource } from "../source/byte_source.ts";
import { inflateMember, memberFault, sumFault } from "./inflate_member.ts";
import { openMember } from "./open_member.ts";
import type { ZipMember } from "./zip_directory.ts";

/** Reads all of a member and compares its CRC-32, in the memory of a chunk. */
export async function verifyMember(
  source: ByteSource,
  member: ZipMember,
  options: CallOptions,
): Promise<void> {
  const { name, crc32: expected, storedSize } = member;
  const { source: opened, dataOffset: offset } = await openMember(source, member, options);
  if (member.compression === "deflate") {
    for await (const _piece of inflateMember(opened, offset, member, options));
    return;
  }
  let sum = 0;
  for await (const piece of opened.stream({ ...options, offset, end: offset + storedSize })) {
    sum = crc32(piece, sum);
  }
  if (sum !== expected) throw memberFault({ source, name, offset, detail: sumFault(sum, expected) });
}
