/** The user, or the system, asked the program to stop. */
export class InterruptError extends Error {
  /** The class's name. */
  override readonly name = "InterruptError";
  /** What the program exits with. */
  readonly exitCode: number;

  /** Describes the signal that asked for it. */
  constructor(signal: string, exitCode: number) {
    super(`Interrupted by ${signal}`);
    this.exitCode = exitCode;
  }
}
