import { NotFoundError, PermissionDeniedError } from "@lade/core/errors";

/**
 * Whether this error of an object that may lie beside another one, and is not needed, says that there is none: it is not
 * there, or may not be read. The latter is what a service says of a missing object to who may not list.
 */
export function isUnseen(error: unknown): boolean {
  return error instanceof NotFoundError || error instanceof PermissionDeniedError;
}
