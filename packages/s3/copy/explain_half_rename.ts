import { StoreError } from "@lade/core/backend";
import type { CopyTarget } from "./copy_target.ts";

/** The error of a rename whose copy was made and whose source could not be deleted: it says that both are there. */
export function explainHalfRename(error: unknown, { fromUri, toUri }: CopyTarget): unknown {
  if (!(error instanceof StoreError)) return error;
  const detail = `${error.detail}; the copy ${JSON.stringify(toUri)} was made, and the source stays`;
  const Class = error.constructor as new (options: ConstructorParameters<typeof StoreError>[0]) => StoreError;
  return new Class({
    operation: "rename",
    uri: fromUri,
    detail,
    cause: error.cause ?? error,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });
}
