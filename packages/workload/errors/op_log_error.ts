import { StoreError, type StoreErrorCode, type StoreErrorOptions } from "@lade/core/errors";

/** What an {@linkcode OpLogError} says. */
export interface OpLogErrorOptions extends StoreErrorOptions {
  /** The line that has the fault, counted from 1. */
  readonly line?: number;
}

/** What was read is no op-log, or a row of it has no meaning. */
export class OpLogError extends StoreError {
  /** The class's name. */
  override readonly name: string = "OpLogError";
  /** `"invalid-format"`. */
  override readonly code: StoreErrorCode = "invalid-format";
  /** The line that has the fault, counted from 1; absent where it is the whole log's. */
  readonly line?: number;

  /** Describes one fault. */
  constructor(options: OpLogErrorOptions) {
    super(options, false);
    if (options.line !== undefined) this.line = options.line;
  }
}
