import type { CallOptions } from "@lade/core";
import { ByteReader } from "../binary/byte_reader.ts";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";

/** Where the directory of a zip archive lies. */
export interface DirectoryPlace {
  /** Its first byte. */
  readonly offset: number;
  /** Bytes that it has. */
  readonly length: number;
  /** Members that it says to have. */
  readonly members: number;
}

const END_SIZE = 22;
const MAX_COMMENT = 0xffff;
const LOCATOR_SIZE = 20;
const END64_SIZE = 56;
const END = 0x06054b50;
const LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const OPERATION = "read npz";

/**
 * Finds the directory by the record at the end of the archive (APPNOTE 4.3.16), or where it is one of zip64 by the one
 * before it. The directory, its record and the object's end have to follow one another without a hole.
 */
export async function findDirectory(source: ByteSource, options: CallOptions = {}): Promise<DirectoryPlace> {
  const { uri, size } = source;
  const few = END_SIZE + LOCATOR_SIZE + END64_SIZE;
  const end = await findEnd(source, Math.min(size, few), options) ??
    await findEnd(source, Math.min(size, END_SIZE + MAX_COMMENT), options);
  if (end === undefined) {
    throw new FormatError({
      operation: OPERATION,
      uri,
      detail: "it is no zip archive: it does not end with the record of a directory",
      offset: Math.max(0, size - END_SIZE),
    });
  }
  const reader = new ByteReader(await source.read(end, END_SIZE, options), {
    operation: OPERATION,
    uri,
    offset: end,
  });
  reader.take(4, "the end's mark");
  const disks = [reader.u16("the end's disk"), reader.u16("the end's disk")];
  const counts = [reader.u16("the number of members"), reader.u16("the number of members")];
  const length = reader.u32("the directory's size");
  const offset = reader.u32("the directory's place");
  const [members = 0, all] = [counts[1], counts[0]];
  if (offset + length === end && members === all && disks.every((disk) => disk === 0)) {
    return { offset, length, members };
  }
  const wide = await readEnd64(source, end, options);
  if (!wide) {
    throw reader.fault(
      `its directory of ${members} members (bytes ${offset}+${length}) does not end at byte ${end}`,
    );
  }
  const told = [[members, wide.members, 0xffff], [length, wide.length, 0xffffffff], [
    offset,
    wide.offset,
    0xffffffff,
  ]];
  const differs = told.some(([narrow, value, ones]) => narrow !== value && narrow !== ones) ||
    members !== all;
  if (differs || disks.some((disk) => disk !== 0 && disk !== 0xffff)) {
    throw reader.fault("its two records of the directory differ, or it has several parts");
  }
  return wide;
}

/** The place of the last record whose comment ends at the end of the object. */
async function findEnd(
  source: ByteSource,
  length: number,
  options: CallOptions,
): Promise<number | undefined> {
  if (length < END_SIZE) return undefined;
  const tail = await source.read(source.size - length, length, options);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = length - END_SIZE; at >= 0; at--) {
    if (view.getUint32(at, true) !== END) continue;
    if (at + END_SIZE + view.getUint16(at + 20, true) === length) return source.size - length + at;
  }
  return undefined;
}

async function readEnd64(
  source: ByteSource,
  end: number,
  options: CallOptions,
): Promise<DirectoryPlace | undefined> {
  const { uri } = source;
  const locatorAt = end - LOCATOR_SIZE;
  if (locatorAt < END64_SIZE) return undefined;
  const locator = new ByteReader(await source.read(locatorAt, LOCATOR_SIZE, options), {
    operation: OPERATION,
    uri,
    offset: locatorAt,
  });
  if (locator.u32("the locator's mark") !== LOCATOR) return undefined;
  const disk = locator.u32("the locator's disk");
  const at = locator.u64("the place of the record of zip64");
  const disks = locator.u32("the number of parts");
  if (disk !== 0 || disks > 1 || at > locatorAt - END64_SIZE) {
    throw locator.fault(`the record of zip64 is said to be at byte ${at} of part ${disk} of ${disks}`);
  }
  const record = new ByteReader(await source.read(at, END64_SIZE, options), {
    operation: OPERATION,
    uri,
    offset: at,
  });
  const mark = record.u32("the mark of zip64");
  const rest = record.u64("the size of the record of zip64");
  record.take(4, "the versions of zip64");
  const parts = [record.u32("the disk"), record.u32("the disk")];
  const counts = [record.u64("the number of members"), record.u64("the number of members")];
  const length = record.u64("the directory's size");
  const offset = record.u64("the directory's place");
  const [members = 0, all] = [counts[1], counts[0]];
  const sound = mark === END64 && at + 12 + rest === locatorAt && offset + length === at && members === all &&
    parts.every((part) => part === 0);
  if (sound) return { offset, length, members };
  throw record.fault(`the record of zip64 at byte ${at} does not fit the archive`);
}
