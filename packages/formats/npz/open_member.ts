import type { CallOptions } from "@lade/core";
import { ByteReader } from "../binary/byte_reader.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { SourceWithWindow } from "../source/source_with_window.ts";
import { FLAGS, zip64Extra, type ZipMember } from "./zip_directory.ts";

/** A member whose place is known. */
export interface OpenMember {
  /** The archive, of which the member's first bytes are there. */
  readonly source: ByteSource;
  /** Where its data begin. */
  readonly dataOffset: number;
}

const WINDOW = 64 * 2 ** 10;
const HEADER_SIZE = 30;
const SIGNATURE = 0x04034b50;

/**
 * Reads a member's own header, and with it the first 64 KiB of the member. The header says where its data begin; all else in
 * it has to be what the directory says.
 */
export async function openMember(
  source: ByteSource,
  member: ZipMember,
  options: CallOptions = {},
): Promise<OpenMember> {
  const { offset, limit, storedSize, size, crc32, flags } = member;
  const window = await source.read(offset, Math.min(WINDOW, limit - offset), options);
  const reader = new ByteReader(window, { operation: "read npz", uri: source.uri, offset });
  const differs = (what: string) =>
    reader.fault(`its member ${JSON.stringify(member.name)} has another ${what} than the directory says`);
  if (reader.u32("a member's header") !== SIGNATURE) throw differs("mark");
  reader.take(2, "the version");
  const own = { flags: reader.u16("the flags"), method: reader.u16("the compression") };
  reader.take(4, "the time");
  const sum = reader.u32("the CRC-32");
  const sizes = { storedSize: reader.u32("the size"), size: reader.u32("the size") };
  const nameLength = reader.u16("the name's length");
  const extraLength = reader.u16("the extras' length");
  const name = reader.take(nameLength, "the name");
  const extra = new ByteReader(reader.take(extraLength, "the extras"), {
    operation: "read npz",
    uri: source.uri,
    offset: offset + HEADER_SIZE + nameLength,
  });
  const told = new TextEncoder().encode(member.name);
  if (name.length !== told.length || name.some((byte, index) => byte !== told[index])) throw differs("name");
  if (own.flags !== flags || own.method !== (member.compression === "stored" ? 0 : 8)) {
    throw differs("compression");
  }
  const wide = zip64Extra(extra);
  const widened = (value: number) => value === 0xffffffff && wide ? wide.u64("the size") : value;
  const ownSize = widened(sizes.size);
  const ownStored = widened(sizes.storedSize);
  // They come behind the data where they were not known before.
  const later = (flags & FLAGS.descriptor) !== 0 && sum === 0 && ownSize === 0 && ownStored === 0;
  if (!later && (sum !== crc32 || ownSize !== size || ownStored !== storedSize)) {
    throw differs("size or CRC-32");
  }
  const dataOffset = offset + reader.position;
  if (dataOffset + storedSize > limit) throw differs("place");
  return { source: new SourceWithWindow(source, offset, window), dataOffset };
}
