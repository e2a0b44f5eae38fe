import type { ColumnType, Field } from "../table/schema.ts";
import { parseIntegerText } from "../text/parse_integer.ts";
import { DEPTH, type JsonCursor, JsonFault } from "./json_cursor.ts";

type Kind = "a truth value" | "a number" | "a text" | "an array" | "an object";

/** Whole numbers of no more digits are doubles. */
const EXACT_DIGITS = 15;

const SPECIAL = ["NaN", "Infinity", "-Infinity"];

/** Finds the type that values of JSON have in common. Two that have none are a {@linkcode JsonFault}. */
export class JsonGuess {
  #kind: Kind | undefined;
  /** Whether texts were there that may be floats, and nothing else but numbers. */
  #special = false;
  #isFloat = false;
  /** A whole number that no double has exactly. */
  #inexact: string | undefined;
  #isNegative = false;
  #isWide = false;
  #item: JsonGuess | undefined;
  #fields: Map<string, JsonGuess> | undefined;

  /** Passes a value. */
  add(cursor: JsonCursor, depth = 0): void {
    if (cursor.takeWord("null")) return;
    if (depth > DEPTH) throw new JsonFault(cursor.at, `values lie in one another more than ${DEPTH} times`);
    const byte = cursor.peek();
    const { at } = cursor;
    if (byte === 34) return this.#addText(cursor.textFrom(cursor.text("a text")), at);
    if (byte === 91) {
      this.#is("an array", at);
      const item = this.#item ??= new JsonGuess();
      return cursor.items(() => item.add(cursor, depth + 1));
    }
    if (byte === 123) {
      this.#is("an object", at);
      return this.addMembers(cursor, depth);
    }
    if (cursor.takeWord("true") || cursor.takeWord("false")) return this.#is("a truth value", at);
    const number = cursor.takeNumber("a value");
    this.#is("a number", at);
    this.#special = false;
    this.#addNumber(cursor.numberText(number), number.whole, at);
    this.#checkExact(at);
  }

  /** Passes an object, and gives the columns that its members are. */
  addMembers(cursor: JsonCursor, depth = 0): void {
    const fields = this.#fields ??= new Map();
    const seen = new Set<string>();
    cursor.members(() => {
      const { at } = cursor;
      const name = cursor.textFrom(cursor.text("a name"));
      if (seen.has(name)) throw new JsonFault(at, `${JSON.stringify(name)} is there twice`);
      seen.add(name);
      cursor.expect(":");
      let guess = fields.get(name);
      if (!guess) fields.set(name, guess = new JsonGuess());
      guess.add(cursor, depth + 1);
    });
  }

  /** The members of all objects, in the order in which they were there first. */
  fields(): Field[] {
    return Array.from(this.#fields ?? [], ([name, guess]) => ({ name, type: guess.type(), nullable: true }));
  }

  /** What they all are; text where nothing was there. */
  type(): ColumnType {
    switch (this.#kind) {
      case "a truth value":
        return { kind: "bool" };
      case "a number":
        return { kind: this.#isFloat ? "float64" : this.#isWide ? "uint64" : "int64" };
      case "an array": {
        const type = this.#item?.type() ?? { kind: "string" };
        return { kind: "list", item: { name: "item", type, nullable: true } };
      }
      case "an object":
        return { kind: "struct", fields: this.fields() };
      default:
        return { kind: "string" };
    }
  }

  #addText(text: string, at: number): void {
    const isSpecial = SPECIAL.includes(text);
    if (isSpecial && this.#kind === "a number") {
      this.#isFloat = true;
      return this.#checkExact(at);
    }
    const special = isSpecial && (this.#kind === undefined || this.#special);
    this.#is("a text", at);
    this.#special = special;
  }

  #addNumber(text: string, whole: boolean, at: number): void {
    if (whole && text.length > EXACT_DIGITS && BigInt(Number(text)) !== BigInt(text)) this.#inexact ??= text;
    if (!whole) this.#isFloat = true;
    else if (text.startsWith("-")) this.#isNegative = true;
    if (!whole || parseIntegerText(text, true) !== undefined) {
      if (!this.#isWide || !this.#isNegative || this.#isFloat) return;
    } else {
      if (parseIntegerText(text, false) === undefined) {
        throw new JsonFault(
          at,
          `${text.slice(0, 100)} passes 64 bits; give the schema, such as decimal(38, 0)`,
        );
      }
      this.#isWide = true;
    }
    if (this.#isWide && this.#isNegative && !this.#isFloat) {
      throw new JsonFault(at, `whole numbers of int64 and of uint64 are there; give the schema`);
    }
  }

  /** Refuses a whole number that would lose digits among floats. */
  #checkExact(at: number): void {
    if (!this.#isFloat || this.#inexact === undefined) return;
    const text = this.#inexact.slice(0, 100);
    throw new JsonFault(at, `floats are there, and ${text}, which no float64 has exactly; give the schema`);
  }

  #is(kind: Kind, at: number): void {
    if (kind === "a number" && this.#special) {
      this.#kind = kind;
      this.#isFloat = true;
    }
    if (this.#kind !== undefined && this.#kind !== kind) {
      throw new JsonFault(at, `${kind} is there, and ${this.#kind} was before; give the schema`);
    }
    this.#kind = kind;
  }
}
