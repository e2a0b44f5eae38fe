import {
  type CallOptions,
  type CopyOptions,
  InvalidNameError,
  isAlias,
  type ObjectStore,
  objectUri,
  StoreError,
  UnsupportedError,
} from "@lade/core/backend";

/** The steps of a rename that only the store can take. */
export interface RenameSteps {
  /** Copies the object, pinned to an etag where there is one. */
  copy(sourceIfMatch: string | undefined): Promise<unknown>;
  /** Refuses the rename before it is begun where the deletion of its source could not be held to `ifMatch`. */
  settleDeletion?(ifMatch: string, mayLook: boolean): Promise<unknown>;
}

/**
 * Renames where the service cannot: copies, then deletes the source, both held to one content. A source that changes in
 * between is a `PreconditionFailedError`, and both objects stay. Keys that the service takes for one are refused.
 */
export async function renameByCopy(
  store: ObjectStore,
  from: string,
  to: string,
  options: CopyOptions,
  steps: RenameSteps,
): Promise<void> {
  const uri = objectUri(store.uri, from);
  if (options.sourceVersion !== undefined) {
    const detail = "a version cannot be renamed";
    throw new UnsupportedError({ operation: "rename", uri, detail, advice: "copy it" });
  }
  const { signal } = options;
  const ending = signal === undefined ? {} : { signal };
  await refuseAlias(store, from, to, ending);
  const source = options.sourceIfMatch === undefined ? await store.head(from, ending) : undefined;
  const etag = options.sourceIfMatch ?? source?.etag;
  // Where nobody asked for the condition and the service cannot hold it, a look is better than nothing.
  const ifIgnored = source === undefined ? options.ifIgnored ?? "refuse" : "look";
  if (etag !== undefined && from !== to) await steps.settleDeletion?.(etag, ifIgnored === "look");
  await steps.copy(etag);
  if (from === to) return;
  try {
    await store.delete(from, { ...ending, ifIgnored, ...(etag === undefined ? {} : { ifMatch: etag }) });
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof StoreError)) throw error;
    const copied = JSON.stringify(objectUri(store.uri, to));
    const detail = `${error.detail}; the copy ${copied} was made, and the source stays`;
    throw error.restated({ operation: "rename", uri, detail, cause: error.cause ?? error });
  }
}

/** Throws an `InvalidNameError` where the service takes both keys for one object, which a rename would delete. */
async function refuseAlias(store: ObjectStore, from: string, to: string, call: CallOptions): Promise<void> {
  const place = await store.placeOf?.(from, call);
  // Only keys that look alike (`a//b` and `a/b`) are looked up.
  if (!place?.foldsKeys || !await isAlias({ store, key: from }, { store, key: to }, call)) return;
  const detail = `${JSON.stringify(objectUri(store.uri, to))} is the same object to this service`;
  throw new InvalidNameError({ operation: "rename", uri: objectUri(store.uri, from), detail });
}
