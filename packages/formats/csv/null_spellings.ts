const ENCODER = new TextEncoder();

/** The texts of cells that mean no value. */
export class NullSpellings {
  readonly #spellings: readonly Uint8Array[];
  /** Bit n is set where a spelling has n bytes, the last one where it has 31 or more. */
  readonly #lengths: number;

  /** Those given. */
  constructor(spellings: readonly string[]) {
    this.#spellings = spellings.map((text) => ENCODER.encode(text));
    this.#lengths = this.#spellings.reduce((bits, { length }) => bits | 1 << Math.min(length, 31), 0);
  }

  /** Whether `bytes[from, to)` is one of them. */
  has(bytes: Uint8Array, from: number, to: number): boolean {
    const length = to - from;
    if ((this.#lengths >>> Math.min(length, 31) & 1) === 0) return false;
    return length === 0 ||
      this.#spellings.some((spelling) =>
        spelling.length === length && spelling.every((byte, place) => byte === bytes[from + place])
      );
  }
}
