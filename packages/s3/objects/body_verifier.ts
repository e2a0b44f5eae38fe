import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { ChecksumMismatchError, type Checksums, Crc32c, Crc64nvme } from "@lade/core";
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
  static of(checksums: Checksums | undefined): BodyVerifier | undefined {
    if (!checksums) return undefined;
    const { crc32c, crc64nvme, crc32, sha256 } = checksums;
    if (crc32c !== undefined) return new BodyVerifier("CRC-32C", crc32c, new Crc32c());
    if (crc64nvme !== undefined) return new BodyVerifier("CRC-64/NVME", crc64nvme, new Crc64nvme());
    if (crc32 !== undefined) return new BodyVerifier("CRC-32", crc32, new Crc32());
    if (sha256 !== undefined) return new BodyVerifier("SHA-256", sha256, new Sha256());
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

class Crc32 implements Running {
  #value = 0;

  update(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value);
  }

  toBase64(): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#value);
    return bytes.toString("base64");
  }
}

class Sha256 implements Running {
  readonly #hash = createHash("sha256");

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  toBase64(): string {
    return this.#hash.digest("base64");
  }
}
