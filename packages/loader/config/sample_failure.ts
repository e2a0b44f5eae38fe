/** A sample that could not be had. */
export interface SampleFailure {
  /** The object it is of, or the data set. */
  readonly uri: string;
  /** Which record of the object, from 0. */
  readonly record?: number;
  /** Where in the object it lies, in bytes. */
  readonly offset?: number;
  /** Which of the data sets of a mixture it is of: its name. */
  readonly dataset?: string;
  /** Whether all behind it in its object are lost with it, as where a stream breaks off. */
  readonly rest?: boolean;
  /** What of the object it is decoded with, in the format's words: `row group 3`. */
  readonly group?: string;
  /** Which sample of the data set. */
  readonly index: number;
  /** Its position in the epoch's order. */
  readonly position: number;
  /** The epoch. */
  readonly epoch: number;
  /** What happened. */
  readonly cause: unknown;
}
