import { StoreError } from "@lade/core/backend";
import type { CopyTarget } from "./copy_target.ts";

/** The error of a rename whose copy was made and whose source could not be deleted: it says that both are there. */
export function explainHalfRename(error: unknown, { fromUri, toUri }: CopyTarget): unknown {
  if (!(error instanceof StoreError)) return error;
  const detail = `${error.detail}; the copy ${JSON.stringify(toUri)} was made, and the source stays`;
  return error.restated({ operation: "rename", uri: fromUri, detail, cause: error.cause ?? error });
}
