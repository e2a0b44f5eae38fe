import { pathFault } from "./member_key.ts";
import { formatPaxRecords } from "./pax_records.ts";
import { tarChecksum } from "./tar_checksum.ts";
import { BLOCK, paddedSize, type TarMemberType } from "./tar_member.ts";
import { writeTarNumber } from "./tar_number.ts";

/** A member to be written. What is not given is the same on every machine, so that equal members make equal archives. */
export interface NewTarMember {
  /** Its name: a path without `..`, that begins with no `/`. */
  readonly name: string;
  /** What it is; `"file"` by default. */
  readonly type?: Exclude<TarMemberType, "character-device" | "block-device">;
  /** Bytes of its data; those of a `Uint8Array` that is given with it, or else 0. */
  readonly size?: number;
  /** When it was last changed, in seconds from 1970; 0 by default. A fraction is kept. */
  readonly mtime?: number;
  /** Permission bits; `0o644` by default, and of a directory `0o755`. */
  readonly mode?: number;
  /** The owner's number; 0 by default. */
  readonly uid?: number;
  /** The group's number; 0 by default. */
  readonly gid?: number;
  /** The owner's name; none by default. */
  readonly userName?: string;
  /** The group's name; none by default. */
  readonly groupName?: string;
  /** Where a link leads. */
  readonly linkName?: string;
}

const FLAGS: Readonly<Record<TarMemberType, string>> = {
  "file": "0",
  "hardlink": "1",
  "symlink": "2",
  "character-device": "3",
  "block-device": "4",
  "directory": "5",
  "fifo": "6",
};

const encoder = new TextEncoder();

/**
 * The headers of a member: one block of ustar, and before it those of pax for what that cannot say, as Python's `tarfile`
 * writes them. A name or a number that no header can have is a `TypeError` or `RangeError`.
 */
export function formatTarHeaders(member: NewTarMember): Uint8Array {
  const { type = "file", mtime = 0, uid = 0, gid = 0, userName = "", groupName = "", linkName = "" } = member;
  const size = type === "file" ? member.size ?? 0 : 0;
  checkMember(member);
  const records = new Map<string, string>();
  const block = new Uint8Array(BLOCK);
  const name = type === "directory" ? `${member.name}/` : member.name;
  const number = (record: string, start: number, length: number, value: number) => {
    if (writeTarNumber(block, start, length, value)) return;
    records.set(record, decimal(value));
    writeTarNumber(block, start, length, Math.min(Math.max(Math.trunc(value), 0), 8 ** (length - 1) - 1));
  };
  const text = (record: string, start: number, length: number, value: string) => {
    if (value.length > length || !isAscii(value)) records.set(record, value);
    put(block, start, value.slice(0, length));
  };
  const slash = splitOf(name);
  if (slash === undefined) text("path", 0, 100, name);
  else {
    put(block, 345, name.slice(0, slash));
    put(block, 0, name.slice(slash + 1));
  }
  writeTarNumber(block, 100, 8, member.mode ?? (type === "directory" ? 0o755 : 0o644));
  number("uid", 108, 8, uid);
  number("gid", 116, 8, gid);
  number("size", 124, 12, size);
  number("mtime", 136, 12, mtime);
  block[156] = FLAGS[type].charCodeAt(0);
  text("linkpath", 157, 100, linkName);
  put(block, 257, "ustar\x0000");
  text("uname", 265, 32, userName);
  text("gname", 297, 32, groupName);
  seal(block);
  return records.size === 0 ? block : withRecords(formatPaxRecords(records), block);
}

function withRecords(records: Uint8Array, block: Uint8Array): Uint8Array {
  const headers = new Uint8Array(2 * BLOCK + paddedSize(records.length));
  put(headers, 0, "././@PaxHeader");
  for (const start of [100, 108, 116]) writeTarNumber(headers, start, 8, 0);
  writeTarNumber(headers, 124, 12, records.length);
  writeTarNumber(headers, 136, 12, 0);
  put(headers, 156, "x");
  put(headers, 257, "ustar\x0000");
  seal(headers);
  headers.set(records, BLOCK);
  headers.set(block, headers.length - BLOCK);
  return headers;
}

function seal(block: Uint8Array): void {
  writeTarNumber(block, 148, 7, tarChecksum(block));
  block[155] = 0x20;
}

/** Where a name of more than 100 characters is cut in two for ustar; `undefined` where it need not or cannot be. */
function splitOf(name: string): number | undefined {
  if (name.length <= 100 || name.length > 256 || !isAscii(name)) return undefined;
  const slash = name.indexOf("/", name.length - 101);
  return slash > 0 && slash <= 155 && slash < name.length - 1 ? slash : undefined;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** Writes text, with `?` for what is no ASCII: a pax header has it as it is. */
function put(block: Uint8Array, start: number, text: string): void {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    block[start + at] = code > 0x7f ? 0x3f : code;
  }
}

/** A number as pax has it: never with an exponent. */
function decimal(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(9).replace(/0+$/, "");
}

function checkMember(member: NewTarMember): void {
  const { name, mode = 0, mtime = 0, uid = 0, gid = 0, size = 0 } = member;
  const texts = [name, member.linkName ?? "", member.userName ?? "", member.groupName ?? ""];
  const fault = pathFault(name);
  if (fault !== undefined) throw new TypeError(`Cannot write member ${JSON.stringify(name)}: ${fault}`);
  for (const text of texts) {
    if (text.isWellFormed() && !text.includes("\0") && encoder.encode(text).length <= 2 ** 16) continue;
    throw new TypeError(
      `Cannot write member ${JSON.stringify(name)}: ${JSON.stringify(text)} fits no header`,
    );
  }
  for (
    const [what, value, most] of [["mode", mode, 0o7777], ["uid", uid, 2 ** 32], ["gid", gid, 2 ** 32], [
      "size",
      size,
    ]] as const
  ) {
    if (Number.isSafeInteger(value) && value >= 0 && value <= (most ?? value)) continue;
    throw new RangeError(`Cannot write member ${JSON.stringify(name)}: its ${what} is ${value}`);
  }
  if (!(Math.abs(mtime) < 2 ** 40)) {
    throw new RangeError(`Cannot write member ${JSON.stringify(name)}: its mtime is ${mtime}`);
  }
}
