import { StoreError } from "@lade/core/errors";
import type { Converted } from "@lade/transfer";
import type { ConversionTotal } from "../messages/conversion_message.ts";

/** Counts what becomes of the objects of one command, for what is told of it however it ends. */
export class TransferStats {
  /** Objects done. */
  objects = 0;
  /** Their bytes. */
  bytes = 0;
  /** Objects that failed. */
  failed = 0;
  /** Objects left alone. */
  skipped = 0;
  /** Objects that an earlier run has done. */
  before = 0;
  /** Objects deleted. */
  deleted = 0;
  /** How many failures there were of each kind: the code of a `StoreError`, the name of any other. */
  readonly failures = new Map<string, number>();
  /** What conversions came to; absent where nothing was converted. */
  converted: ConversionTotal | undefined;

  /** Counts an object that is done. */
  done(size: number | undefined, converted: Converted | undefined): void {
    this.objects++;
    this.bytes += size ?? 0;
    if (!converted) return;
    const { objects = 0, bytesIn = 0, bytesOut = 0 } = this.converted ?? {};
    const { action } = converted;
    this.converted = {
      action,
      objects: objects + 1,
      bytesIn: bytesIn + converted.bytesIn,
      bytesOut: bytesOut + converted.bytesOut,
    };
  }

  /** Counts a failure. */
  fail(error: unknown): void {
    this.failed++;
    const kind = error instanceof StoreError ? error.code : error instanceof Error ? error.name : "unknown";
    this.failures.set(kind, (this.failures.get(kind) ?? 0) + 1);
  }
}
