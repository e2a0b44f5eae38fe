import type { SweepOptions, Swept } from "@lade/transfer/sweep";
import type { UriCalls } from "@lade/transfer/places";

/**
 * Removes what dead processes left at a URI, or under it: writes that were begun more than a day ago and not closed, and
 * of local directories hidden files that nobody wrote to for a day. Yields each of it.
 */
export async function* sweepUri(
  lade: UriCalls,
  uri: string,
  options: SweepOptions = {},
): AsyncGenerator<Swept, void, void> {
  const { sweep } = await import("@lade/transfer/sweep");
  yield* sweep(lade, uri, options, async function* (path, given) {
    const { sweepTemporaries } = await import("@lade/fs");
    yield* sweepTemporaries(path, given);
  });
}
