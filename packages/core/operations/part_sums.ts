import { COMBINABLE_CHECKSUMS, type CombinableName } from "@lade/codec/checksum";
import type { Checksums } from "../contract/types.ts";
import { ChecksumMismatchError } from "../errors/errors.ts";

/** The checksum that parts of an object combine to; `undefined` where the store tells none of that kind. */
export function combinableOf(checksums: Checksums | undefined): CombinableName | undefined {
  const names = Object.keys(COMBINABLE_CHECKSUMS) as CombinableName[];
  return names.find((name) => checksums?.[name] !== undefined);
}

/** The checksums of the parts of one object, of which that of the whole is made. */
export class PartSums {
  /** What is computed. */
  readonly algorithm: CombinableName;
  readonly #sums = new Map<number, unknown>();

  /** Knows some parts from before. */
  constructor(
    algorithm: CombinableName,
    known: Iterable<{ readonly index: number; readonly checksum: string }> = [],
  ) {
    this.algorithm = algorithm;
    const { fromBase64 } = COMBINABLE_CHECKSUMS[algorithm];
    for (const { index, checksum } of known) this.#sums.set(index, fromBase64(checksum));
  }

  /** Whether the part is known. */
  has(index: number): boolean {
    return this.#sums.has(index);
  }

  /** Takes that of a part, in base64. */
  add(index: number, checksum: string): void {
    this.#sums.set(index, COMBINABLE_CHECKSUMS[this.algorithm].fromBase64(checksum));
  }

  /** The checksum of all `count` parts, of `partSize` bytes each but for the last, is to be the one that the store tells. */
  verify(
    told: Checksums,
    { size, partSize }: { readonly size: number; readonly partSize: number },
    uri: string,
  ): Checksums {
    const { combine, zero, toBase64 } = COMBINABLE_CHECKSUMS[this.algorithm];
    let sum = zero;
    for (let offset = 0; offset < size; offset += partSize) {
      const part = this.#sums.get(offset / partSize);
      if (part === undefined) {
        throw new TypeError(`Cannot verify ${uri}: part ${offset / partSize} has no checksum`);
      }
      sum = combine(sum, part, Math.min(partSize, size - offset));
    }
    const whole = toBase64(sum);
    const expected = told[this.algorithm];
    if (whole === expected) return { [this.algorithm]: whole };
    const detail = `the bytes have ${this.algorithm} ${whole}, the store tells ${expected}`;
    throw new ChecksumMismatchError({ operation: "get", uri, detail });
  }
}
