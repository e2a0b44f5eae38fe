import type { CallOptions, ObjectStore } from "@lade/core";
import { checkTail } from "./check_tail.ts";
import type { InOrderBytes } from "./in_order_bytes.ts";
import { tarFault } from "./tar_fault.ts";
import { bytesInOrder, compressionOf, openTarSource } from "./tar_input.ts";
import type { TarMember } from "./tar_member.ts";
import { TarWalk } from "./tar_walk.ts";

/** A member of an archive that is read in order. Its data can be read until the next member is asked for, once. */
export interface TarEntry {
  /** The member. */
  readonly member: TarMember;
  /** All its data, in memory of the caller's own. */
  bytes(): Promise<Uint8Array>;
  /** Its data in pieces, each valid until the next one is asked for. */
  stream(): AsyncIterable<Uint8Array>;
}

/**
 * Yields the members of an archive in order with their data, also of one that is compressed with gzip or zstd. Data that
 * is not read is passed over; where it is large, it is not asked for either. What comes before a fault is yielded before it
 * is thrown.
 */
export async function* streamTar(
  store: ObjectStore,
  key: string,
  options: CallOptions = {},
): AsyncGenerator<TarEntry, void, void> {
  const source = await openTarSource(store, key, options);
  const compression = await compressionOf(source, options);
  await using bytes = bytesInOrder(source, compression, options);
  yield* streamMembers(bytes, source.uri, compression ? undefined : source.size);
}

/** The members of bytes that come in order. `size` is that of the archive, where it is known. */
export async function* streamMembers(
  bytes: InOrderBytes,
  uri: string,
  size?: number,
): AsyncGenerator<TarEntry, void, void> {
  const walk = new TarWalk(uri, size);
  while (!walk.isEnded) {
    const due = walk.length;
    const piece = bytes.takeNow(due) ?? await bytes.take(due);
    if (piece.length < due) return walk.finish(piece.length);
    const member = walk.feed(piece);
    if (!member) continue;
    const data = new MemberData(member, bytes, uri, size !== undefined);
    yield data;
    data.close();
    const rest = walk.at - bytes.position;
    const passed = rest > 0 ? await bytes.skip(rest) : rest;
    if (passed < rest) throw cutMember(member, uri, bytes.position);
  }
  await checkTail(bytes.rest(), walk.at, uri);
}

/** Memory that is taken for data before it is seen to be there, at most. */
const MOST_TRUSTED = 64 * 2 ** 20;

class MemberData implements TarEntry {
  readonly member: TarMember;
  readonly #bytes: InOrderBytes;
  readonly #uri: string;
  readonly #isSizeKnown: boolean;
  #isOpen = true;

  constructor(member: TarMember, bytes: InOrderBytes, uri: string, isSizeKnown: boolean) {
    this.member = member;
    this.#bytes = bytes;
    this.#uri = uri;
    this.#isSizeKnown = isSizeKnown;
  }

  async bytes(): Promise<Uint8Array> {
    const { size } = this.member;
    this.#open();
    if (!this.#isSizeKnown && size > MOST_TRUSTED) return await this.#gather();
    const whole = new Uint8Array(size);
    const filled = await this.#bytes.fill(whole);
    if (filled < size) throw cutMember(this.member, this.#uri, this.#bytes.position);
    return whole;
  }

  async *stream(): AsyncGenerator<Uint8Array, void, void> {
    this.#open();
    yield* this.#pieces();
  }

  close(): void {
    this.#isOpen = false;
  }

  async *#pieces(): AsyncGenerator<Uint8Array, void, void> {
    const { offset, size } = this.member;
    for (let left = size; left > 0;) {
      if (this.#bytes.position !== offset + size - left) throw this.#late();
      const piece = await this.#bytes.some(left);
      if (!piece) throw cutMember(this.member, this.#uri, this.#bytes.position);
      left -= piece.length;
      yield piece;
    }
  }

  /** Data of a size that only the archive claims, in memory that grows as it comes. */
  async #gather(): Promise<Uint8Array> {
    let whole = new Uint8Array(MOST_TRUSTED);
    let length = 0;
    for await (const piece of this.#pieces()) {
      if (length + piece.length > whole.length) {
        const grown = new Uint8Array(Math.min(this.member.size, 2 * whole.length));
        grown.set(whole.subarray(0, length));
        whole = grown;
      }
      whole.set(piece, length);
      length += piece.length;
    }
    return whole.subarray(0, length);
  }

  #open(): void {
    if (!this.#isOpen || this.#bytes.position !== this.member.offset) throw this.#late();
  }

  #late(): TypeError {
    const name = JSON.stringify(this.member.name);
    return new TypeError(
      `Cannot read member ${name} of an archive: its data was read, or the next member asked for`,
    );
  }
}

function cutMember({ name, size, offset }: TarMember, uri: string, at: number): Error {
  const got = Math.min(at - offset, size);
  const part = at < offset + size ? `${got} of its bytes` : "an incomplete last block";
  return tarFault(
    { uri, offset: at },
    `member ${JSON.stringify(name)} of ${size} bytes is cut: the archive has ${part}`,
  );
}
