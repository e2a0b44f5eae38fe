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
  { from = 0, ...options }: CallOptions & { readonly from?: number } = {},
): AsyncGenerator<TarMember, void, void> {
  const walk = new TarWalk(source.uri, source.size, from);
  await using headers = new HeaderWindow(source, options, from);
  while (!walk.isEnded) {
    const length = Math.min(walk.length, source.size - walk.at);
    if (length < walk.length) {
      walk.finish(length);
      return;
    }
    const member = walk.feed(headers.takeNow(walk.at, length) ?? await headers.take(walk.at, length));
    if (member) yield member;
  }
  const near = headers.takeNow(walk.at, source.size - walk.at);
  await checkTail(near ? [near] : source.stream({ ...options, offset: walk.at }), walk.at, source.uri);
}
