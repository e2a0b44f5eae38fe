import { nodeModule } from "@lade/codec/node";
import {
  crc32,
  crc32c,
  crc32cToBase64,
  crc32ToBase64,
  crc64nvme,
  crc64nvmeToBase64,
} from "@lade/codec/checksum";
import type { Checksums } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";

/** The name of a checksum. */
export type Algorithm = keyof Checksums;

/** Every checksum, the one that takes the least time first. */
export const ALGORITHMS: readonly Algorithm[] = [
  "crc32c",
  "crc64nvme",
  "crc32",
  "sha1",
  "sha256",
  "sha512",
  "md5",
];

/** A checksum that grows with bytes given in order. */
export interface StreamSum {
  /** Goes on with `bytes`, which are not kept. */
  update(bytes: Uint8Array): void;
  /** The checksum in base64, as {@linkcode Checksums} has it; the last call. */
  finish(): string;
}

/** Begins a checksum. A digest that the runtime lacks is an `UnsupportedError`. */
export function beginSum(algorithm: Algorithm): StreamSum {
  switch (algorithm) {
    case "crc32c":
      return growing(0, crc32c, crc32cToBase64);
    case "crc64nvme":
      return growing(0n, crc64nvme, crc64nvmeToBase64);
    case "crc32":
      return growing(0, crc32, crc32ToBase64);
    default: {
      const hash = nodeModule("node:crypto")?.createHash(algorithm);
      if (hash) return { update: (bytes) => void hash.update(bytes), finish: () => hash.digest("base64") };
      const detail = `this runtime has no ${algorithm}`;
      throw new UnsupportedError({ operation: "compute", uri: algorithm, detail });
    }
  }
}

function growing<T>(
  zero: T,
  update: (bytes: Uint8Array, previous: T) => T,
  toBase64: (value: T) => string,
): StreamSum {
  let value = zero;
  return { update: (bytes) => void (value = update(bytes, value)), finish: () => toBase64(value) };
}

/** Several checksums of the same bytes, which are given in order and passed through once. */
export class StreamSums {
  readonly #sums: readonly (readonly [Algorithm, StreamSum])[];

  /** Begins each of `algorithms`. */
  constructor(algorithms: Iterable<Algorithm>) {
    this.#sums = Array.from(new Set(algorithms), (algorithm) => [algorithm, beginSum(algorithm)]);
  }

  /** Goes on with `bytes`, which are not kept. */
  update(bytes: Uint8Array): void {
    for (const [, sum] of this.#sums) sum.update(bytes);
  }

  /** The checksums; the last call. */
  finish(): Checksums {
    return Object.fromEntries(this.#sums.map(([algorithm, sum]) => [algorithm, sum.finish()]));
  }
}
