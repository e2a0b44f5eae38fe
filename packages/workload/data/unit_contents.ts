import type { DataSourceConfig } from "./data_options.ts";
import { MixedWords } from "./mixed_words.ts";

/** What an object is called: by its number in a set, a whole number, or by a text where it is of no set. */
export type ObjectId = number | string;

/** What words stand for. */
const Of = { Set: 0, Number: 1, Name: 2, Copy: 3 } as const;

/** Copies are of one of the last contents, so many bytes of them. */
const COPIED_BYTES = 2 ** 28;

/**
 * Which content each dedup unit has. Contents are numbered in rows. Of the first k units in a row, ⌈k / dedup - phase⌉ have
 * a new content, and the others that of an earlier one, at random: so the factor holds for any number of units.
 *
 * One row is that of the whole set. It has all units of objects of one size, else the first unit of each; the others are in a
 * row of each object, whose phase is random, so that rounding evens out.
 */
export class UnitContents {
  /** Of the unit that was looked for last: other contents have other words. */
  readonly words: MixedWords = new MixedWords();
  readonly #dedup: number;
  readonly #window: number;
  readonly #unitsOfObject: number | undefined;
  readonly #seed = new MixedWords();
  readonly #set = new MixedWords();
  readonly #object = new MixedWords();
  readonly #copy = new MixedWords();
  #id: ObjectId = 0;

  /** Contents of a seed and a factor. */
  constructor({ seed, dedup, dedupUnit, objectSize }: DataSourceConfig) {
    this.#dedup = dedup;
    this.#window = COPIED_BYTES / dedupUnit;
    if (objectSize !== undefined) this.#unitsOfObject = Math.max(1, Math.ceil(objectSize / dedupUnit));
    this.#seed.mixNumber(seed);
    this.#set.start(this.#seed).mix(Of.Set);
  }

  /** Goes over to an object. */
  enter(id: ObjectId): void {
    this.#id = id;
    const object = this.#object.start(this.#seed);
    if (typeof id === "number") object.mix(Of.Number).mixNumber(id);
    else object.mix(Of.Name).mixText(id);
  }

  /** Finds the content of a dedup unit of the object. */
  find(unit: number): void {
    const id = this.#id;
    if (typeof id === "string" || this.#dedup === 1) {
      this.words.start(this.#object).mixNumber(unit);
    } else if (this.#unitsOfObject !== undefined) {
      this.#findInRow(this.#set, id * this.#unitsOfObject + unit, 0);
    } else {
      const phase = this.#object.fraction;
      const isFirst = unit === 0 || contentsOf(unit, this.#dedup, phase) === 0;
      if (isFirst) this.#findInRow(this.#set, id, 0);
      else this.#findInRow(this.#object, unit - 1, phase);
    }
  }

  #findInRow(row: MixedWords, index: number, phase: number): void {
    const before = contentsOf(index, this.#dedup, phase);
    let content = before;
    if (contentsOf(index + 1, this.#dedup, phase) === before) {
      const { fraction } = this.#copy.start(row).mix(Of.Copy).mixNumber(index);
      content -= 1 + Math.floor(fraction * Math.min(before, this.#window));
    }
    this.words.start(row).mixNumber(content);
  }
}

/** How many contents so many units have. */
function contentsOf(units: number, dedup: number, phase: number): number {
  return Math.ceil(units / dedup - phase);
}
