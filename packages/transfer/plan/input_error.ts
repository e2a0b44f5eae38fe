import { errorCode, errorWords, system } from "@lade/core/system";

/** A source that is read to its end cannot be read. */
export class InputError extends Error {
  /** The class's name. */
  override readonly name = "InputError";

  /** Says what cannot be read, and why. */
  constructor(source: string, detail: string, cause?: unknown) {
    super(`Cannot read ${source}: ${detail}`, cause === undefined ? {} : { cause });
  }
}

/** Says in words what keeps a source from being read. */
export function describeInputFailure(error: unknown): string {
  if (error instanceof system.errors.NotCapable) return error.message;
  if (error instanceof system.errors.IsADirectory) return "it is a directory";
  if (error instanceof system.errors.NotFound) return "no such file";
  if (error instanceof system.errors.PermissionDenied) return "the system denies access";
  const text = error instanceof Error ? error.message : String(error);
  if (errorCode(error) === "EBADF" || /\(os error 9\)/.test(text)) {
    return "it is closed, or open for writing only";
  }
  if (/\(os error 21\)/.test(text)) return "it is a directory";
  return errorWords(error);
}
