import { StoreError, type StoreErrorCode, type StoreErrorOptions } from "@lade/core/errors";

/** What a {@linkcode FormatError} says. */
export interface FormatErrorOptions extends StoreErrorOptions {
  /** Where in the object the fault lies, in bytes from its start; for text, of the line that has it. */
  readonly offset?: number;
  /** Which record, row or line has it, counted from 0. */
  readonly record?: number;
}

/**
 * An object is not what its format asks for: cut, damaged, or of another kind. The message reads
 * `Cannot read npy "s3://b/k": the header ends at byte 96 of 118`.
 */
export class FormatError extends StoreError {
  /** The class's name. */
  override readonly name: string = "FormatError";
  /** `"invalid-format"`. */
  override readonly code: StoreErrorCode = "invalid-format";
  /** Where in the object the fault lies, in bytes from its start. */
  readonly offset?: number;
  /** Which record, row or line has it, counted from 0. */
  readonly record?: number;

  /** Describes one fault. */
  constructor(options: FormatErrorOptions) {
    super(options, false);
    if (options.offset !== undefined) this.offset = options.offset;
    if (options.record !== undefined) this.record = options.record;
  }

  /** The same fault in other words. */
  override restated(changes: Partial<FormatErrorOptions>): StoreError {
    const { offset, record } = this;
    return super.restated({
      ...(offset !== undefined && { offset }),
      ...(record !== undefined && { record }),
      ...changes,
    });
  }
}

/** An index does not fit the object that it is of; the advice names what renews it. */
export class StaleIndexError extends FormatError {
  /** The class's name. */
  override readonly name: string = "StaleIndexError";
}

/** Nothing tells which format an object has: it may be none of those that are known. */
export class UnknownFormatError extends FormatError {
  /** The class's name. */
  override readonly name: string = "UnknownFormatError";
}
