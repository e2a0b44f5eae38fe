import type { Check } from "@lade/core/backend";
import { StoreError } from "@lade/core/errors";

/** The check that an error ended. `hide` masks what is nobody's business. */
export function failedCheck(name: string, error: unknown, hide = (words: string) => words): Check {
  const told = error instanceof StoreError
    ? error.detail
    : error instanceof Error
    ? error.message
    : String(error);
  const advice = error instanceof StoreError ? error.advice : undefined;
  return {
    name,
    outcome: "failed",
    detail: hide(told),
    ...(advice !== undefined && { advice: hide(advice) }),
    ...(error instanceof Error ? { error } : {}),
  };
}
