import { ForwardingStore, MemoryContainer, MemoryStore } from "@lade/core";
import { assertEquals } from "@std/assert";
import { DestinationLook } from "./destination_look.ts";

const { signal } = new AbortController();
const nameOf = (index: number) => `p/${`${index}`.padStart(4, "0")}`;

/** A store with every second of 200 names, which counts listings. */
class Half extends ForwardingStore {
  listings = 0;
  heads = 0;

  static async make(): Promise<Half> {
    const half = new Half(new MemoryStore({ container: new MemoryContainer() }));
    for (let index = 0; index < 200; index += 2) await half.put(nameOf(index), Uint8Array.of(index));
    return half;
  }

  override list(...given: Parameters<ForwardingStore["list"]>): ReturnType<ForwardingStore["list"]> {
    this.listings++;
    return super.list(...given);
  }

  override head(...given: Parameters<ForwardingStore["head"]>): ReturnType<ForwardingStore["head"]> {
    this.heads++;
    return super.head(...given);
  }
}

const placeIn = (store: Half, key: string) => ({
  store,
  key,
  uri: `memory://m/${key}`,
  uriOf: (at: string) => at,
});

Deno.test("a look finds what is at each name and nothing else, in order and out of it, by one listing", async () => {
  const store = await Half.make();
  await using look = new DestinationLook(placeIn(store, "p/"), signal);
  const find = async (at: Half, key: string) => (await look.find(placeIn(at, key)))?.key;
  for (let index = 0; index < 180; index++) {
    assertEquals(await find(store, nameOf(index)), index % 2 === 0 ? nameOf(index) : undefined, `${index}`);
  }
  assertEquals([store.listings, store.heads], [1, 64]);
  // What the listing has passed is looked at alone, and so is what lies elsewhere.
  assertEquals([await find(store, nameOf(3)), await find(store, nameOf(4))], [undefined, nameOf(4)]);
  const other = await Half.make();
  await other.delete(nameOf(190));
  assertEquals([await find(other, nameOf(190)), await find(store, "q")], [undefined, undefined]);
  assertEquals(await find(store, nameOf(190)), nameOf(190));
  assertEquals([await find(store, "p/z"), store.listings, other.listings], [undefined, 1, 0]);
});
