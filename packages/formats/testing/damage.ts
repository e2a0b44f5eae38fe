import { assert } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { StoreError } from "@lade/core/errors";

/** How a copy of a file is damaged. */
export interface Damage {
  /** What was done: `byte 17 ^ 0x40`. */
  readonly what: string;
  /** The damaged copy. */
  readonly bytes: Uint8Array;
}

/** What {@linkcode assertDamageIsFound} tries. */
export interface DamageOptions {
  /** Reads the whole object, every value and checksum of it. */
  readonly read: (store: MemoryStore, key: string) => Promise<unknown>;
  /** Whether this copy may be read without an error, since nothing in the format tells it from a sound one. */
  readonly isUndetectable?: (damage: Damage) => boolean;
  /** Every how many-th byte is flipped; each one by default. */
  readonly step?: number;
  /** The key, whose end may tell the format. */
  readonly key?: string;
}

/**
 * Reads copies of a small file of which each has one byte flipped, or is cut, or lengthened, and asserts that each is a
 * `StoreError`, and never another one, such as an allocation that failed.
 */
export async function assertDamageIsFound(whole: Uint8Array, options: DamageOptions): Promise<void> {
  const { read, isUndetectable = () => false, key = "damaged" } = options;
  const unseen: string[] = [];
  for (const damage of damagesOf(whole, options.step ?? 1)) {
    await using store = new MemoryStore();
    await store.put(key, damage.bytes);
    try {
      await read(store, key);
      if (!isUndetectable(damage)) unseen.push(damage.what);
    } catch (error) {
      assert(
        error instanceof StoreError,
        `${damage.what}: ${error instanceof Error ? error.stack : error}`,
      );
    }
  }
  assert(unseen.length === 0, `not found: ${unseen.slice(0, 20).join(", ")} (${unseen.length} in all)`);
}

/** Copies with one byte flipped (by one bit, which differs from byte to byte, and by all), cut and lengthened ones. */
export function* damagesOf(whole: Uint8Array, step = 1): Generator<Damage> {
  for (let at = 0; at < whole.length; at += step) {
    for (const mask of [1 << (at % 8), 0xff]) {
      const bytes = whole.slice();
      bytes[at] = (bytes[at] ?? 0) ^ mask;
      yield { what: `byte ${at} ^ ${mask}`, bytes };
    }
  }
  for (let length = 0; length < whole.length; length += step) {
    yield { what: `cut to ${length}`, bytes: whole.slice(0, length) };
  }
  for (
    const [name, more] of [["a zero", [0]], ["itself", whole], ["512 zeros", new Uint8Array(512)]] as const
  ) {
    const bytes = new Uint8Array(whole.length + more.length);
    bytes.set(whole);
    bytes.set(more, whole.length);
    yield { what: `lengthened by ${name}`, bytes };
  }
}
