/** The command line is wrong. Nothing was done. */
export class UsageError extends Error {
  /** The class's name. */
  override readonly name = "UsageError";
}
