import { signedTarChecksum, tarChecksum } from "./tar_checksum.ts";
import { tarFault, type TarPlace } from "./tar_fault.ts";
import { BLOCK } from "./tar_member.ts";
import { parseTarNumber } from "./tar_number.ts";

/** One header block. */
export interface TarHeader {
  /** Name, with the prefix before it where it has one. */
  readonly name: string;
  /** The type's character. */
  readonly flag: string;
  /** Bytes that are said to follow. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Seconds from 1970. */
  readonly mtime: number;
  /** The owner's number. */
  readonly uid: number;
  /** The group's number. */
  readonly gid: number;
  /** Where a link leads. */
  readonly linkName: string;
  /** The owner's name. */
  readonly userName: string;
  /** The group's name. */
  readonly groupName: string;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a header block; a checksum that does not fit, and a field that is none, are `FormatError`s. */
export function parseTarHeader(block: Uint8Array, place: TarPlace): TarHeader {
  const told = parseTarNumber(block, 148, 8);
  if (told === undefined || (told !== tarChecksum(block) && told !== signedTarChecksum(block))) {
    throw tarFault(place, "no header of a member is here: its checksum does not fit");
  }
  const number = (name: string, start: number, length: number): number => {
    const value = parseTarNumber(block, start, length);
    if (value !== undefined) return value;
    throw tarFault({ ...place, offset: place.offset + start }, `the ${name} in a header is no number`);
  };
  const size = number("size", 124, 12);
  if (size < 0) throw tarFault({ ...place, offset: place.offset + 124 }, `the size in a header is ${size}`);
  const isUstar = isText(block, 257, "ustar");
  const isGnu = isUstar && block[262] === 0x20;
  const prefix = isUstar && !isGnu ? textOf(block, 345, 155, place) : "";
  const name = textOf(block, 0, 100, place);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    flag: String.fromCharCode(block[156] ?? 0),
    size,
    mode: number("mode", 100, 8),
    mtime: number("time", 136, 12),
    uid: number("owner", 108, 8),
    gid: number("group", 116, 8),
    linkName: textOf(block, 157, 100, place),
    userName: isUstar ? textOf(block, 265, 32, place) : "",
    groupName: isUstar ? textOf(block, 297, 32, place) : "",
  };
}

/** Whether a block has nothing but zeros. */
export function isZeroBlock(block: Uint8Array): boolean {
  for (let at = 0; at < BLOCK; at++) if (block[at] !== 0) return false;
  return true;
}

function isText(block: Uint8Array, start: number, text: string): boolean {
  for (let at = 0; at < text.length; at++) if (block[start + at] !== text.charCodeAt(at)) return false;
  return true;
}

/** The text of a field, up to its first zero byte. */
function textOf(block: Uint8Array, start: number, length: number, place: TarPlace): string {
  if (block[start] === 0) return "";
  const zero = block.indexOf(0, start);
  const end = zero < 0 || zero > start + length ? start + length : zero;
  return decodeTarText(block.subarray(start, end), { ...place, offset: place.offset + start });
}

/** Text of a header. What is no UTF-8 is a `FormatError`: it could be no key, and two of them could become one. */
export function decodeTarText(bytes: Uint8Array, place: TarPlace): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw tarFault(place, "a name is no UTF-8");
  }
}
