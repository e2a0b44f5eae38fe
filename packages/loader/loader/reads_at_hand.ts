import { type HeldObject, holdObject, mayHaveAtHand, mayHoldObjects, MOST_AT_HAND } from "@lade/core/seams";
import { isEmptyObject, type PlacedRead, type ReadGround, readSampleNow } from "./read_samples.ts";

/** Bytes from which on a read at hand takes no longer than copying them from others that were read together. */
const LARGE = 32 * 2 ** 10;

/** Whether reads are so large, on average, that each is made by itself where it is at hand. */
export function areLarge(reads: readonly PlacedRead[]): boolean {
  return reads.reduce((sum, { length }) => sum + length, 0) >= LARGE * reads.length;
}

/** Reads of one object that are made at once where their bytes are at hand. Several hold it open. */
export class ReadsAtHand implements Disposable {
  readonly #first: PlacedRead | undefined;
  readonly #ground: ReadGround;
  readonly #isHeld: boolean;
  /** Whether the store may have them at hand: several small ones are better asked for together. */
  readonly isPossible: boolean;
  #held: HeldObject | undefined;

  /** `reads` are those of one version of an object. */
  constructor(reads: readonly PlacedRead[], ground: ReadGround) {
    const [first] = reads;
    this.#first = first;
    this.#ground = ground;
    this.#isHeld = reads.length > 1 && areLarge(reads) && first?.etag !== undefined &&
      mayHoldObjects(first.store) &&
      reads.every(({ size }) => size === undefined);
    this.isPossible = this.#isHeld ||
      (reads.length === 1 && first !== undefined && first.length <= MOST_AT_HAND && !isEmptyObject(first) &&
        mayHaveAtHand(first.store));
  }

  /** Fills the target of a read where its bytes are at hand, and says whether it did. */
  read(read: PlacedRead): boolean {
    return this.#isHeld ? this.#readHeld(read) : readSampleNow(read, this.#ground);
  }

  /** Lets the object go. */
  [Symbol.dispose](): void {
    this.#held?.[Symbol.dispose]();
  }

  #readHeld({ offset, length, target }: PlacedRead): boolean {
    const { clock, stats } = this.#ground;
    if (length === 0) return true;
    const began = clock.monotonicMs();
    try {
      const held = this.#held ??= this.#hold();
      if (!held?.read(offset, target) || !held.isUnchanged()) return false;
    } catch {
      // The read that asks for it says what is wrong.
      return false;
    }
    stats.read(length, clock.monotonicMs() - began);
    return true;
  }

  #hold(): HeldObject | undefined {
    const { store, key, etag } = this.#first ?? {};
    if (!store || key === undefined || etag === undefined) return undefined;
    return holdObject(store, key, { ifMatch: etag, signal: this.#ground.signal });
  }
}
