import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { type Crc, Crc32c, Crc64Nvme } from "../../parts/crc.ts";

/** The algorithms the server can compute, as they appear in header names. */
export const ALGORITHMS = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256", "sha512", "md5"] as const;

/** One of {@linkcode ALGORITHMS}. */
export type Algorithm = typeof ALGORITHMS[number];
/** Whether a multipart object's checksum covers its bytes or its parts' checksums. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** A checksum of an object or part. */
export interface Checksum {
  /** The algorithm. */
  algorithm: Algorithm;
  /** Base64 as S3 writes it, with `-N` when it is a composite of N parts. */
  value: string;
  /** What it covers. */
  type: ChecksumType;
}

/** Bytes of each digest. */
const SIZES: Readonly<Record<Algorithm, number>> = {
  crc32: 4,
  crc32c: 4,
  crc64nvme: 8,
  sha1: 20,
  sha256: 32,
  sha512: 64,
  md5: 16,
};

/** The algorithm named, in any case, or undefined when it is not one the server knows. */
export function algorithmNamed(name: string): Algorithm | undefined {
  return ALGORITHMS.find((algorithm) => algorithm === name.toLowerCase());
}

/** A new computation. */
export function startChecksum(algorithm: Algorithm): Crc {
  if (algorithm === "crc32") return new Crc32();
  if (algorithm === "crc32c") return new Crc32c();
  if (algorithm === "crc64nvme") return new Crc64Nvme();
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
}

/** The checksum of bytes given in pieces, in base64. */
export function checksumOf(algorithm: Algorithm, pieces: Iterable<Uint8Array>): string {
  const checksum = startChecksum(algorithm);
  for (const piece of pieces) checksum.update(piece);
  return checksum.digest().toBase64();
}

/** The composite checksum of parts: the checksum of their digests, and their number. */
export function compositeOf(algorithm: Algorithm, parts: readonly string[]): string {
  return `${checksumOf(algorithm, parts.map((part) => Uint8Array.fromBase64(part)))}-${parts.length}`;
}

/** Whether a text is the base64 of a digest of this algorithm. */
export function isDigest(algorithm: Algorithm, text: string): boolean {
  try {
    return Uint8Array.fromBase64(text).length === SIZES[algorithm];
  } catch {
    return false;
  }
}

class Crc32 implements Crc {
  #crc = 0;

  update(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
  }

  digest(): Uint8Array {
    return Uint8Array.of(this.#crc >>> 24, this.#crc >>> 16, this.#crc >>> 8, this.#crc);
  }
}
