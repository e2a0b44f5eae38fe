import { nodeModule } from "@lade/codec/node";
import { COMBINABLE_CHECKSUMS, isCombinable } from "@lade/codec/checksum";
import type { Checksums } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";

/** The name of a checksum. */
export type Algorithm = keyof Checksums;

/** A checksum that grows with bytes given in order. */
export interface StreamSum {
  /** Goes on with `bytes`, which are not kept. */
  update(bytes: Uint8Array): void;
  /** The checksum in base64, as {@linkcode Checksums} has it; the last call. */
  finish(): string;
}

/** Begins a checksum. A digest that the runtime lacks is an `UnsupportedError`. */
export function beginSum(algorithm: Algorithm): StreamSum {
  if (isCombinable(algorithm)) {
    const { zero, update, toBase64 } = COMBINABLE_CHECKSUMS[algorithm];
    let value = zero;
    return { update: (bytes) => void (value = update(bytes, value)), finish: () => toBase64(value) };
  }
  const hash = nodeModule("node:crypto")?.createHash(algorithm);
  if (hash) return { update: (bytes) => void hash.update(bytes), finish: () => hash.digest("base64") };
  const detail = `this runtime has no ${algorithm}`;
  throw new UnsupportedError({ operation: "compute", uri: algorithm, detail });
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
