import {
  COMBINABLE_CHECKSUMS,
  type CombinableChecksum,
  type CombinableName,
  isCombinable,
} from "@lade/codec/checksum";
import { nodeModule } from "@lade/codec/node";
import { AbortableQueue } from "../concurrency/abortable_queue.ts";
import type { Checksums, ResolvedRange } from "../contract/types.ts";

/** What the chunks of a read add up to, by one algorithm. */
export interface ChunkSums {
  /** Takes the next bytes of one chunk, which start at `offset` of the object; chunks come in any order. */
  add(index: number, offset: number, bytes: Uint8Array): void;
  /** The checksum of all chunks in a row. */
  finish(chunks: readonly ResolvedRange[]): string;
}

/** Checksums that combine. */
export class CombinedSums<Value> implements ChunkSums {
  readonly #algorithm: CombinableChecksum<Value>;
  readonly #values: Value[] = [];

  /** Computes by an algorithm. */
  constructor(algorithm: CombinableChecksum<Value>) {
    this.#algorithm = algorithm;
  }

  add(index: number, _offset: number, bytes: Uint8Array): void {
    const { zero, update } = this.#algorithm;
    this.#values[index] = update(bytes, this.#values[index] ?? zero);
  }

  /** Takes the next `length` bytes of one chunk by their checksum. */
  addSum(index: number, sum: string, length: number): void {
    const { zero, combine, fromBase64 } = this.#algorithm;
    this.#values[index] = combine(this.#values[index] ?? zero, fromBase64(sum), length);
  }

  finish(chunks: readonly ResolvedRange[]): string {
    const { zero, combine, toBase64 } = this.#algorithm;
    let whole = zero;
    for (const [index, { length }] of chunks.entries()) {
      whole = combine(whole, this.#values[index] ?? zero, length);
    }
    return toBase64(whole);
  }
}

/** The checksums of bytes in a row, by several algorithms, of those of the pieces. */
export class CombinedChecksums {
  readonly #sums: readonly { readonly name: CombinableName; readonly sum: CombinedSums<unknown> }[];
  #length = 0;

  /** Combines by each of the algorithms. */
  constructor(names: readonly CombinableName[]) {
    this.#sums = names.map((name) => ({ name, sum: new CombinedSums(COMBINABLE_CHECKSUMS[name]) }));
  }

  /** Those of the bytes so far. */
  get checksums(): Checksums {
    const whole = [{ offset: 0, length: this.#length }];
    return Object.fromEntries(this.#sums.map(({ name, sum }) => [name, sum.finish(whole)]));
  }

  /** Takes those of the next `length` bytes. */
  add(sums: Checksums, length: number): void {
    for (const { name, sum } of this.#sums) {
      const value = sums[name];
      if (value !== undefined) sum.addSum(0, value, length);
    }
    this.#length += length;
  }
}

/** A digest that grows with the bytes it is given. */
interface Digest {
  update(bytes: Uint8Array): unknown;
  digest(encoding: "base64"): string;
}

/**
 * A digest that needs its bytes in order. What comes too early is kept as it lies, so its memory must not change before it
 * had its turn; {@linkcode OrderedSums.whenTaken} settles then.
 */
export class OrderedSums implements ChunkSums {
  readonly #hash: Digest;
  readonly #early = new Map<number, Uint8Array>();
  /** Each wants the bytes before an offset to have had their turn. */
  readonly #waiting = new AbortableQueue<void, number>();
  #taken: number;

  /** Starts at the byte `offset` of the object. */
  constructor(hash: Digest, offset: number) {
    this.#hash = hash;
    this.#taken = offset;
  }

  add(_index: number, offset: number, bytes: Uint8Array): void {
    this.#early.set(offset, bytes);
    for (let next = this.#early.get(this.#taken); next; next = this.#early.get(this.#taken)) {
      this.#early.delete(this.#taken);
      this.#hash.update(next);
      this.#taken += next.length;
    }
    while (this.#waiting.give(undefined, (end) => end <= this.#taken));
  }

  finish(): string {
    return this.#hash.digest("base64");
  }

  /** Resolves once the bytes before `end` had their turn; rejects when `signal` is aborted before. */
  whenTaken(end: number, signal: AbortSignal): Promise<void> | undefined {
    if (this.#taken >= end) return undefined;
    return this.#waiting.wait(end, signal);
  }
}

type Algorithm = keyof Checksums;

/** Computes by an algorithm over bytes from `offset` on; `undefined` where the runtime cannot. */
export function sumsBy(algorithm: Algorithm, offset: number): ChunkSums | undefined {
  if (isCombinable(algorithm)) return new CombinedSums(COMBINABLE_CHECKSUMS[algorithm]);
  const hash = nodeModule("node:crypto")?.createHash(algorithm);
  return hash && new OrderedSums(hash, offset);
}
