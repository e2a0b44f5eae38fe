/** Standard output cannot be written, which ends a command that has something to print. */
export class OutputError extends Error {
  /** The class's name. */
  override readonly name: string = "OutputError";

  /** Says why. */
  constructor(detail: string, cause?: unknown) {
    super(`Cannot write to standard output: ${detail}`, { cause });
  }
}

/** Nobody reads standard output any more: a pipe's other end is closed. A reading command ends quietly on it. */
export class ClosedOutputError extends OutputError {
  /** The class's name. */
  override readonly name: string = "ClosedOutputError";

  /** Describes the one way this fails. */
  constructor() {
    super("its reader has closed it");
  }
}
