import { StoreError, type StoreErrorCode } from "@lade/core/errors";

/** What a {@linkcode WorkloadSpecError} says. */
export interface WorkloadSpecErrorOptions {
  /** Where the spec is from, for the message. */
  readonly uri: string;
  /** The place in the spec, such as `phases[1].mix`; empty where it is the whole. */
  readonly path: string;
  /** What is wrong. */
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
  /** The error below. */
  readonly cause?: unknown;
}

/** A spec of a workload has a fault. Nothing was done. */
export class WorkloadSpecError extends StoreError {
  /** The class's name. */
  override readonly name: string = "WorkloadSpecError";
  /** `"invalid-format"`. */
  override readonly code: StoreErrorCode = "invalid-format";
  /** The place in the spec, such as `phases[1].mix`; empty where it is the whole. */
  readonly path: string;

  /** Describes one fault. */
  constructor({ uri, path, detail, advice, cause }: WorkloadSpecErrorOptions) {
    super({
      operation: "take the workload",
      uri,
      detail: path === "" ? detail : `${path}: ${detail}`,
      advice,
      cause,
    }, false);
    this.path = path;
  }
}
