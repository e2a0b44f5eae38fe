import { UsageError } from "../command/usage_error.ts";

/** A version is that of one object. */
export function refuseSeveral(uris: readonly string[], version: string | undefined): void {
  if (version !== undefined && uris.length > 1) throw new UsageError("With --version there is one object.");
}
