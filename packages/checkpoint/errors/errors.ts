import { StoreError, type StoreErrorCode, type StoreErrorOptions } from "@lade/core/errors";

/** A newer run of the same training has begun: what this one writes is no longer wanted. */
export class FencedError extends StoreError {
  /** The class's name. */
  override readonly name: string = "FencedError";
  /** `"fenced"`. */
  override readonly code: StoreErrorCode = "fenced";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** What an {@linkcode IncompleteError} says. */
export interface IncompleteErrorOptions extends StoreErrorOptions {
  /** The ranks that were waited for in vain. */
  readonly ranks: readonly number[];
}

/** Ranks have not written their part of a checkpoint, which is therefore not there. */
export class IncompleteError extends StoreError {
  /** The class's name. */
  override readonly name: string = "IncompleteError";
  /** `"incomplete"`. */
  override readonly code: StoreErrorCode = "incomplete";
  /** The ranks that were waited for in vain. */
  readonly ranks: readonly number[];

  /** Describes one failure. */
  constructor(options: IncompleteErrorOptions) {
    super(options, false);
    this.ranks = options.ranks;
  }

  /** The same failure in other words. */
  override restated(changes: Partial<IncompleteErrorOptions>): StoreError {
    return super.restated({ ranks: this.ranks, ...changes } as Partial<StoreErrorOptions>);
  }
}

/** A commit was sent and its answer was lost: the checkpoint may be there. `recover()` finds out. */
export class UncertainError extends StoreError {
  /** The class's name. */
  override readonly name: string = "UncertainError";
  /** `"uncertain"`. */
  override readonly code: StoreErrorCode = "uncertain";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** What a {@linkcode InvalidCheckpointError} says. */
export interface InvalidCheckpointOptions extends StoreErrorOptions {
  /** The tensor that cannot be had. */
  readonly tensor?: string;
  /** Where in the object the damage begins, in bytes. */
  readonly offset?: number;
}

/** Parts make up no whole tensor, or an object of a checkpoint is gone, cut or changed. */
export class InvalidCheckpointError extends StoreError {
  /** The class's name. */
  override readonly name: string = "InvalidCheckpointError";
  /** `"invalid-format"`. */
  override readonly code: StoreErrorCode = "invalid-format";
  /** The tensor that cannot be had. */
  readonly tensor?: string;
  /** Where in the object the damage begins, in bytes. */
  readonly offset?: number;

  /** Describes one failure. */
  constructor(options: InvalidCheckpointOptions) {
    super(options, false);
    if (options.tensor !== undefined) this.tensor = options.tensor;
    if (options.offset !== undefined) this.offset = options.offset;
  }

  /** The same failure in other words. */
  override restated(changes: Partial<InvalidCheckpointOptions>): StoreError {
    const { tensor, offset } = this;
    return super.restated({
      ...(tensor !== undefined && { tensor }),
      ...(offset !== undefined && { offset }),
      ...changes,
    });
  }
}
