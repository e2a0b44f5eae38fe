import { type CallOptions, objectUri } from "@lade/core";
import type { FormatTarget } from "../registry/format.ts";
import { InOrderBytes } from "./in_order_bytes.ts";
import { streamMembers, type TarEntry } from "./stream_tar.ts";
import { scanMembers } from "./scan_tar.ts";
import { bytesInOrder } from "./tar_input.ts";
import type { TarMember } from "./tar_member.ts";

/** The members of an archive with their data, in order, whether it is compressed as a whole or not. */
export async function* entriesOf(
  target: FormatTarget,
  options: CallOptions = {},
): AsyncGenerator<TarEntry, void, void> {
  const { stream } = target;
  if (!stream) {
    const source = await target.open("start");
    await using bytes = bytesInOrder(source, undefined, options);
    return yield* streamMembers(bytes, source.uri, source.size);
  }
  await using bytes = new InOrderBytes(() => stream(options), { jump: Infinity });
  yield* streamMembers(bytes, uriOf(target));
}

/** The members without their data. */
export async function* membersOf(
  target: FormatTarget,
  options: CallOptions = {},
): AsyncGenerator<TarMember, void, void> {
  if (!target.stream) return yield* scanMembers(await target.open("start"), options);
  for await (const { member } of entriesOf(target, options)) yield member;
}

/** What errors name. */
export function uriOf({ store, key }: FormatTarget): string {
  return objectUri(store.uri, key);
}
