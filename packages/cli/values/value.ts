/** What a text on the command line comes to, or a sentence that says why it comes to nothing. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** One kind of text on the command line. */
export interface Value<T> {
  /** How the help calls it, such as `SIZE`. */
  readonly metavar: string;
  /** Any value, for when the real one is not known yet. */
  readonly placeholder: T;
  /** The texts that a shell offers; whatever it likes by default. */
  readonly choices?: readonly string[];
  /** Whether a shell offers names of files, but for URIs. */
  readonly isPlace?: boolean;
  /** Reads a text. */
  read(text: string): Reading<T>;
  /** The inverse. */
  format(value: T): string;
}
