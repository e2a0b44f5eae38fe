import type { CallOptions, ObjectStore } from "@lade/core";
import { InvalidNameError, isAlias, objectUri } from "@lade/core/backend";

/**
 * Throws an `InvalidNameError` where the service takes both keys for one object, which a rename would delete. Amazon's
 * never does, and elsewhere only keys that look alike (`a//b` and `a/b`) are looked up.
 */
export async function refuseAlias(
  store: ObjectStore,
  from: string,
  to: string,
  call: CallOptions,
): Promise<void> {
  const place = await store.placeOf?.(from, call);
  if (!place?.foldsKeys || !await isAlias({ store, key: from }, { store, key: to }, call)) return;
  const detail = `${JSON.stringify(objectUri(store.uri, to))} is the same object to this service`;
  throw new InvalidNameError({ operation: "rename", uri: objectUri(store.uri, from), detail });
}
