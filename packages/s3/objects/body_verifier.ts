import type { Checksums } from "@lade/core";
import { ChecksumMismatchError } from "@lade/core/backend";
import { Crc32c, Crc64nvme } from "@lade/core/checksum";
import type { FailedCall } from "../errors/to_store_error.ts";

interface Running {
  update(bytes: Uint8Array): void;
  toBase64(): string;
}

/** Compares the bytes of a whole object, as they arrive, with a checksum that the service stores. */
export class BodyVerifier {
  readonly #label: string;
  readonly #expected: string;
  readonly #running: Running;

  private constructor(label: string, expected: string, running: Running) {
    this.#label = label;
    this.#expected = expected;
    this.#running = running;
  }

  /** Chooses the cheapest of the checksums that are there; `undefined` where there is none to compare with. */
  static async of(checksums: Checksums | undefined): Promise<BodyVerifier | undefined> {
    if (!checksums) return undefined;
    const { crc32c, crc64nvme, crc32, sha256 } = checksums;
    if (crc32c !== undefined) return new BodyVerifier("CRC-32C", crc32c, new Crc32c());
    if (crc64nvme !== undefined) return new BodyVerifier("CRC-64/NVME", crc64nvme, new Crc64nvme());
    if (crc32 !== undefined) return new BodyVerifier("CRC-32", crc32, await createCrc32());
    if (sha256 !== undefined) return new BodyVerifier("SHA-256", sha256, await createSha256());
    return undefined;
  }

  /** Takes the next bytes; they are not kept. */
  update(bytes: Uint8Array): void {
    this.#running.update(bytes);
  }

  /** Throws a `ChecksumMismatchError` unless the bytes so far are those of the service. */
  check(call: FailedCall): void {
    const computed = this.#running.toBase64();
    if (computed === this.#expected) return;
    throw new ChecksumMismatchError({
      operation: call.operation,
      uri: call.uri,
      detail: `${this.#label} of the bytes is ${computed}, the service has ${this.#expected}`,
    });
  }
}

async function createCrc32(): Promise<Running> {
  const { crc32 } = await import("node:zlib");
  let value = 0;
  return {
    update(bytes: Uint8Array): void {
      value = crc32(bytes, value);
    },
    toBase64: () =>
      btoa(String.fromCharCode(value >>> 24, value >>> 16 & 0xff, value >>> 8 & 0xff, value & 0xff)),
  };
}

async function createSha256(): Promise<Running> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  return {
    update(bytes: Uint8Array): void {
      hash.update(bytes);
    },
    toBase64: () => hash.digest("base64"),
  };
}
