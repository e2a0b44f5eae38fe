import type { CallOptions, ObjectStore } from "@lade/core";
import type { ByteSource } from "../source/byte_source.ts";
import { HeaderWindow } from "./header_window.ts";
import { bytesInOrder, compressionOf, openTarSource } from "./tar_input.ts";
import { checkTail } from "./check_tail.ts";
import type { TarMember } from "./tar_member.ts";
import { streamMembers } from "./stream_tar.ts";
import { TarWalk } from "./tar_walk.ts";

/**
 * Yields the members of an archive in order, without their data: the headers are read by ranges where data between them is
 * large, and else in order. A compressed archive is read as a whole.
 */
export async function* scanTar(
  store: ObjectStore,
  key: string,
  options: CallOptions = {},
): AsyncGenerator<TarMember, void, void> {
  const source = await openTarSource(store, key, options);
  const compression = await compressionOf(source, options);
  if (!compression) return yield* scanMembers(source, options);
  await using bytes = bytesInOrder(source, compression, options);
  for await (const { member } of streamMembers(bytes, source.uri)) yield member;
}

/** Yields the members of a source, from the header at `from` on. */
export async function* scanMembers(
  source: ByteSource,
  options: CallOptions & { readonly from?: number } = {},
): AsyncGenerator<TarMember, void, void> {
  for await (const members of scanMemberBatches(source, options)) yield* members;
}

/** Members that are handed out at once, at most. */
const BATCH = 256;

/** Yields the members of a source in batches: those whose headers are at hand together. */
export async function* scanMemberBatches(
  source: ByteSource,
  { from = 0, ...options }: CallOptions & { readonly from?: number } = {},
): AsyncGenerator<readonly TarMember[], void, void> {
  const walk = new TarWalk(source.uri, source.size, from);
  await using headers = new HeaderWindow(source, options, from);
  const batch: TarMember[] = [];
  const takeReady = () => {
    while (!walk.isEnded && batch.length < BATCH) {
      const length = Math.min(walk.length, source.size - walk.at);
      if (length < walk.length) return walk.finish(length);
      const bytes = headers.takeNow(walk.at, length);
      if (!bytes) return;
      const member = walk.feed(bytes);
      if (member) batch.push(member);
    }
  };
  while (!walk.isEnded) {
    let isFull = false;
    try {
      takeReady();
    } finally {
      isFull = batch.length === BATCH;
      if (batch.length > 0) yield batch.splice(0);
    }
    if (isFull || walk.isEnded) continue;
    const member = walk.feed(await headers.take(walk.at, walk.length));
    if (member) batch.push(member);
  }
  headers.check();
  const left = source.size - walk.at;
  const near = left <= 0 ? new Uint8Array(0) : headers.takeNow(walk.at, left);
  await checkTail(near ? [near] : source.stream({ ...options, offset: walk.at }), walk.at, source.uri);
}
