import { type StoreErrorOptions, UnsupportedError } from "@lade/core/errors";

/** What a header says of elements that are not read. */
export interface UnreadElements {
  /** What they are, in NumPy's words: `|O`. */
  readonly descr: string;
  /** The length of each dimension. */
  readonly shape: readonly number[];
  /** Which index changes fastest. */
  readonly order: "C" | "F";
}

/** The elements of an array are not read, such as pickled ones; what else the header says is told. */
export class UnreadElementsError extends UnsupportedError {
  /** What the header says. */
  readonly elements: UnreadElements;

  /** Describes one array. */
  constructor(options: StoreErrorOptions, elements: UnreadElements) {
    super(options);
    this.elements = elements;
  }
}
