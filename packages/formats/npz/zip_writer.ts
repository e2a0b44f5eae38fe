import { crc32, type ObjectWriter, type PutResult } from "@lade/core";
import { DeflateWriter } from "./deflate_writer.ts";
import { checkMemberName } from "./member_name.ts";
import {
  dataDescriptor,
  directoryHeader,
  endRecords,
  localHeader,
  type WrittenMember,
} from "./zip_records.ts";

/** How a member is written. */
export interface ZipMemberOptions {
  /** Whether it is deflated. */
  readonly deflate: boolean;
  /** What a stored member's size and CRC-32 are; where it is not known before, they are written behind the data. */
  readonly known?: { readonly size: number; readonly crc32: number };
}

/** Writes a zip archive, always of zip64, member after member. A failure ends it: nothing of it is left. */
export class ZipWriter {
  readonly #writer: ObjectWriter;
  readonly #uri: string;
  readonly #members: WrittenMember[] = [];
  readonly #names = new Set<string>();
  #at = 0;
  #open = false;

  /** Takes the writer over; `uri` is named in errors. */
  constructor(writer: ObjectWriter, uri: string) {
    this.#writer = writer;
    this.#uri = uri;
  }

  /**
   * Starts a member; it has to be closed before the next one. What is aborted leaves the archive without an end, so that it
   * is aborted too.
   */
  async member(name: string, { deflate, known }: ZipMemberOptions): Promise<ObjectWriter> {
    const fault = checkMemberName(name) ?? (this.#names.has(name) ? "there is one already" : undefined) ??
      (this.#open ? "the one before is not closed" : undefined);
    const encoded = new TextEncoder().encode(name);
    if (fault !== undefined || encoded.length > 0xffff) {
      throw this.#refusal(`add the member ${JSON.stringify(name)}`, fault ?? "its name is too long");
    }
    this.#names.add(name);
    this.#open = true;
    const member: WrittenMember = {
      name: encoded,
      method: deflate ? 8 : 0,
      size: known?.size ?? 0,
      storedSize: known?.size ?? 0,
      crc32: known?.crc32 ?? 0,
      offset: this.#at,
      later: !known,
    };
    await this.#write(localHeader(member));
    return new MemberWriter(deflate, {
      write: (bytes) => this.#write(bytes),
      done: (sums) => this.#end({ ...member, ...sums }),
      abort: (reason) => this.abort(reason),
    });
  }

  /** Writes the directory, and makes the archive visible. */
  async close(): Promise<PutResult> {
    if (this.#open) {
      const error = this.#refusal("close it", "its last member is not closed");
      await this.abort(error);
      throw error;
    }
    const start = this.#at;
    for (const member of this.#members) await this.#write(directoryHeader(member));
    await this.#write(endRecords(this.#members.length, this.#at - start, start));
    return await this.#writer.close();
  }

  /** Gives up: nothing is left behind. */
  async abort(reason?: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }

  async #end(member: WrittenMember): Promise<void> {
    if (member.later) await this.#write(dataDescriptor(member));
    this.#members.push(member);
    this.#open = false;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#writer.write(bytes);
    this.#at += bytes.length;
  }

  #refusal(what: string, fault: string): TypeError {
    return new TypeError(`Cannot write npz ${JSON.stringify(this.#uri)}: cannot ${what}: ${fault}`);
  }
}

interface MemberPlace {
  write(bytes: Uint8Array): Promise<void>;
  done(sums: Pick<WrittenMember, "size" | "storedSize" | "crc32">): Promise<void>;
  abort(reason?: unknown): Promise<void>;
}

/** The writer of one member. */
class MemberWriter implements ObjectWriter {
  readonly changesBytes = true;
  readonly #place: MemberPlace;
  readonly #deflater: DeflateWriter | undefined;
  #size = 0;
  #storedSize = 0;
  #sum = 0;
  #ended = false;

  constructor(deflate: boolean, place: MemberPlace) {
    this.#place = place;
    this.#deflater = deflate ? new DeflateWriter((piece) => this.#store(piece)) : undefined;
  }

  get bytesWritten(): number {
    return this.#size;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#sum = crc32(chunk, this.#sum);
    this.#size += chunk.length;
    await (this.#deflater ? this.#deflater.write(chunk) : this.#store(chunk));
  }

  async close(): Promise<PutResult> {
    await this.#deflater?.close();
    this.#ended = true;
    await this.#place.done({ size: this.#size, storedSize: this.#storedSize, crc32: this.#sum });
    return { size: this.#storedSize };
  }

  async abort(reason?: unknown): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#deflater?.abort(reason);
    await this.#place.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort(new Error("The member was disposed before it was closed"));
  }

  async #store(bytes: Uint8Array): Promise<void> {
    await this.#place.write(bytes);
    this.#storedSize += bytes.length;
  }
}
