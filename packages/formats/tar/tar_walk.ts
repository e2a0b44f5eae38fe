import { MOST_EXTENDED, parsePaxRecords } from "./pax_records.ts";
import { tarFault, tarRefusal } from "./tar_fault.ts";
import { decodeTarText, isZeroBlock, TarHeader } from "./tar_header.ts";
import { BLOCK, paddedSize, type TarMember, type TarMemberType } from "./tar_member.ts";

const TYPES: Readonly<Record<string, TarMemberType>> = {
  "\0": "file",
  "0": "file",
  "7": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "character-device",
  "4": "block-device",
  "5": "directory",
  "6": "fifo",
};
const REFUSED: Readonly<Record<string, string>> = {
  S: "a sparse file, of which only pieces are stored",
  M: "a member that goes on from another volume",
  D: "a directory of an incremental dump",
  N: "a list of long names in an old form",
};
const SPARSE_ADVICE = "make the archive without --sparse";

/** Headers that say something of the next member, or of all that follow. */
const EXTENDED: ReadonlySet<string> = new Set(["x", "g", "X", "L", "K"]);

type Step = "header" | "extended" | "second-zero" | "end";

/**
 * Goes through the headers of an archive without reading anything itself: it says which bytes it needs next (`at`,
 * `length`), and is fed exactly these. Data is passed over.
 */
export class TarWalk {
  /** Where the bytes are that are needed next. After a member, that is behind its data. */
  at: number;
  /** How many. */
  length: number = BLOCK;
  readonly #uri: string;
  readonly #size: number;
  #step: Step = "header";
  #headerOffset = 0;
  #flag = "";
  #extended = 0;
  #dataSize = 0;
  readonly #global = new Map<string, string>();
  #local = new Map<string, string>();

  /** `size` is that of the archive, where it is known. */
  constructor(uri: string, size: number = Infinity, at: number = 0) {
    this.#uri = uri;
    this.#size = size;
    this.at = at;
    this.#headerOffset = at;
  }

  /** Whether the two blocks that end an archive have been seen. */
  get isEnded(): boolean {
    return this.#step === "end";
  }

  /** Takes the bytes that were needed, and gives the member that they complete, if they do. */
  feed(bytes: Uint8Array): TarMember | undefined {
    if (this.#step === "extended") {
      this.#takeExtended(bytes);
      this.#expectHeader();
      return undefined;
    }
    // A header has a name or a checksum, which are no zeros.
    if (bytes[0] === 0 && isZeroBlock(bytes)) return this.#takeZeros();
    if (this.#step === "second-zero") {
      throw this.#fault("a lone block of zeros, where two end an archive", this.at - BLOCK);
    }
    const header = new TarHeader(bytes, { uri: this.#uri, offset: this.at });
    this.at += BLOCK;
    return this.#takeHeader(header);
  }

  /** Says that the archive has no more bytes: `got` of those that are needed came. */
  finish(got: number): void {
    if (got === 0 && this.at === 0) throw this.#fault("it is empty", 0);
    if (got > 0) throw this.#fault(`it ends ${got} bytes into a block of ${this.length}`, this.at + got);
    if (this.#step === "extended" || this.#headerOffset !== this.at && this.#step === "header") {
      throw this.#fault("it ends between a member's headers", this.at);
    }
    this.#step = "end";
  }

  #expectHeader(): void {
    this.#step = "header";
    this.length = BLOCK;
  }

  #takeZeros(): undefined {
    if (this.#headerOffset !== this.at && this.#step === "header") {
      throw this.#fault("it ends between a member's headers", this.at);
    }
    this.#step = this.#step === "header" ? "second-zero" : "end";
    this.at += BLOCK;
  }

