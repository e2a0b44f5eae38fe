import { crc32cFromHex, crc32cToHex } from "@lade/codec/checksum";

/** A block by its name. */
export type NamedBlock =
  | { readonly kind: "part"; readonly writer: string; readonly index: number; readonly crc32c: number }
  | { readonly kind: "begun"; readonly writer: string; readonly time: number }
  | { readonly kind: "aborted"; readonly writer: string };

/**
 * The name of a block. All have 48 bytes, as those of the SDK for JavaScript do: the service takes names of one length only
 * beside each other. A writer's are its own, so that blocks of two writers of one blob never take each other's place.
 */
export function blockId(block: NamedBlock): string {
  return btoa(`${block.writer}-${tail(block)}`);
}

function tail(block: NamedBlock): string {
  switch (block.kind) {
    case "part":
      return `p${String(block.index).padStart(5, "0")}-${crc32cToHex(block.crc32c)}`;
    case "begun":
      return `b${String(block.time).padStart(14, "0")}`;
    case "aborted":
      return "x".padEnd(15, "-");
  }
}

/** Reads a name; `undefined` for one that another program gave. */
export function readBlockId(id: string): NamedBlock | undefined {
  const form = /^([0-9a-f]{32})-(?:p(\d{5})-([0-9a-f]{8})|b(\d{14})|x-{14})$/;
  const [found, writer = "", index, crc32c, time] = form.exec(decoded(id)) ?? [];
  if (found === undefined) return undefined;
  if (crc32c !== undefined) {
    return { kind: "part", writer, index: Number(index), crc32c: crc32cFromHex(crc32c) };
  }
  return time === undefined ? { kind: "aborted", writer } : { kind: "begun", writer, time: Number(time) };
}

function decoded(id: string): string {
  try {
    return atob(id);
  } catch {
    return "";
  }
}
