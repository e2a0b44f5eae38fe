import { objectUri } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import { MARKER_KEY } from "../keys/series_keys.ts";
import { createSame } from "./create_same.ts";
import { readSmall } from "./read_small.ts";
import type { Series } from "./series.ts";

const MARKER = `{"format":"lade-checkpoint","version":1}\n`;

/**
 * Sees to it that a prefix is a series of checkpoints: with `create` it becomes one, else it is a `NotFoundError` where it
 * is none. Where something else lies at the marker's key it is a `FormatError`.
 */
export async function checkMarker(
  { store, ifIgnored }: Series,
  { create, signal }: { readonly create: boolean; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const advice = `where no newer version wrote it, it is damaged: put back the line ${MARKER.trimEnd()}`;
  const found = await readSmall(store, MARKER_KEY, signal).catch((error) => {
    throw error instanceof FormatError ? error.restated({ advice }) : error;
  });
  if (!found) {
    if (!create) {
      throw new NotFoundError({
        operation: "open checkpoints in",
        uri: store.uri,
        detail: `there are none: it has no ${MARKER_KEY}`,
      });
    }
    const operation = "begin checkpoints in";
    await createSame(store, MARKER_KEY, new TextEncoder().encode(MARKER), { ifIgnored, operation, signal });
    return;
  }
  if (new TextDecoder().decode(found) === MARKER) return;
  throw new FormatError({
    operation: "open checkpoints in",
    uri: objectUri(store.uri, MARKER_KEY),
    detail: "it is not the mark of a series that this version of Lade reads",
    advice,
  });
}
