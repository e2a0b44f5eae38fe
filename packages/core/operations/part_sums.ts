import {
  combineCrc32,
  combineCrc32c,
  combineCrc64nvme,
  crc32,
  crc32c,
  crc32cToBase64,
  crc32ToBase64,
  crc64nvme,
  crc64nvmeToBase64,
} from "@lade/codec/checksum";
import type { Checksums } from "../contract/types.ts";
import { ChecksumMismatchError } from "../errors/errors.ts";

/** A checksum whose parts combine, as text. */
interface CombinedText {
  readonly of: (bytes: Uint8Array) => string;
  readonly combine: (first: string, second: string, secondLength: number) => string;
}

const ALGORITHMS = {
  crc32c: {
    of: (bytes) => crc32cToBase64(crc32c(bytes)),
    combine: (a, b, length) => crc32cToBase64(combineCrc32c(Number(valueOf(a)), Number(valueOf(b)), length)),
  },
  crc64nvme: {
    of: (bytes) => crc64nvmeToBase64(crc64nvme(bytes)),
    combine: (a, b, length) => crc64nvmeToBase64(combineCrc64nvme(valueOf(a), valueOf(b), length)),
  },
  crc32: {
    of: (bytes) => crc32ToBase64(crc32(bytes)),
    combine: (a, b, length) => crc32ToBase64(combineCrc32(Number(valueOf(a)), Number(valueOf(b)), length)),
  },
} as const satisfies Partial<Record<keyof Checksums, CombinedText>>;

/** A checksum that parts combine to. */
export type CombinableChecksum = keyof typeof ALGORITHMS;

/** The checksum that parts of an object combine to; `undefined` where the store tells none of that kind. */
export function combinableOf(checksums: Checksums | undefined): CombinableChecksum | undefined {
  const names = Object.keys(ALGORITHMS) as CombinableChecksum[];
  return names.find((name) => checksums?.[name] !== undefined);
}

/** The checksums of the parts of one object, of which that of the whole is made. */
export class PartSums {
  /** What is computed. */
  readonly algorithm: CombinableChecksum;
  readonly #sums = new Map<number, string>();

  /** Knows some parts from before. */
  constructor(
    algorithm: CombinableChecksum,
    known: Iterable<{ readonly index: number; readonly checksum: string }> = [],
  ) {
    this.algorithm = algorithm;
    for (const { index, checksum } of known) this.#sums.set(index, checksum);
  }

  /** Whether the part is known. */
  has(index: number): boolean {
    return this.#sums.has(index);
  }

  /** Computes that of a part. */
  add(index: number, bytes: Uint8Array): string {
    const checksum = ALGORITHMS[this.algorithm].of(bytes);
    this.#sums.set(index, checksum);
    return checksum;
  }

  /** The checksum of all `count` parts, of `partSize` bytes each but for the last, is to be the one that the store tells. */
  verify(
    told: Checksums,
    { size, partSize }: { readonly size: number; readonly partSize: number },
    uri: string,
  ): Checksums {
    const { combine, of } = ALGORITHMS[this.algorithm];
    let whole = of(new Uint8Array());
    for (let offset = 0; offset < size; offset += partSize) {
      const sum = this.#sums.get(offset / partSize);
      if (sum === undefined) {
        throw new TypeError(`Cannot verify ${uri}: part ${offset / partSize} has no checksum`);
      }
      whole = combine(whole, sum, Math.min(partSize, size - offset));
    }
    const expected = told[this.algorithm];
    if (whole === expected) return { [this.algorithm]: whole };
    const detail = `the bytes have ${this.algorithm} ${whole}, the store tells ${expected}`;
    throw new ChecksumMismatchError({ operation: "get", uri, detail });
  }
}

function valueOf(base64: string): bigint {
  let value = 0n;
  for (const char of atob(base64)) value = value << 8n | BigInt(char.charCodeAt(0));
  return value;
}
