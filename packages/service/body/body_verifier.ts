import { type BodySum, ChecksumMismatchError, type Checksums } from "@lade/core/backend";
import { crc32, Crc32c, crc32ToBase64, Crc64nvme } from "@lade/codec/checksum";
import type { CallName } from "@lade/core/errors";

interface Running {
  update(bytes: Uint8Array): void;
  toBase64(): string;
}

const DIGESTS = [["sha1", "SHA-1"], ["sha256", "SHA-256"], ["sha512", "SHA-512"], ["md5", "MD5"]] as const;

/** Compares the bytes of a whole object, as they arrive, with a checksum that the service stores. */
export class BodyVerifier implements BodySum {
  readonly algorithm: keyof Checksums;
  /** What was compared; nothing before {@linkcode check}. */
  value: string | undefined;
  readonly #label: string;
  readonly #expected: string;
  readonly #running: Running;

  private constructor(algorithm: keyof Checksums, label: string, expected: string, running: Running) {
    this.algorithm = algorithm;
    this.#label = label;
    this.#expected = expected;
    this.#running = running;
  }

  /** Chooses the cheapest of the checksums that are there; `undefined` where there is none to compare with. */
  static of(checksums: Checksums | undefined): BodyVerifier | undefined | Promise<BodyVerifier> {
    if (!checksums) return undefined;
    const { crc32c, crc64nvme, crc32: expected32 } = checksums;
    if (crc32c !== undefined) return new BodyVerifier("crc32c", "CRC-32C", crc32c, new Crc32c());
    if (crc64nvme !== undefined) {
      return new BodyVerifier("crc64nvme", "CRC-64/NVME", crc64nvme, new Crc64nvme());
    }
    if (expected32 !== undefined) return new BodyVerifier("crc32", "CRC-32", expected32, createCrc32());
    for (const [name, label] of DIGESTS) {
      const expected = checksums[name];
      if (expected === undefined) continue;
      return createDigest(name).then((digest) => new BodyVerifier(name, label, expected, digest));
    }
    return undefined;
  }

  /** Takes the next bytes; they are not kept. */
  update(bytes: Uint8Array): void {
    this.#running.update(bytes);
  }

  /** Throws a `ChecksumMismatchError` unless the bytes so far are those of the service. */
  check(call: CallName): void {
    const computed = this.value = this.#running.toBase64();
    if (computed === this.#expected) return;
    throw new ChecksumMismatchError({
      operation: call.operation,
      uri: call.uri,
      detail: `${this.#label} of the bytes is ${computed}, the service has ${this.#expected}`,
    });
  }
}

function createCrc32(): Running {
  let value = 0;
  return {
    update(bytes: Uint8Array): void {
      value = crc32(bytes, value);
    },
    toBase64: () => crc32ToBase64(value),
  };
}

async function createDigest(name: string): Promise<Running> {
  const { createHash } = await import("node:crypto");
  const hash = createHash(name);
  return {
    update(bytes: Uint8Array): void {
      hash.update(bytes);
    },
    toBase64: () => hash.digest("base64"),
  };
}
