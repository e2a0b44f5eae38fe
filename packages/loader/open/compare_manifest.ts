import { type CallOptions, compareKeys, type ObjectStore } from "@lade/core";
import type { ObjectTable, TableObject } from "../datasets/object_table.ts";
import { listSamples } from "../datasets/list_samples.ts";
import { nameOf } from "../datasets/fingerprint.ts";
import { PACK_MARKER } from "../manifest/pack_plan.ts";
import { isSample } from "./open_dataset.ts";

/** In what a manifest differs from what lies there. */
export interface ManifestDifference {
  /** Objects that it does not name. */
  readonly added: number;
  /** Objects that it names, and are gone. */
  readonly gone: number;
  /** Objects of another size or tag. */
  readonly changed: number;
  /** The key of one of each, where there is one. */
  readonly examples: { readonly added?: string; readonly gone?: string; readonly changed?: string };
}

/** Compares the objects of a manifest with those that lie below its prefix now, by one listing, of which nothing is held. */
export async function compareManifest(
  store: ObjectStore,
  prefix: string,
  objects: ObjectTable,
  options: CallOptions = {},
): Promise<ManifestDifference> {
  const listed = async function* () {
    for await (const object of listSamples(store, prefix, options)) {
      if (isSample(object, prefix) && nameOf(object.key) !== PACK_MARKER) yield object;
    }
  };
  return await compareObjects(objects, listed());
}

/** Compares objects of before, in the order of keys, with those of now in the same order. */
export async function compareObjects(
  before: ObjectTable,
  now: AsyncIterable<TableObject> | Iterable<TableObject>,
): Promise<ManifestDifference> {
  const counts = { added: 0, gone: 0, changed: 0 };
  const examples: { added?: string; gone?: string; changed?: string } = {};
  const count = (what: keyof typeof counts, key: string) => {
    counts[what]++;
    examples[what] ??= key;
  };
  let place = 0;
  let old = place < before.length ? before.at(place) : undefined;
  const next = () => old = ++place < before.length ? before.at(place) : undefined;
  for await (const object of now) {
    while (old && compareKeys(old.key, object.key) < 0) {
      count("gone", old.key);
      next();
    }
    if (old?.key !== object.key) {
      count("added", object.key);
      continue;
    }
    const isOther = old.size !== object.size ||
      (old.etag !== undefined && object.etag !== undefined && old.etag !== object.etag);
    if (isOther) count("changed", object.key);
    next();
  }
  for (; old; next()) count("gone", old.key);
  return { ...counts, examples };
}

/** Whether a manifest names all that lies there, as it is. */
export function isCurrent({ added, gone, changed }: ManifestDifference): boolean {
  return added + gone + changed === 0;
}