  #takeHeader(header: TarHeader): TarMember | undefined {
    const { flag, size } = header;
    if (EXTENDED.has(flag)) {
      this.#extended += size;
      if (this.#extended > MOST_EXTENDED) {
        const detail = `headers of ${this.#extended} bytes for one member; ${MOST_EXTENDED} at most are read`;
        throw this.#fault(detail, this.at - BLOCK);
      }
      this.#checkFits(size, () => `a header of ${size} bytes`);
      this.#flag = flag;
      if (size === 0) return undefined;
      this.#step = "extended";
      this.length = paddedSize(size);
      this.#dataSize = size;
      return undefined;
    }
    // The label of a volume names no member.
    if (flag === "V" && size === 0) return this.#forget();
    const member = this.#memberOf(header);
    this.at += paddedSize(member.size);
    this.#forget();
    return member;
  }

  #forget(): undefined {
    if (this.#local.size > 0) this.#local = new Map();
    this.#extended = 0;
    this.#headerOffset = this.at;
  }

  #takeExtended(bytes: Uint8Array): void {
    const place = { uri: this.#uri, offset: this.at };
    const data = bytes.subarray(0, this.#dataSize);
    this.at += bytes.length;
    if (this.#flag === "L" || this.#flag === "K") {
      const zero = data.indexOf(0);
      const text = decodeTarText(zero < 0 ? data : data.subarray(0, zero), place);
      const name = this.#flag === "L" ? "path" : "linkpath";
      // A pax header says it better, whichever comes first.
      if (!this.#local.has(name)) this.#local.set(name, text);
      return;
    }
    const records = parsePaxRecords(
      data,
      (detail, at) => tarFault({ ...place, offset: place.offset + at }, detail),
    );
    const kept = this.#flag === "g" ? this.#global : this.#local;
    for (const [name, value] of records) {
      if (name.startsWith("GNU.sparse.")) {
        throw tarRefusal(place, `a member is ${REFUSED.S}, which is not read`, SPARSE_ADVICE);
      }
      if (value === "" && kept === this.#global) kept.delete(name);
      else if (NEEDED.has(name)) kept.set(name, value);
    }
    // What holds for all that follow is no header of the next member alone.
    if (this.#flag === "g" && this.#local.size === 0) this.#forget();
  }

  #memberOf(header: TarHeader): TarMember {
    const { flag } = header;
    const name = this.#valueOf("path") ?? header.name();
    const isDirectory = flag !== "5" && name.endsWith("/");
    const type = isDirectory && TYPES[flag] === "file" ? "directory" : TYPES[flag];
    const place = { uri: this.#uri, offset: this.at - BLOCK };
    const refused = REFUSED[flag];
    if (refused !== undefined) {
      const detail = `member ${JSON.stringify(name)} is ${refused}, which is not read`;
      throw tarRefusal(place, detail, flag === "S" ? SPARSE_ADVICE : undefined);
    }
    if (!type) {
      throw tarRefusal(
        place,
        `member ${JSON.stringify(name)} is of an unknown type, ${JSON.stringify(flag)}`,
      );
    }
    if (name === "") throw tarFault(place, "a member has no name");
    const size = this.#numberOf("size", header.size);
    if (!Number.isSafeInteger(size) || size < 0) throw tarFault(place, `the size of a member is ${size}`);
    const userName = this.#valueOf("uname") ?? header.userName();
    const groupName = this.#valueOf("gname") ?? header.groupName();
    const member: { -readonly [Name in keyof TarMember]: TarMember[Name] } = {
      name: type === "directory" ? withoutSlash(name) : name,
      type,
      size: type === "file" ? size : 0,
      offset: this.at,
      headerOffset: this.#headerOffset,
      mode: header.mode & 0o7777,
      mtime: this.#numberOf("mtime", header.mtime),
      uid: this.#numberOf("uid", header.uid),
      gid: this.#numberOf("gid", header.gid),
    };
    if (userName !== "") member.userName = userName;
    if (groupName !== "") member.groupName = groupName;
    if (type === "symlink" || type === "hardlink") {
      member.linkName = this.#valueOf("linkpath") ?? header.linkName();
    }
    this.#checkFits(member.size, () => `member ${JSON.stringify(name)} of ${member.size} bytes`);
    return member;
  }

  #valueOf(name: string): string | undefined {
    if (this.#local.size === 0 && this.#global.size === 0) return undefined;
    const value = this.#local.get(name) ?? this.#global.get(name);
    return value === "" ? undefined : value;
  }

  #numberOf(name: string, otherwise: number): number {
    const value = this.#valueOf(name);
    if (value === undefined) return otherwise;
    const number = /^-?\d{1,16}(\.\d*)?$/.test(value) ? Number(value) : NaN;
    if (!Number.isFinite(number)) {
      throw this.#fault(`${name} in a pax header is no number`, this.#headerOffset);
    }
    return number;
  }

  #checkFits(size: number, what: () => string): void {
    const end = this.at + paddedSize(size);
    if (end <= this.#size) return;
    const part = this.at + size <= this.#size ? "in what fills its last block" : "before its end";
    throw this.#fault(`${what()} is cut: the archive of ${this.#size} bytes ends ${part}`, this.at - BLOCK);
  }

  #fault(detail: string, offset: number): Error {
    return tarFault({ uri: this.#uri, offset }, detail);
  }
}

/** The records of pax headers that say something of a member here. */
const NEEDED: ReadonlySet<string> = new Set([
  "path",
  "linkpath",
  "size",
  "mtime",
  "uid",
  "gid",
  "uname",
  "gname",
]);

function withoutSlash(name: string): string {
  let end = name.length;
  while (end > 1 && name[end - 1] === "/") end--;
  return name.slice(0, end);
}
