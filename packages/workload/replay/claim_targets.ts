import type { CallOptions } from "@lade/core";
import { NotEmptyError, NotFoundError } from "@lade/core/errors";
import type { PlaceIn, Places } from "./places.ts";

/** The object that says that all below its prefix is a workload's, which may replace and delete it. */
export const MARKER = "lade-workload.json";

const CONTENT = `${JSON.stringify({ schema: "lade-workload/1" })}\n`;

/**
 * Marks prefixes as those of workloads, before anything is written below them. One that is empty, or marked, is taken; one
 * that has other objects is a `NotEmptyError`, so that no data is taken for something that may be replaced.
 */
export async function claimTargets(
  targets: readonly string[],
  places: Places,
  { signal }: CallOptions,
): Promise<void> {
  const call = signal ? { signal } : {};
  const empty: string[] = [];
  for (const target of targets) {
    const { store, key } = await places.baseOf(target);
    const isMarked = await store.head(key + MARKER, call).then(() => true, (error) => {
      if (error instanceof NotFoundError) return false;
      throw error;
    });
    if (isMarked) continue;
    if (!await isEmpty({ store, key }, call)) {
      throw new NotEmptyError({
        operation: "replay into",
        uri: target,
        detail: "it has objects, which a replay could replace or delete",
        advice: `choose an empty prefix, or write an object ${MARKER} there to say that they may be`,
      });
    }
    empty.push(target);
  }
  for (const target of empty) {
    const { store, key } = await places.baseOf(target);
    // Two replays that do so at a time write the same.
    await store.put(key + MARKER, new TextEncoder().encode(CONTENT), call);
  }
}

async function isEmpty({ store, key }: PlaceIn, call: CallOptions): Promise<boolean> {
  try {
    for await (const _ of store.list(key, call)) return false;
  } catch (error) {
    // A directory is made with its first file.
    if (!(error instanceof NotFoundError)) throw error;
  }
  return true;
}
