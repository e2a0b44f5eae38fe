import { signedTarChecksum, tarChecksum } from "./tar_checksum.ts";
import { tarFault, type TarPlace } from "./tar_fault.ts";
import { BLOCK } from "./tar_member.ts";
import { parseTarNumber } from "./tar_number.ts";

/** Bytes of a text that are decoded one by one: most are ASCII and short, for which a decoder costs more than it does. */
const SHORT = 32;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * One header block. Its texts are decoded when they are asked for: those that a header before it replaces may be cut within
 * a character. What is no UTF-8 is a `FormatError`.
 */
export class TarHeader {
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
  readonly #block: Uint8Array;
  readonly #place: TarPlace;
  readonly #isUstar: boolean;

  /** Reads a block; a checksum that does not fit, and a number that is none, are `FormatError`s. The block stays in use. */
  constructor(block: Uint8Array, place: TarPlace) {
    const told = parseTarNumber(block, 148, 8);
    if (told === undefined || (told !== tarChecksum(block) && told !== signedTarChecksum(block))) {
      throw tarFault(place, "no header of a member is here: its checksum does not fit");
    }
    this.#block = block;
    this.#place = place;
    this.#isUstar = isText(block, 257, "ustar");
    this.flag = String.fromCharCode(block[156] ?? 0);
    this.size = this.#number("size", 124, 12);
    this.mode = this.#number("mode", 100, 8);
    this.mtime = this.#number("time", 136, 12);
    this.uid = this.#number("owner", 108, 8);
    this.gid = this.#number("group", 116, 8);
    if (this.size < 0) throw this.#fault(124, `the size in a header is ${this.size}`);
  }

  /** The name, with the prefix before it where it has one. */
  name(): string {
    const isGnu = this.#block[262] === 0x20;
    const prefix = this.#isUstar && !isGnu ? this.#text(345, 155) : "";
    const name = this.#text(0, 100);
    return prefix === "" ? name : `${prefix}/${name}`;
  }

  /** Where a link leads. */
  linkName(): string {
    return this.#text(157, 100);
  }

  /** The owner's name. */
  userName(): string {
    return this.#isUstar ? this.#text(265, 32) : "";
  }

  /** The group's name. */
  groupName(): string {
    return this.#isUstar ? this.#text(297, 32) : "";
  }

  /** The text of a field, up to its first zero byte. */
  #text(start: number, length: number): string {
    const block = this.#block;
    let short = "";
    for (let at = start; at < start + Math.min(length, SHORT); at++) {
      const code = block[at] ?? 0;
      if (code === 0) return short;
      if (code >= 0x80) break;
      short += String.fromCharCode(code);
    }
    const zero = block.indexOf(0, start);
    const end = zero < 0 || zero > start + length ? start + length : zero;
    const { uri, offset } = this.#place;
    return decodeTarText(block.subarray(start, end), { uri, offset: offset + start });
  }

  #number(name: string, start: number, length: number): number {
    const value = parseTarNumber(this.#block, start, length);
    if (value !== undefined) return value;
    throw this.#fault(start, `the ${name} in a header is no number`);
  }

  #fault(at: number, detail: string): Error {
    const { uri, offset } = this.#place;
    return tarFault({ uri, offset: offset + at }, detail);
  }
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

/** Text of a header. What is no UTF-8 is a `FormatError`: it could be no key, and two of them could become one. */
export function decodeTarText(bytes: Uint8Array, place: TarPlace): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw tarFault(place, "a name is no UTF-8");
  }
}
