import { type ColumnType, type Field, NUMERIC_KINDS, type Schema, type TimeUnit } from "./schema.ts";

const PLAIN = [...NUMERIC_KINDS, "bool", "string", "binary", "date"] as const;
const KINDS = [...PLAIN, "fixed-binary", "timestamp", "time", "duration", "decimal", "list", "struct"];
const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|([\p{L}_][\p{L}\p{N}_.\-]*)|(-?\d+)|([:,?<>()]))/uy;
const DEPTH = 64;

interface Token {
  readonly kind: "name" | "number" | "sign" | "end";
  readonly text: string;
  readonly at: number;
}

/**
 * Reads a schema that is written as {@linkcode formatSchema} writes it: `a: int64, b: string?, c: list<float32>`. A text
 * that is none is a `TypeError` that says where.
 */
export function parseSchema(text: string): Schema {
  const parser = new SchemaParser(text);
  const fields = parser.fields("", 0);
  return { fields };
}

class SchemaParser {
  readonly #text: string;
  #at = 0;
  #next: Token;

  constructor(text: string) {
    this.#text = text;
    this.#next = this.#scan();
  }

  /** Fields up to the sign that closes them, or to the end. */
  fields(close: string, depth: number): Field[] {
    const fields: Field[] = [];
    const names = new Set<string>();
    while (!this.#is(close)) {
      if (fields.length > 0) this.#expect(",");
      const { at } = this.#next;
      const field = this.#named(depth);
      if (names.has(field.name)) throw this.#fault(`"${field.name}" is there twice`, at);
      names.add(field.name);
      fields.push(field);
    }
    this.#take();
    return fields;
  }

  #named(depth: number): Field {
    if (this.#next.kind !== "name") throw this.#fault("a column's name is missing");
    const name = this.#take().text;
    this.#expect(":");
    return this.#optional(name, this.#type(depth));
  }

  #optional(name: string, type: ColumnType): Field {
    const nullable = this.#is("?");
    if (nullable) this.#take();
    return { name, type, nullable };
  }

  #type(depth: number): ColumnType {
    if (depth > DEPTH) throw this.#fault(`types lie in one another more than ${DEPTH} times`);
    const { text: kind, at } = this.#next;
    const plain = PLAIN.find((known) => known === kind);
    if (!KINDS.includes(kind)) {
      throw this.#fault(`${JSON.stringify(kind)} is no type, which is one of ${KINDS.join(", ")},`);
    }
    this.#take();
    if (plain) return { kind: plain };
    switch (kind) {
      case "list":
        return this.#list(depth);
      case "struct":
        this.#expect("<");
        return { kind, fields: this.fields(">", depth + 1) };
      case "fixed-binary": {
        this.#expect("(");
        const size = this.#number(1, 2 ** 31 - 1);
        this.#expect(")");
        return { kind, size };
      }
      case "decimal": {
        this.#expect("(");
        const precision = this.#number(1, 38);
        this.#expect(",");
        const scale = this.#number(-38, 38);
        this.#expect(")");
        return { kind, precision, scale };
      }
      case "time":
      case "duration": {
        this.#expect("(");
        const unit = this.#unit();
        this.#expect(")");
        return { kind, unit };
      }
      case "timestamp": {
        this.#expect("(");
        const unit = this.#unit();
        const zone = this.#is(",") ? this.#zone() : undefined;
        this.#expect(")");
        return { kind, unit, ...(zone !== undefined && { zone }) };
      }
      default:
        throw this.#fault(`${JSON.stringify(kind)} is no type, which is one of ${KINDS.join(", ")},`, at);
    }
  }

  #list(depth: number): ColumnType {
    this.#expect("<");
    const item = this.#item(depth + 1);
    let size: number | undefined;
    if (this.#is(",")) {
      this.#take();
      size = this.#number(0, 2 ** 31 - 1);
    }
    this.#expect(">");
    return { kind: "list", item, ...(size !== undefined && { size }) };
  }

  /** An item with a name of its own, or without one. */
  #item(depth: number): Field {
    const colon = /\s*:/uy;
    colon.lastIndex = this.#at;
    return this.#next.kind === "name" && colon.test(this.#text)
      ? this.#named(depth)
      : this.#optional("item", this.#type(depth));
  }

  #zone(): string {
    this.#take();
    if (this.#next.kind !== "name") throw this.#fault("a zone is missing");
    return this.#take().text;
  }

  #unit(): TimeUnit {
    const { text } = this.#next;
    if (text !== "s" && text !== "ms" && text !== "us" && text !== "ns") {
      throw this.#fault("a unit is one of s, ms, us, ns");
    }
    this.#take();
    return text;
  }

  #number(least: number, most: number): number {
    const number = Number(this.#next.text);
    if (this.#next.kind !== "number" || number < least || number > most) {
      throw this.#fault(`a number from ${least} to ${most} is wanted`);
    }
    this.#take();
    return number;
  }

  #is(sign: string): boolean {
    return sign === "" ? this.#next.kind === "end" : this.#next.kind === "sign" && this.#next.text === sign;
  }

  #expect(sign: string): void {
    if (!this.#is(sign)) throw this.#fault(`"${sign}" is wanted`);
    this.#take();
  }

  #take() {
    const taken = this.#next;
    this.#next = this.#scan();
    return taken;
  }

  #scan(): Token {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (!match) {
      const at = this.#at + (/^\s*/.exec(this.#text.slice(this.#at))?.[0].length ?? 0);
      if (at < this.#text.length) throw this.#fault(`"${this.#text.slice(at, at + 10)}" is no schema`, at);
      return { kind: "end", text: "", at };
    }
    this.#at = TOKEN.lastIndex;
    const [whole, quoted, bare, number, sign = ""] = match;
    const at = this.#at - whole.trimStart().length;
    if (quoted !== undefined) return { kind: "name", text: this.#unquote(quoted, at), at };
    if (bare !== undefined) return { kind: "name", text: bare, at };
    return number === undefined ? { kind: "sign", text: sign, at } : { kind: "number", text: number, at };
  }

  #unquote(quoted: string, at: number): string {
    try {
      return JSON.parse(quoted);
    } catch {
      throw this.#fault(`${quoted} is no JSON string`, at);
    }
  }

  #fault(detail: string, at: number = this.#next.at): TypeError {
    return new TypeError(
      `a schema reads like "a: int64, b: string?, c: list<float32>": ${detail} at character ${at + 1}`,
    );
  }
}
