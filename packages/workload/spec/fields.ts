import { nearestName, parseDuration, parseSize } from "@lade/core/settings";
import { WorkloadSpecError } from "../errors/workload_spec_error.ts";

/** Bounds of a number, which may be them. */
interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** A value in a spec, and its place there. What it is not is a `WorkloadSpecError` that names the place. */
export class Field {
  readonly value: unknown;
  readonly path: string;
  readonly #uri: string;

  constructor(value: unknown, path: string, uri: string) {
    this.value = value;
    this.path = path;
    this.#uri = uri;
  }

  get isPresent(): boolean {
    return this.value !== undefined;
  }

  get isMapping(): boolean {
    return typeof this.value === "object" && this.value !== null && !Array.isArray(this.value);
  }

  /** What stands before the value, in its place. */
  named(name: string): Field {
    return new Field(name, this.path, this.#uri);
  }

  /** The error that says what is wrong here. */
  fault(detail: string, advice?: string): WorkloadSpecError {
    return new WorkloadSpecError({ uri: this.#uri, path: this.path, detail, advice });
  }

  /** The values of a mapping that has these keys, or some of them, and no others. Those that are not there are absent fields. */
  mapping<const K extends string>(keys: readonly K[]): Readonly<Record<K, Field>> {
    const entries = this.#entries();
    for (const key of entries.keys()) {
      if (keys.some((known) => known === key)) continue;
      const near = nearestName(key, keys);
      throw this.#below(key, undefined).fault(
        "no such key",
        near === undefined ? `there are ${keys.join(", ")}` : `did you mean ${JSON.stringify(near)}?`,
      );
    }
    return Object.fromEntries(keys.map((key) => [key, this.#below(key, entries.get(key))])) as Record<
      K,
      Field
    >;
  }

  /** The values of a mapping with any keys, one at least. */
  entries(): [string, Field][] {
    const entries = this.#entries();
    if (entries.size === 0) throw this.fault("it is empty");
    return [...entries].map(([key, value]) => [key, this.#below(key, value)]);
  }

  /** The values of a list, one at least. */
  list(): Field[] {
    if (!Array.isArray(this.value)) throw this.fault(`a list is needed, not ${this.#shown()}`);
    if (this.value.length === 0) throw this.fault("it is empty");
    return this.value.map((value, index) => new Field(value, `${this.path}[${index}]`, this.#uri));
  }

  text(): string {
    if (typeof this.value !== "string" || this.value === "") {
      throw this.fault(`a text is needed, not ${this.#shown()}`);
    }
    return this.value;
  }

  oneOf<const T extends string>(words: readonly T[]): T {
    const found = words.find((word) => word === this.value);
    if (found !== undefined) return found;
    const near = typeof this.value === "string" ? nearestName(this.value, words) : undefined;
    throw this.fault(
      `it is one of ${words.join(", ")}, not ${this.#shown()}`,
      near === undefined ? undefined : `did you mean ${JSON.stringify(near)}?`,
    );
  }

  /** A number, which need not be whole. */
  number(bounds: Bounds): number {
    return this.#bounded(typeof this.value === "number" ? this.value : NaN, bounds, "a number");
  }

  /** A whole number; as text, digits may have `_` between them. */
  whole(bounds: Bounds): number {
    const { value } = this;
    const read = typeof value === "string" && /^\d+(?:_\d+)*$/.test(value)
      ? Number(value.replaceAll("_", ""))
      : value;
    return this.#bounded(Number.isInteger(read) ? read as number : NaN, bounds, "a whole number");
  }

  /** Bytes, without a unit or with one. */
  size(bounds: Bounds): number {
    const { value } = this;
    const read = typeof value === "string"
      ? parseSize(value.replaceAll(/(?<=\d)_(?=\d)/g, ""))
      : Number.isSafeInteger(value)
      ? value as number
      : undefined;
    return this.#bounded(read ?? NaN, bounds, "a size such as 64KiB");
  }

  /** Milliseconds, of a text with a unit. */
  duration(bounds: Bounds): number {
    const { value } = this;
    const text = typeof value === "string" ? value.trim() : "";
    const [, ms] = /^(\d{1,12})ms$/i.exec(text) ?? [];
    const read = ms !== undefined ? Number(ms) : /^\d+$/.test(text) ? undefined : parseDuration(text);
    return this.#bounded(read ?? NaN, bounds, "a time with its unit, such as 30s, 5m or 250ms");
  }

  /** A share of 0 to 1, written `5%`. */
  share(text: unknown = this.value): number {
    const [, percent] = typeof text === "string" ? /^(\d{1,3}(?:\.\d{1,9})?) ?%$/.exec(text) ?? [] : [];
    const read = percent === undefined ? NaN : Number(percent) / 100;
    if (!(read <= 1)) throw this.fault(`a share of 0% to 100% is needed, not ${this.#shown()}`);
    return read;
  }

  #entries(): Map<string, unknown> {
    if (!this.isMapping) throw this.fault(`a mapping of keys to values is needed, not ${this.#shown()}`);
    return new Map(Object.entries(this.value as object));
  }

  #below(key: string, value: unknown): Field {
    const name = /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
    return new Field(value, this.path === "" ? name : `${this.path}.${name}`, this.#uri);
  }

  #bounded(read: number, { least, most }: Bounds, what: string): number {
    if (read >= least && read <= most) return read;
    const bounds = most === Infinity || most === Number.MAX_SAFE_INTEGER
      ? `of ${least} or more`
      : `of ${least} to ${most}`;
    throw this.fault(`${what} is needed, ${bounds}, not ${this.#shown()}`);
  }

  #shown(): string {
    const { value } = this;
    if (value === undefined) return "nothing";
    // What aliases of YAML made may hold itself, or be larger than any text.
    if (Array.isArray(value)) return "a list";
    if (this.isMapping) return "a mapping";
    return (typeof value === "string" ? JSON.stringify(value) : String(value)).slice(0, 60);
  }
}
