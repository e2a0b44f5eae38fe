import type { ObjectStore } from "../contract/object_store.ts";

/** Where an object of a store really is: the store below all layers, and what that one calls the key. */
export function placeBelow(
  store: ObjectStore,
  key: string,
): { readonly store: ObjectStore; readonly key: string } {
  for (let place = { store, key };;) {
    const below = place.store.beneath?.(place.key);
    if (!below) return place;
    place = below;
  }
}
