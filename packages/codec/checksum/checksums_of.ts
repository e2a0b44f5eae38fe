import { boundMemory } from "./bind_checksums.ts";
import { checkBytes } from "./checksum_arguments.ts";
import { checksumWindow, WINDOW } from "./checksum_window.ts";
import { COMBINABLE_CHECKSUMS, type CombinableName } from "./combinable_checksum.ts";

/**
 * The checksums of `bytes` by the given names, in base64 of their big-endian bytes. The bytes come from memory once for
 * all of them.
 */
export function checksumsOf<Name extends CombinableName>(
  bytes: Uint8Array,
  names: readonly Name[],
): Record<Name, string> {
  checkBytes(bytes, "checksums");
  const sums = names.map((name) => ({
    name,
    sum: COMBINABLE_CHECKSUMS[name],
    value: COMBINABLE_CHECKSUMS[name].zero,
  }));
  // One alone copies them by itself.
  const isCopied = names.length > 1 && bytes.length >= WINDOW && !boundMemory(bytes.buffer);
  for (let at = 0; at < bytes.length; at += WINDOW) {
    const there = bytes.subarray(at, at + WINDOW);
    const piece = isCopied ? inWindow(there) : there;
    for (const each of sums) each.value = each.sum.update(piece, each.value);
  }
  const told = sums.map(({ name, sum, value }) => [name, sum.toBase64(value)]);
  return Object.fromEntries(told) as Record<Name, string>;
}

function inWindow(piece: Uint8Array): Uint8Array {
  const { bytes } = checksumWindow();
  bytes.set(piece);
  return bytes.subarray(0, piece.length);
}
