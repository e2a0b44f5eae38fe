import type { Check } from "@lade/core/backend";

/** What a measurement of uploads came to. */
export interface UploadMeasurement {
  /** The check. */
  readonly check: Check;
  /** An object that was written, if any. */
  readonly object?: { readonly key: string; readonly size: number };
}
