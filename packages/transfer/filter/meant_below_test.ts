import {
  ForwardingStore,
  type HeadOptions,
  type ListOptions,
  MemoryStore,
  type ObjectInfo,
} from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createFilter, type FilterOptions } from "./create_filter.ts";
import { meantBelow } from "./meant_below.ts";

/** A store of objects below `p/`, each as long as its number, which counts what is asked of it. */
class Counting extends ForwardingStore {
  /** Called at each look. */
  onHead: () => void = () => {};
  /** Looks, and the prefixes that were listed. */
  readonly calls = { heads: 0, lists: [] as string[] };

  static async of(names: Readonly<Record<string, number>>): Promise<Counting> {
    const store = new MemoryStore();
    for (const [name, size] of Object.entries(names)) await store.put(`p/${name}`, new Uint8Array(size));
    return new Counting(store);
  }

  override head(key: string, options?: HeadOptions): Promise<ObjectInfo> {
    this.calls.heads++;
    this.onHead();
    return super.head(key, options);
  }

  override list(prefix = "", options: ListOptions = {}) {
    this.calls.lists.push(prefix);
    return super.list(prefix, options);
  }
}

async function meant(store: Counting, filter: FilterOptions, signal?: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  for await (
    const { name, error } of meantBelow(store, "p/", createFilter(filter), signal ? { signal } : {})
  ) {
    assert(error === undefined || error instanceof NotFoundError);
    found.push(error ? `${name} is missing` : name);
  }
  return found;
}

const OBJECTS = { a: 1, b: 2, "x/c": 3, "x/d": 0, e: 3 };
const NAMES = ["e", "b", "x/d", "gone", "gone.tmp", "a"];
const CHOSEN = { minSize: 1, exclude: ["*.tmp", "/a"] };

Deno.test("meantBelow() asks for each name of a list, and lists nothing", async () => {
  const store = await Counting.of(OBJECTS);
  assertEquals(await meant(store, { names: NAMES, ...CHOSEN }), ["b", "e", "gone is missing"]);
  assertEquals(store.calls, { heads: 4, lists: [] });
});

Deno.test("meantBelow() looks for a long list of names in a listing, and tells which did not come at its end", async () => {
  const store = await Counting.of(OBJECTS);
  const rest = Array.from({ length: 10_000 }, (_, i) => `${i}.tmp`);
  assertEquals(await meant(store, { names: [...NAMES, ...rest], ...CHOSEN }), ["b", "e", "gone is missing"]);
  assertEquals(store.calls, { heads: 0, lists: ["p/"] });
});

Deno.test("meantBelow() lists only what begins as the filter needs, and yields what it accepts of that", async () => {
  const store = await Counting.of(OBJECTS);
  assertEquals(await meant(store, { include: ["/x/*", "/b"], minSize: 1 }), ["b", "x/c"]);
  assertEquals(await meant(store, {}), ["a", "b", "e", "x/c", "x/d"]);
  assertEquals(store.calls, { heads: 0, lists: ["p/b", "p/x/", "p/"] });
});

Deno.test("meantBelow() that is ended tells of no name that it is missing", async () => {
  const store = await Counting.of(OBJECTS);
  const controller = new AbortController();
  const reason = new RangeError("stop");
  store.onHead = () => controller.abort(reason);
  const error = await assertRejects(() => meant(store, { names: ["a", "gone"] }, controller.signal));
  assertEquals(error, reason);
});
