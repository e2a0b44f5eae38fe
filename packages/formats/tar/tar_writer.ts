import type { ObjectStore, ObjectWriter, PutResult, WriterOptions } from "@lade/core";
import { formatTarHeaders, type NewTarMember } from "./format_header.ts";
import { BLOCK, paddedSize, type TarMember } from "./tar_member.ts";

/** An archive that is being written. Nobody sees it before `close` succeeds; a failure gives it up. */
export class TarWriter implements AsyncDisposable {
  readonly #writer: ObjectWriter;
  #position = 0;
  #padding = 0;
  #isBusy = false;

  private constructor(writer: ObjectWriter) {
    this.#writer = writer;
  }

  /** Starts an archive. */
  static async create(store: ObjectStore, key: string, options?: WriterOptions): Promise<TarWriter> {
    return new TarWriter(await store.createWriter(key, options));
  }

  /** Bytes so far, without the end. */
  get size(): number {
    return this.#position + this.#padding;
  }

  /**
   * Adds a member with its data, and says where it lies. Data of another length than the member's size is a `RangeError`,
   * which ends the archive, as every failure does. One member is added at a time.
   */
  async add(member: NewTarMember, data?: Uint8Array | AsyncIterable<Uint8Array>): Promise<TarMember> {
    if (this.#isBusy) throw new TypeError("Cannot add a member to an archive while another one is added");
    const { type = "file" } = member;
    const size = type !== "file" ? 0 : member.size ?? (data instanceof Uint8Array ? data.length : 0);
    const headers = formatTarHeaders({ ...member, size });
    this.#isBusy = true;
    const headerOffset = this.size;
    try {
      await this.#write(withPadding(this.#padding, headers));
      const offset = this.#position;
      const check = (length: number) => {
        if (length === size) return;
        const more = length > size ? "more" : `${length}`;
        throw new RangeError(
          `Cannot write member ${JSON.stringify(member.name)} of ${size} bytes: ${more} came`,
        );
      };
      if (data instanceof Uint8Array) {
        check(data.length);
        if (size > 0) await this.#write(data);
      } else {
        for await (const piece of data ?? []) {
          if (this.#position + piece.length > offset + size) check(size + 1);
          await this.#write(piece);
        }
        check(this.#position - offset);
      }
      this.#padding = paddedSize(size) - size;
      return asWritten(member, { size, offset, headerOffset });
    } catch (error) {
      await this.abort(error);
      throw error;
    } finally {
      this.#isBusy = false;
    }
  }

  /** Writes the end, and makes the archive visible. */
  async close(): Promise<PutResult> {
    await this.#write(new Uint8Array(this.#padding + 2 * BLOCK));
    return await this.#writer.close();
  }

  /** Gives up: nothing is left behind. Does nothing after `close`. */
  async abort(reason?: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }

  /** Gives up what is not closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#writer.write(bytes);
    this.#position += bytes.length;
    this.#padding = 0;
  }
}

function withPadding(padding: number, headers: Uint8Array): Uint8Array {
  if (padding === 0) return headers;
  const bytes = new Uint8Array(padding + headers.length);
  bytes.set(headers, padding);
  return bytes;
}

function asWritten(
  { name, type = "file", mode, mtime = 0, uid = 0, gid = 0, userName, groupName, linkName }: NewTarMember,
  place: Pick<TarMember, "size" | "offset" | "headerOffset">,
): TarMember {
  return {
    name,
    type,
    ...place,
    mode: mode ?? (type === "directory" ? 0o755 : 0o644),
    mtime,
    uid,
    gid,
    ...(userName && { userName }),
    ...(groupName && { groupName }),
    ...(linkName !== undefined && { linkName }),
  };
}

/** Bytes that a member takes in an archive: headers, data and what fills its last block. */
export function tarSizeOf(member: NewTarMember): number {
  return formatTarHeaders(member).length +
    paddedSize((member.type ?? "file") === "file" ? member.size ?? 0 : 0);
}
