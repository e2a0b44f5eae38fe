import {
  createStoreContext,
  ForwardingStore,
  type GetOptions,
  MemoryContainer,
  MemoryStore,
} from "@lade/core";
import { bytesAtHand } from "@lade/core/seams";
import { NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import { assertEquals, assertRejects } from "@std/assert";
import { readThrough } from "./read_through.ts";

const { signal } = new AbortController();
const open = () => new MemoryStore({ context: createStoreContext(), container: new MemoryContainer() });

/** Takes the bytes of one read. */
class Taken {
  size = 0;

  update(bytes: Uint8Array): void {
    this.size += bytes.length;
  }
}

Deno.test("an object is read through only as it was listed, be it small or large", async () => {
  for (const size of [0, 5, 2 ** 20, 2 ** 20 + 1, 3 * 2 ** 20]) {
    const store = open();
    await store.put("a", new Uint8Array(size));
    const meta = await store.head("a");
    const taken = new Taken();
    await readThrough({ store, key: "a", meta }, [taken], { signal });
    assertEquals(taken.size, size);
    await store.put("a", new Uint8Array(size).fill(1));
    const reading = () => readThrough({ store, key: "a", meta }, [new Taken()], { signal });
    await assertRejects(reading, PreconditionFailedError, undefined, `${size} bytes`);
    await store.delete("a");
    await assertRejects(reading, NotFoundError);
  }
});

Deno.test("what a read took of the byte budget is given back, also where it fails", async () => {
  const store = open();
  await store.put("a", new Uint8Array(2 ** 20));
  const meta = await store.head("a");
  await readThrough({ store, key: "a", meta }, [new Taken()], { signal });
  await store.delete("a");
  await assertRejects(() => readThrough({ store, key: "a", meta }, [new Taken()], { signal }));
  assertEquals(store.context.budget.held, 0);
});

Deno.test("of an object whose etag is not known the version that was listed is read", async () => {
  const store = open();
  const asked: (readonly [ifMatch: string | undefined, version: string | undefined])[] = [];
  class Versioned extends ForwardingStore {
    constructor() {
      super(store, [bytesAtHand]);
    }

    override get(key: string, { version, ...options }: GetOptions = {}) {
      asked.push([options.ifMatch, version]);
      return super.get(key, options);
    }
  }
  for (const size of [5, 2 ** 20 + 1]) {
    const { etag = "", ...meta } = await store.put("a", new Uint8Array(size)).then(() => store.head("a"));
    for (const known of [{ version: "1" }, { version: "1", etag }]) {
      asked.length = 0;
      const object = { store: new Versioned(), key: "a", meta: { ...meta, ...known } };
      await readThrough(object, [new Taken()], { signal });
      assertEquals(asked[0], "etag" in known ? [etag, undefined] : [undefined, "1"]);
    }
  }
});
