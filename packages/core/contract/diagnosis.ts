import type { ProviderOptions } from "./provider_options.ts";

/** How a check came out. A `"warning"` works and is worth a change; a `"skipped"` one was not tried. */
export type CheckOutcome = "ok" | "warning" | "failed" | "skipped";

/** The result of one check of a diagnosis. It never holds a secret. */
export interface Check {
  /** What was checked, in one word: `credentials`, `list`. */
  readonly name: string;
  /** How it came out. */
  readonly outcome: CheckOutcome;
  /** What was found, in words. */
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
  /** What was found, for programs: times in milliseconds, rates in bytes per second. */
  readonly facts?: Readonly<Record<string, boolean | number | string>>;
  /** What it failed with, where that is an error. */
  readonly error?: Error;
}

/** Options of `Provider.diagnose`. */
export interface DiagnoseOptions extends ProviderOptions {
  /** Also writes, reads back and removes temporary objects; without it nothing is written. */
  readonly write?: boolean;
}
