import type { CommonPrefix, ListOptions, ObjectMeta, ObjectVersion } from "../contract/types.ts";
import { InvalidNameError } from "../errors/errors.ts";
import { needText } from "../conditions/need_text.ts";
import { objectUri } from "../uri/check_key.ts";
import { compareKeys } from "../uri/compare_keys.ts";
import type { MemoryContainer } from "./memory_container.ts";
import { entryOf, versionEntryOf } from "./memory_object.ts";

type Next = (key: string) => string | undefined;

/** Throws an `InvalidNameError` for a prefix, or the start of a listing, that is ill-formed Unicode. */
export function checkText(storeUri: string, text: string): void {
  needText(text);
  if (text.isWellFormed()) return;
  const detail = "it is not valid Unicode";
  throw new InvalidNameError({ operation: "list", uri: objectUri(storeUri, text), detail });
}

/** The objects of a container whose keys start with `prefix`. */
export function* listKeys(
  container: MemoryContainer,
  prefix: string,
  options: ListOptions,
): Generator<ObjectMeta, void, void> {
  for (const key of keysFrom(container, prefix, options, (key) => container.keyAfter(key))) {
    const object = container.find(key);
    if (object) yield entryOf(object);
  }
}

/** One level of a container. */
export function* listLevel(
  container: MemoryContainer,
  prefix: string,
  options: ListOptions,
): Generator<ObjectMeta | CommonPrefix, void, void> {
  const { startAfter = "" } = options;
  const folded = (key: string) => key.slice(0, key.indexOf("/", prefix.length) + 1);
  const next: Next = (key) => {
    const group = folded(key);
    return group ? container.keyFrom(`${group.slice(0, -1)}0`) : container.keyAfter(key);
  };
  for (const key of keysFrom(container, prefix, options, next)) {
    const group = folded(key);
    const object = container.find(key);
    if (group && compareKeys(group, startAfter) > 0) yield { prefix: group };
    else if (!group && object) yield entryOf(object);
  }
}

/** The versions and delete markers of a container whose keys start with `prefix`. */
export function* listVersionEntries(
  container: MemoryContainer,
  prefix: string,
  signal: AbortSignal | undefined,
): Generator<ObjectVersion, void, void> {
  let key = container.versionedKeyFrom(prefix);
  while (key?.startsWith(prefix)) {
    let isLatest = true;
    for (const version of container.versionsOf(key)) {
      yield versionEntryOf(version, isLatest);
      isLatest = false;
      signal?.throwIfAborted();
    }
    key = container.versionedKeyAfter(key);
  }
}

/** The keys from a listing's start on, each asked for only when the one before is done with. */
function* keysFrom(
  container: MemoryContainer,
  prefix: string,
  { signal, startAfter = "" }: ListOptions,
  next: Next,
): Generator<string, void, void> {
  let key = compareKeys(startAfter, prefix) < 0 ? container.keyFrom(prefix) : container.keyAfter(startAfter);
  while (key?.startsWith(prefix)) {
    yield key;
    signal?.throwIfAborted();
    key = next(key);
  }
}
