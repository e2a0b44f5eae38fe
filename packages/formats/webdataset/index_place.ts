import { type CallOptions, type ObjectStore, objectUri } from "@lade/core";
import { AlreadyExistsError } from "@lade/core/errors";
import { isUnseen } from "../source/is_unseen.ts";
import { ObjectSource } from "../source/object_source.ts";
import { isIndexText } from "./index_text.ts";

/**
 * Refuses to write an index over an object that is none: a shard's index is named by half of the shard's name, which other
 * files may have too, such as the index of a TFRecord object. An empty object, and a damaged index, may be replaced.
 */
export async function checkIndexPlace(
  store: ObjectStore,
  indexKey: string,
  { signal }: CallOptions = {},
): Promise<void> {
  const uri = objectUri(store.uri, indexKey);
  try {
    const source = await ObjectSource.open(store, indexKey, { ...(signal && { signal }), window: HEAD });
    if (source.size === 0 || isIndexText(await source.read(0, Math.min(HEAD, source.size)))) return;
  } catch (error) {
    if (isUnseen(error)) return;
    throw error;
  }
  const detail = "it is there already, and is no index of a tar archive";
  const advice = "move it away, or write no index";
  throw new AlreadyExistsError({ operation: "write", uri, detail, advice });
}

/** Bytes that tell an index. */
const HEAD = 16;
