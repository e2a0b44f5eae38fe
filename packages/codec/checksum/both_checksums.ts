import { boundMemory } from "./bind_checksums.ts";
import { checkBytes } from "./checksum_arguments.ts";
import { checksumWindow, WINDOW } from "./checksum_window.ts";
import { crc32c } from "./crc32c.ts";
import { crc64nvme } from "./crc64nvme.ts";

/** The two checksums of some bytes. */
export interface BothChecksums {
  /** {@linkcode crc32c} of them. */
  readonly crc32c: number;
  /** {@linkcode crc64nvme} of them. */
  readonly crc64nvme: bigint;
}

/** {@linkcode crc32c} and {@linkcode crc64nvme} of `bytes`, which come from memory once for both. */
export function bothChecksums(bytes: Uint8Array): BothChecksums {
  checkBytes(bytes, "checksums");
  let [crc32, crc64] = [0, 0n];
  const isCopied = bytes.length >= WINDOW && !boundMemory(bytes.buffer);
  for (let at = 0; at < bytes.length; at += WINDOW) {
    const there = bytes.subarray(at, at + WINDOW);
    const piece = isCopied ? inWindow(there) : there;
    // This one waits less for memory than the other would.
    crc64 = crc64nvme(piece, crc64);
    crc32 = crc32c(piece, crc32);
  }
  return { crc32c: crc32, crc64nvme: crc64 };
}

function inWindow(piece: Uint8Array): Uint8Array {
  const { bytes } = checksumWindow();
  bytes.set(piece);
  return bytes.subarray(0, piece.length);
}
