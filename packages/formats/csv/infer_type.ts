import { parseDate, parseTimestamp } from "../table/date_text.ts";
import type { ColumnType } from "../table/schema.ts";

const WHOLE = /^(?:0|-?[1-9]\d{0,18})$/;
const DIGITS = /^[+-]?\d+$/;
const NUMBER = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL = /^[+-]?(?:nan|inf|infinity)$/i;
const BOOL = /^(?:true|false)$/i;

/** What may be inferred: the first that all values fit is. */
const GUESSES: readonly { readonly type: ColumnType; readonly fits: (text: string) => boolean }[] = [
  { type: { kind: "bool" }, fits: (text) => BOOL.test(text) },
  {
    type: { kind: "int64" },
    fits: (text) => WHOLE.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text),
  },
  { type: { kind: "float64" }, fits: isFloat },
  { type: { kind: "date" }, fits: (text) => parseDate(text) !== undefined },
  { type: { kind: "timestamp", unit: "us" }, fits: (text) => parseTimestamp(text, "us")?.zoned === false },
  { type: { kind: "timestamp", unit: "ns" }, fits: (text) => parseTimestamp(text, "ns")?.zoned === false },
  {
    type: { kind: "timestamp", unit: "us", zone: "UTC" },
    fits: (text) => parseTimestamp(text, "us")?.zoned === true,
  },
  {
    type: { kind: "timestamp", unit: "ns", zone: "UTC" },
    fits: (text) => parseTimestamp(text, "ns")?.zoned === true,
  },
];

/**
 * Finds the first of bool, int64, float64, date, timestamp (in µs, else in ns; without zones, else with them) that all of
 * some texts are; else it is string. Numbers with a plus or zeros before them (`007`), whole ones that neither 64 bits nor
 * a double has exactly, and those that pass what doubles reach, are text: of others nothing is lost.
 */
export class TypeGuess {
  #left = GUESSES;
  #any = false;

  /** Adds the text of a cell. */
  add(text: string): void {
    this.#any = true;
    this.#left = this.#left.filter(({ fits }) => fits(text));
  }

  /** Adds a cell that can be nothing but text. */
  addText(): void {
    this.#any = true;
    this.#left = [];
  }

  /** What they all are. */
  type(): ColumnType {
    const [guess] = this.#left;
    return this.#any && guess ? guess.type : { kind: "string" };
  }
}

/** Whether a text would be taken for something else, were it not quoted. */
export function looksTyped(text: string): boolean {
  return GUESSES.some(({ fits }) => fits(text));
}

function isFloat(text: string): boolean {
  if (!DIGITS.test(text)) return SPECIAL.test(text) || (NUMBER.test(text) && Number.isFinite(Number(text)));
  return NUMBER.test(text) && text.length <= 30 && BigInt(Number(text)) === BigInt(text);
}
