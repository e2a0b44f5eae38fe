/** Nobody reads standard output any more: a pipe's other end is closed. A reading command ends quietly on it. */
export class ClosedOutputError extends Error {
  /** The class's name. */
  override readonly name = "ClosedOutputError";

  /** Describes the one way this fails. */
  constructor() {
    super("Cannot write to standard output: its reader has closed it");
  }
}
