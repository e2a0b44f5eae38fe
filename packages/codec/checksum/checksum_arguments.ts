/**
 * Refuses what has no bytes to check: other types, and a view whose buffer was transferred away or whose memory grew,
 * which would otherwise pass for an empty one.
 */
export function checkBytes(bytes: Uint8Array, algorithm: string): void {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`Cannot compute ${algorithm}: expected a Uint8Array`);
  }
  if (bytes.byteLength === 0 && bytes.buffer instanceof ArrayBuffer && bytes.buffer.detached) {
    throw new TypeError(`Cannot compute ${algorithm}: the buffer is detached`);
  }
}

/** Refuses what is not an unsigned 32-bit integer. */
export function checkCrc32c(checksum: number): void {
  if (checksum >>> 0 !== checksum) {
    throw new RangeError(`Cannot use ${checksum} as a CRC-32C: expected an integer from 0 to 2^32 - 1`);
  }
}

/** Refuses what is not an unsigned 64-bit integer. */
export function checkCrc64nvme(checksum: bigint): void {
  if (typeof checksum !== "bigint" || BigInt.asUintN(64, checksum) !== checksum) {
    throw new RangeError(`Cannot use ${checksum} as a CRC-64/NVME: expected a bigint from 0 to 2^64 - 1`);
  }
}

/** Refuses what is not a number of bytes. */
export function checkLength(length: number): void {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(
      `Cannot combine checksums over ${length} bytes: expected a safe integer of at least 0`,
    );
  }
}
