import type { TransferLimit } from "@lade/transfer/limits";
import type { UriCalls } from "@lade/transfer/places";

/** Adds to what a transfer came to what limited it. */
export async function withLimit<T extends { readonly objects: number; readonly bytes: number }>(
  lade: UriCalls,
  concurrency: number | undefined,
  work: () => Promise<T>,
): Promise<T & { readonly limit: TransferLimit }> {
  const { LimitWatch } = await import("@lade/transfer/limits");
  const watch = new LimitWatch(lade);
  const done = await work();
  const { objects, bytes } = done;
  return { ...done, limit: watch.judge({ objects, bytes, concurrency }) };
}
