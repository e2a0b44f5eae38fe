/** What a stream yields in place of a sample that cannot be had, where those behind it can. */
export class LostSample {
  /** Why it cannot. */
  readonly cause: unknown;

  /** A sample that `cause` is the reason of. */
  constructor(cause: unknown) {
    this.cause = cause;
  }
}
