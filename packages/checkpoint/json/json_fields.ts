import type { JsonValue } from "./canonical_json.ts";
import { FormatError } from "@lade/formats/errors";

/** An object of JSON whose fields are read one by one, each checked: what is not as it should be is a `FormatError`. */
export class JsonFields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #uri: string;
  readonly #path: string;

  /** `path` is what messages call the object within the one at `uri`; empty for the whole. */
  constructor(value: unknown, uri: string, path = "") {
    this.#uri = uri;
    this.#path = path;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.#wrong(path || "it", "an object");
    }
    this.#value = value as Readonly<Record<string, unknown>>;
  }

  /** Whether there is such a field. */
  has(name: string): boolean {
    return Object.hasOwn(this.#value, name);
  }

  /** A text. */
  text(name: string): string {
    const value = this.#of(name);
    if (typeof value !== "string") throw this.#wrong(this.#at(name), "a text");
    return value;
  }

  /** A text that is one of some. */
  oneOf<T extends string>(name: string, known: readonly T[]): T {
    const value = this.text(name);
    const found = known.find((one) => one === value);
    if (found === undefined) {
      throw this.#wrong(
        this.#at(name),
        known.map((one) => JSON.stringify(one)).join(" or "),
      );
    }
    return found;
  }

  /** A whole number from 0 up to before `end`. */
  whole(name: string, end: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#of(name);
    if (!isWhole(value) || value >= end) throw this.#wrong(this.#at(name), `a whole number below ${end}`);
    return value;
  }

  /** A list of whole numbers from 0 up. */
  wholes(name: string): number[] {
    return this.list(name).map((value, place) => {
      if (!isWhole(value)) throw this.#wrong(`${this.#at(name)}[${place}]`, "a whole number");
      return value;
    });
  }

  /** A list. */
  list(name: string): readonly unknown[] {
    const value = this.#of(name);
    if (!Array.isArray(value)) throw this.#wrong(this.#at(name), "a list");
    return value;
  }

  /** A list of objects. */
  objects(name: string): JsonFields[] {
    return this.list(name).map((value, place) =>
      new JsonFields(value, this.#uri, `${this.#at(name)}[${place}]`)
    );
  }

  /** An object. */
  object(name: string): JsonFields {
    return new JsonFields(this.#of(name), this.#uri, this.#at(name));
  }

  /** What there is under all names. */
  entries(): [string, unknown][] {
    return Object.entries(this.#value);
  }

  /** A finite number. */
  number(name: string): number {
    const value = this.#of(name);
    if (typeof value !== "number") throw this.#wrong(this.#at(name), "a number");
    return value;
  }

  /** Anything that JSON holds. */
  json(name: string): JsonValue {
    // What is read from JSON is that.
    return this.#of(name) as JsonValue;
  }

  /** Bytes in base64. */
  bytes(name: string): Uint8Array<ArrayBuffer> {
    try {
      return Uint8Array.fromBase64(this.text(name), { lastChunkHandling: "strict" });
    } catch (error) {
      if (error instanceof FormatError) throw error;
      throw this.#wrong(this.#at(name), "base64");
    }
  }

  /** Of what is wrong with a field in another way. */
  fault(name: string, detail: string): FormatError {
    return new FormatError({ operation: "read", uri: this.#uri, detail: `${this.#at(name)} ${detail}` });
  }

  #of(name: string): unknown {
    return this.has(name) ? this.#value[name] : undefined;
  }

  #at(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }

  #wrong(what: string, due: string): FormatError {
    return new FormatError({ operation: "read", uri: this.#uri, detail: `${what} is not ${due}` });
  }
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
