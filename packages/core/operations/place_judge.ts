import type { ObjectPlace } from "../contract/object_place.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { CallOptions } from "../contract/types.ts";
import { infoOf, isAlias, isEqual, type KeyIn } from "./is_alias.ts";
import { placeOf } from "./place_of.ts";

export type { KeyIn } from "./is_alias.ts";

/** Options of {@linkcode PlaceJudge.compare}. */
export interface CompareOptions extends CallOptions {
  /** Whether objects may be looked up; they may by default. */
  readonly ask?: boolean;
}

/** How two places are to each other; `"linked"` are two names of one file. */
export type Sameness = "same" | "linked" | "different";

/**
 * Judges whether two keys lead to one place, by the service, the container and the resolved key, never by their URIs.
 *
 * One service can have several names (hosts, addresses, a proxy). Where two stores of one kind differ in nothing but
 * that, the object of one key is looked up by both: what is equal in etag, size, time and version is in one container.
 * It is looked up once for two stores, and before anything is written. Of two stores whose services are of different
 * kinds, it asks for places only once: whatever their keys, they lead to different ones.
 */
export class PlaceJudge {
  readonly #known = new Map<ObjectStore, Map<ObjectStore, Promise<boolean | undefined>>>();
  readonly #apart = new WeakMap<ObjectStore, WeakSet<ObjectStore>>();

  /** Whether it is known already that whatever lies in these stores is not the same. */
  areApart(one: ObjectStore, other: ObjectStore): boolean {
    return this.#apart.get(one)?.has(other) ?? false;
  }

  /**
   * Whether two objects are, or would be, one, also where the service takes two keys for one (`a//b` and `a/b`). Without
   * `ask` nothing is looked up, and one service under two names is taken for two.
   */
  async compare(one: KeyIn, other: KeyIn, options: CompareOptions = {}): Promise<Sameness> {
    const { ask = true, ...call } = options;
    call.signal?.throwIfAborted();
    if (this.areApart(one.store, other.store)) return "different";
    const [here, there] = await places(one, other, call);
    if (this.#proveApart(one, other, here, there)) return "different";
    const keys = ask ? [one.key, other.key] as const : undefined;
    const isOneContainer = here.key === there.key && await this.#isOne(one, other, here, there, keys, call);
    if (isOneContainer) return "same";
    if (ask && mayBeOneObject(here, there) && await isAlias(one, other, call)) return "same";
    return isOneThing(here, there) ? "linked" : "different";
  }

  /**
   * Whether a prefix is another one or lies in it. `firstKey` is that of an object under either, by which the
   * containers are distinguished where their names do not suffice.
   */
  async contains(
    outer: KeyIn,
    inner: KeyIn,
    firstKey?: string,
    options: CallOptions = {},
  ): Promise<boolean> {
    return await this.pathWithin(outer, inner, firstKey, options) !== undefined;
  }

  /**
   * The path of a prefix below another one, empty where they are one; `undefined` where it does not lie in it. What is
   * brought from the inner to the outer one must not have a name that starts with it: it would come to lie in its source.
   */
  async pathWithin(
    outer: KeyIn,
    inner: KeyIn,
    firstKey?: string,
    options: CallOptions = {},
  ): Promise<string | undefined> {
    if (this.areApart(outer.store, inner.store)) return undefined;
    const [here, there] = await places(outer, inner, options);
    if (this.#proveApart(outer, inner, here, there)) return undefined;
    const keys = firstKey === undefined ? undefined : [firstKey, firstKey] as const;
    if (isOneThing(here, there)) return "";
    const levels = here.service === there.service && here.identity !== undefined
      ? there.above?.indexOf(here.identity) ?? -1
      : -1;
    if (levels >= 0) return lastSegments(there.key, levels + 1);
    if (!there.key.startsWith(here.key)) return undefined;
    return await this.#isOne(outer, inner, here, there, keys, options)
      ? there.key.slice(here.key.length)
      : undefined;
  }

  /** Remembers of two stores whose services are of different kinds that nothing of theirs is the same. */
  #proveApart(one: KeyIn, other: KeyIn, here: ObjectPlace, there: ObjectPlace): boolean {
    if (here.service === there.service || here.kind === there.kind) return false;
    for (const [of, from] of [[one, other], [other, one]] as const) {
      const apart = this.#apart.get(of.store) ?? new WeakSet();
      this.#apart.set(of.store, apart.add(from.store));
    }
    return true;
  }

  async #isOne(
    one: KeyIn,
    other: KeyIn,
    here: ObjectPlace,
    there: ObjectPlace,
    keys: readonly [string, string] | undefined,
    options: CallOptions,
  ): Promise<boolean> {
    if (here.service === there.service) return here.container === there.container;
    if (here.kind === undefined || here.kind !== there.kind) return false;
    if (this.#known.get(other.store)?.has(one.store)) [one, other] = [other, one];
    const ofOne = this.#known.get(one.store) ?? new Map<ObjectStore, Promise<boolean | undefined>>();
    this.#known.set(one.store, ofOne);
    for (let asked = ofOne.get(other.store);; asked = ofOne.get(other.store)) {
      const known = await asked;
      if (known !== undefined || !keys) return known ?? false;
      if (asked !== ofOne.get(other.store)) continue;
      const asking = areEqual(one.store, other.store, keys, options);
      ofOne.set(other.store, asking);
      // Nothing can be judged by an object that is not there, nor by a look that failed.
      const answer = await asking.catch((error) => {
        ofOne.delete(other.store);
        throw error;
      });
      if (answer === undefined) return false;
    }
  }
}

/** Whether both stores have one object at these keys; `undefined` where the first has none. */
async function areEqual(
  one: ObjectStore,
  other: ObjectStore,
  keys: readonly [string, string],
  options: CallOptions,
): Promise<boolean | undefined> {
  const object = await infoOf({ store: one, key: keys[0] }, options);
  if (!object) return undefined;
  const twin = await infoOf({ store: other, key: keys[1] }, options);
  return twin !== undefined && object.etag !== undefined && isEqual(object, twin);
}

/** Whether two keys can lead to one object though they differ. */
function mayBeOneObject(here: ObjectPlace, there: ObjectPlace): boolean {
  if (!here.foldsKeys && !there.foldsKeys) return false;
  return here.service === there.service ? here.container === there.container : here.kind === there.kind;
}

/** Whether one thing lies at two places: a file with two names, a directory that is mounted twice. */
function isOneThing(one: ObjectPlace, other: ObjectPlace): boolean {
  return one.identity !== undefined && one.identity === other.identity && one.service === other.service;
}

/** The last segments of a prefix, as many as are asked for. */
function lastSegments(prefix: string, count: number): string {
  return `${prefix.replace(/\/$/, "").split("/").slice(-count).join("/")}/`;
}

async function places(one: KeyIn, other: KeyIn, options: CallOptions): Promise<[ObjectPlace, ObjectPlace]> {
  return await Promise.all([
    placeOf(one.store, one.key, options),
    placeOf(other.store, other.key, options),
  ]);
}
