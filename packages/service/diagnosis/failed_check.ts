import type { Check } from "@lade/core/backend";
import { StoreError } from "@lade/core/errors";

/** The check that an error ended. What its message tells to try next, after a semicolon, becomes the advice. */
export function failedCheck(name: string, error: unknown, hide = (words: string) => words): Check {
  const told = error instanceof StoreError
    ? error.detail
    : error instanceof Error
    ? error.message
    : String(error);
  const words = hide(told);
  const at = words.indexOf("; ");
  return {
    name,
    outcome: "failed",
    detail: at < 0 ? words : words.slice(0, at),
    ...(at < 0 ? {} : { advice: words.slice(at + 2) }),
    ...(error instanceof Error ? { error } : {}),
  };
}
