import { createHash } from "node:crypto";
import { crc32c as largeCrc32c, crc32cToBase64 } from "@lade/codec/checksum";
import type { Content } from "../../parts/content.ts";
import { Crc32c } from "../../parts/crc.ts";
import { GcsError } from "../gcs_error.ts";

/** The checksums of bytes, in base64. */
export interface Checksums {
  /** CRC-32C, highest byte first. */
  readonly crc32c: string;
  /** MD5, unless it was not to be computed. */
  readonly md5?: string | undefined;
}

/** Bytes from which the kernel computes; fewer are left to code of our own. */
const LARGE = 65536;

/** Computes checksums of bytes as they come. */
export class ChecksumReader {
  readonly #small: Crc32c | undefined;
  readonly #md5: ReturnType<typeof createHash> | undefined;
  #large = 0;

  /** Of about so many bytes; their MD5 too where they are at most `maxMd5Size`. */
  constructor(size: number, maxMd5Size: number) {
    this.#small = size < LARGE ? new Crc32c() : undefined;
    this.#md5 = size <= maxMd5Size ? createHash("md5") : undefined;
  }

  /** Adds bytes. */
  update(bytes: Uint8Array): void {
    if (this.#small) this.#small.update(bytes);
    else this.#large = largeCrc32c(bytes, this.#large);
    this.#md5?.update(bytes);
  }

  /** The checksums of all bytes so far. */
  digest(): Checksums {
    const crc32c = this.#small ? this.#small.digest().toBase64() : crc32cToBase64(this.#large);
    return { crc32c, md5: this.#md5?.copy().digest("base64") };
  }
}

/** The checksums of a content. */
export function checksumsOf(content: Content, maxMd5Size = Infinity): Checksums {
  const reader = new ChecksumReader(content.size, maxMd5Size);
  for (const piece of content.slice(0, content.size)) reader.update(piece);
  return reader.digest();
}

/** The checksums that `x-goog-hash` and `Content-MD5` claim, by algorithm. */
export function claimedIn(headers: { get(name: string): string | undefined }): Record<string, string> {
  const claimed: Record<string, string> = {};
  for (const part of (headers.get("x-goog-hash") ?? "").split(",")) {
    if (part.trim() === "") continue;
    const [, name, value] = /^\s*(crc32c|md5)=(\S+)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined) {
      throw new GcsError("InvalidArgument", `Invalid x-goog-hash: ${part}`);
    }
    claimed[name] = value;
  }
  const md5 = headers.get("content-md5");
  return { ...claimed, ...(md5 !== undefined && { md5 }) };
}

/** Refuses bytes that do not have the checksums claimed of them. */
export function checkClaims(
  claimed: Readonly<Record<string, string>>,
  content: Content,
  sums: Checksums,
): void {
  const { crc32c, md5 } = claimed;
  if (crc32c !== undefined && crc32c !== sums.crc32c) throw mismatch("CRC32C", crc32c, sums.crc32c);
  if (md5 === undefined) return;
  const computed = sums.md5 ?? checksumsOf(content).md5;
  if (md5 !== computed) throw mismatch("MD5", md5, computed);
}

function mismatch(kind: string, claimed: string, computed: string | undefined): GcsError {
  return new GcsError(
    "BadDigest",
    `Provided ${kind} "${claimed}" doesn't match calculated ${kind} "${computed}".`,
  );
}
