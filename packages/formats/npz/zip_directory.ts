import type { CallOptions } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { ByteReader } from "../binary/byte_reader.ts";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { checkMemberName } from "./member_name.ts";
import { findDirectory } from "./find_directory.ts";

/** A member of a zip archive, by what the directory says of it. */
export interface ZipMember {
  /** Its name. */
  readonly name: string;
  /** How it is stored. */
  readonly compression: "stored" | "deflate";
  /** Bytes that it has. */
  readonly size: number;
  /** Bytes that they take in the archive. */
  readonly storedSize: number;
  /** Their CRC-32 (IEEE 802.3). */
  readonly crc32: number;
  /** Where its own header begins. */
  readonly offset: number;
  /** Where the next member's header begins, or the directory. */
  readonly limit: number;
  /** Bits of what the header says besides. */
  readonly flags: number;
}

/** Bits of `flags`. */
export const FLAGS = { encrypted: 0x1, descriptor: 0x8, patched: 0x20, strong: 0x40, utf8: 0x800 } as const;

const METHODS: Readonly<Record<number, ZipMember["compression"]>> = { 0: "stored", 8: "deflate" };
const HEADER_SIZE = 46;
const SIGNATURE = 0x02014b50;
/** More directory than this is read for nobody: some five million members. */
const MAX_DIRECTORY = 256 * 2 ** 20;
/** Deflate takes at least a bit for each run of 258 bytes at most. */
const MAX_RATIO = 1032;

/**
 * Reads the directory at the end of a zip archive: the one place that says where members are and what they are. Names that
 * come twice or lead elsewhere, members that lie over one another, and sizes that no data decompresses to are `FormatError`s.
 */
export async function readZipDirectory(
  source: ByteSource,
  options: CallOptions = {},
): Promise<readonly ZipMember[]> {
  const { uri } = source;
  const place = await findDirectory(source, options);
  if (place.length > MAX_DIRECTORY || place.members > place.length / HEADER_SIZE) {
    throw fault(uri, `its directory of ${place.length} bytes has ${place.members} members`, place.offset);
  }
  const bytes = await source.read(place.offset, place.length, options);
  const reader = new ByteReader(bytes, { operation: "read npz", uri, offset: place.offset });
  const members: ReadMember[] = [];
  const names = new Set<string>();
  for (let index = 0; index < place.members; index++) {
    const member = readMember(reader, uri);
    if (names.has(member.name)) {
      throw reader.fault(`two members have the name ${JSON.stringify(member.name)}`);
    }
    names.add(member.name);
    members.push(member);
  }
  if (reader.left > 0) throw reader.fault(`its directory has ${reader.left} bytes behind its last member`);
  return placed(members, place.offset, uri);
}

type ReadMember = Omit<ZipMember, "limit"> & { readonly least: number };

function readMember(reader: ByteReader, uri: string): ReadMember {
  if (reader.u32("a member of the directory") !== SIGNATURE) {
    throw reader.fault("a member of the directory begins with another mark than PK\\1\\2");
  }
  reader.take(4, "a member's versions");
  const flags = reader.u16("a member's flags");
  const method = reader.u16("a member's compression");
  reader.take(4, "a member's time");
  const crc32 = reader.u32("a member's CRC-32");
  const sizes = { storedSize: reader.u32("a member's size"), size: reader.u32("a member's size") };
  const lengths = {
    name: reader.u16("a member's name"),
    extra: reader.u16("a member's extras"),
    comment: reader.u16("a member's comment"),
  };
  const disk = reader.u16("a member's disk");
  reader.take(6, "a member's attributes");
  const offset = reader.u32("a member's place");
  const nameBytes = reader.take(lengths.name, "a member's name");
  const name = decodeName(nameBytes, flags, reader);
  const nameFault = checkMemberName(name);
  if (nameFault !== undefined) {
    throw reader.fault(`a member has the name ${JSON.stringify(name)}: ${nameFault}`);
  }
  const extra = new ByteReader(reader.take(lengths.extra, "a member's extras"), {
    operation: "read npz",
    uri,
    offset: reader.position,
  });
  reader.take(lengths.comment, "a member's comment");
  if (disk !== 0) throw reader.fault("a member lies in another part of the archive");
  const wide = widened({ size: sizes.size, storedSize: sizes.storedSize, offset }, extra);
  const compression = METHODS[method];
  const { encrypted, patched, strong } = FLAGS;
  if (!compression || flags & (encrypted | patched | strong)) {
    const detail = `its member ${JSON.stringify(name)} is ` +
      (compression ? "encrypted" : `compressed by method ${method}`);
    throw new UnsupportedError({ operation: "read npz", uri, detail, advice: "store it or deflate it" });
  }
  const possible = compression === "stored"
    ? wide.size === wide.storedSize
    : wide.size <= wide.storedSize * MAX_RATIO;
  if (!possible) {
    throw reader.fault(
      `its member ${JSON.stringify(name)} cannot have ${wide.size} bytes in ${wide.storedSize}`,
    );
  }
  return { name, compression, ...wide, crc32, flags, least: 30 + nameBytes.length + wide.storedSize };
}

/** Where a number is all ones, the one of 64 bits stands in the extras (APPNOTE 4.5.3), in this order. */
function widened(
  { size, storedSize, offset }: { size: number; storedSize: number; offset: number },
  extra: ByteReader,
) {
  const wide = zip64Extra(extra);
  const take = (value: number, what: string) => {
    if (value !== 0xffffffff) return value;
    if (!wide) throw extra.fault(`a member's ${what} has 64 bits, and they are not there`);
    return wide.u64(`a member's ${what}`);
  };
  return { size: take(size, "size"), storedSize: take(storedSize, "size"), offset: take(offset, "place") };
}

/** The extra field of zip64; the fields have to fill their place. */
export function zip64Extra(extra: ByteReader): ByteReader | undefined {
  let found: ByteReader | undefined;
  while (extra.left > 0) {
    const id = extra.u16("an extra field");
    const bytes = extra.take(extra.u16("an extra field's length"), "an extra field");
    if (id !== 1) continue;
    if (found) throw extra.fault("a member has the extra field of zip64 twice");
    found = new ByteReader(bytes, { operation: "read npz", uri: extra.fault("").uri });
  }
  return found;
}

function decodeName(bytes: Uint8Array, flags: number, reader: ByteReader): string {
  if (!(flags & FLAGS.utf8) && bytes.some((byte) => byte > 0x7f)) {
    throw reader.fault("a member's name is neither ASCII nor said to be UTF-8");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw reader.fault("a member's name is not in UTF-8");
  }
}

/** Gives each member its limit, in the order of the directory. */
function placed(members: readonly ReadMember[], directory: number, uri: string): ZipMember[] {
  const sorted = members.toSorted((a, b) => a.offset - b.offset);
  const limits = new Map<ReadMember, number>();
  sorted.forEach((member, index) => {
    const limit = sorted[index + 1]?.offset ?? directory;
    if (member.offset + member.least > limit) {
      throw fault(
        uri,
        `its member ${JSON.stringify(member.name)} reaches into what lies behind it, at byte ${limit}`,
        member.offset,
      );
    }
    limits.set(member, limit);
  });
  return members.map(({ least: _least, ...member }, index) => {
    const read = members[index];
    return { ...member, limit: (read && limits.get(read)) ?? directory };
  });
}

function fault(uri: string, detail: string, offset: number): FormatError {
  return new FormatError({ operation: "read npz", uri, detail, offset });
}
