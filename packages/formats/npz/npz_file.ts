import { type CallOptions, crc32 } from "@lade/core";
import { QuotaExceededError } from "@lade/core/errors";
import { NpyFile, type NpyReadOptions } from "../npy/npy_file.ts";
import { MAX_HEADER, type NpyHeader, type NpyHeaderOptions, readHeader } from "../npy/npy_header.ts";
import type { NpyArray } from "../npy/npy_type.ts";
import { BytesSource } from "../source/bytes_source.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { SourceWindow } from "../source/source_window.ts";
import { inflateMember, memberFault, sumFault } from "./inflate_member.ts";
import { openMember } from "./open_member.ts";
import { readZipDirectory, type ZipMember } from "./zip_directory.ts";

/** Options of opening an array of an archive. */
export interface NpzMemberOptions extends NpyHeaderOptions {
  /** Bytes of a deflated member, at most: they are kept in memory, and more are a `QuotaExceededError`. 1 GiB by default. */
  readonly maxSize?: number;
}

/** Where the elements of an array lie in its archive. */
export interface NpzPlace {
  /** What the array's header says. */
  readonly header: NpyHeader;
  /** The first byte of the elements, in the archive; absent where they are deflated. */
  readonly offset?: number;
  /** The CRC-32 of what lies before the elements in their member; with that of the elements it makes the member's. */
  readonly headCrc32?: number;
}

const MAX_SIZE = 2 ** 30;
const SUFFIX = ".npy";

/** An npz file whose directory is read: a zip archive of npy files. */
export class NpzFile {
  /** The archive. */
  readonly source: ByteSource;
  /** All its members, in the order of the directory. */
  readonly members: readonly ZipMember[];
  /** The names of the arrays, in that order: those of the members that end in `.npy`, without that. */
  readonly names: readonly string[];
  readonly #byName: ReadonlyMap<string, ZipMember>;

  private constructor(source: ByteSource, members: readonly ZipMember[]) {
    this.source = source;
    this.members = members;
    const arrays = members.filter(({ name }) => name.endsWith(SUFFIX));
    this.#byName = new Map(arrays.map((member) => [member.name.slice(0, -SUFFIX.length), member]));
    this.names = [...this.#byName.keys()];
  }

  /** Reads and checks the directory of an archive that is all of a source. */
  static async open(source: ByteSource, options: CallOptions = {}): Promise<NpzFile> {
    return new NpzFile(source, await readZipDirectory(source, options));
  }

  /**
   * Opens an array. One that is stored is read by ranges: where it is read as a whole, its CRC-32 is compared; of rows none
   * can be. One that is deflated is decompressed into memory and compared now. A name that there is not is a `TypeError` that
   * names those that are.
   */
  async open(name: string, options: NpzMemberOptions = {}): Promise<NpyFile> {
    const member = this.member(name);
    const { maxSize = MAX_SIZE, ...header } = options;
    const call = callOf(options);
    const uri = this.#uriOf(member);
    if (member.compression === "deflate" && member.size > maxSize) {
      const detail = `it is deflated, and has ${member.size} bytes, more than ${maxSize}`;
      throw new QuotaExceededError({
        operation: "read npz",
        uri,
        detail,
        advice: "raise maxSize, or store it",
      });
    }
    const { source, dataOffset } = await openMember(this.source, member, call);
    if (member.compression === "deflate") {
      const content = new Uint8Array(member.size);
      let length = 0;
      for await (const piece of inflateMember(source, dataOffset, member, call)) {
        content.set(piece, length);
        length += piece.length;
      }
      return await NpyFile.open(new BytesSource(content, uri), header);
    }
    const window = new SourceWindow(source, dataOffset, member.size, uri);
    return await NpyFile.open(window, header, (head, elements) => {
      const found = crc32(elements, crc32(head));
      if (found === member.crc32) return;
      const detail = sumFault(found, member.crc32);
      throw memberFault({ source: this.source, name: member.name, offset: dataOffset, detail });
    });
  }

  /** Reads what the header of an array says, and of a deflated one no more than it takes. */
  async header(name: string, options: NpyHeaderOptions = {}): Promise<NpyHeader> {
    const member = this.member(name);
    if (member.compression === "stored") return (await this.open(name, options)).header;
    const { source, dataOffset } = await openMember(this.source, member, callOf(options));
    const start = new Uint8Array(Math.min(member.size, 12 + 4 * (options.maxHeader ?? MAX_HEADER)));
    let length = 0;
    for await (const piece of inflateMember(source, dataOffset, member, callOf(options))) {
      const part = piece.subarray(0, start.length - length);
      start.set(part, length);
      length += part.length;
      if (length === start.length && length < member.size) break;
    }
    return (await readHeader(new StartSource(start, this.#uriOf(member), member.size), options)).header;
  }

  /** Says where the elements of an array lie, for those who read them by ranges of their own. */
  async locate(name: string, options: NpyHeaderOptions = {}): Promise<NpzPlace> {
    const member = this.member(name);
    if (member.compression === "deflate") return { header: await this.header(name, options) };
    const { source, dataOffset } = await openMember(this.source, member, callOf(options));
    const window = new SourceWindow(source, dataOffset, member.size, this.#uriOf(member));
    const { header } = await NpyFile.open(window, options);
    const head = await window.read(0, header.dataOffset, callOf(options));
    return { header, offset: dataOffset + header.dataOffset, headCrc32: crc32(head) };
  }

  /** The member that has an array. A name that there is not is a `TypeError` that names those that are. */
  member(name: string): ZipMember {
    const member = this.#byName.get(name);
    if (member) return member;
    const names = this.names.slice(0, 20).join(", ") + (this.names.length > 20 ? ", …" : "");
    throw new TypeError(
      `Cannot read the array ${JSON.stringify(name)} of npz ${
        JSON.stringify(this.source.uri)
      }: there are ${names}`,
    );
  }

  /** Reads an array, straight into place where it is stored. */
  async read(name: string, options: NpzMemberOptions & NpyReadOptions = {}): Promise<NpyArray> {
    const { into, ...open } = options;
    const file = await this.open(name, open);
    return await file.read({ ...callOf(options), ...(into && { into }) });
  }

  #uriOf({ name }: ZipMember): string {
    return `${this.source.uri}: ${name}`;
  }
}

/** The first bytes of a file whose size is known, where its header lies. */
class StartSource extends BytesSource {
  readonly #size: number;

  constructor(bytes: Uint8Array, uri: string, size: number) {
    super(bytes, uri);
    this.#size = size;
  }

  override get size(): number {
    return this.#size;
  }
}

function callOf({ signal }: CallOptions): CallOptions {
  return signal ? { signal } : {};
}
