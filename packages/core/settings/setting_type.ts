/** A kind of values that a setting takes, as programs give them and as text. */
export interface SettingType {
  /** What is needed, after "has to be": `true or false`. */
  readonly expected: string;
  /** How the documentation calls it: `boolean`. */
  readonly shown: string;
  /** A text that it takes. */
  readonly example: string;
  /** Whether entries of it may be given one by one: `tags.a=b`. */
  readonly entries?: boolean;
  /** Whether `value` is one. */
  accepts(value: unknown): boolean;
  /** Reads a text, which is trimmed and not empty; `undefined` for one that is none. */
  parse(text: string): unknown;
}
