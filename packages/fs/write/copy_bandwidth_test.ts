import { type Bandwidth, createStoreContext, type Direction } from "@lade/core/backend";
import { copyObject } from "@lade/core/operations";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openDirectStore, openFileStore } from "../mod.ts";
import { bytes } from "../testing/both_stores.ts";
import { makeRoot } from "../testing/make_root.ts";

const SIZE = 300_001;

for (const [one, openOne] of [["file", openFileStore], ["direct", openDirectStore]] as const) {
  for (const [other, openOther] of [["file", openFileStore], ["direct", openDirectStore]] as const) {
    for (const sparse of [false, true]) {
      const what = sparse ? "a file with holes" : "a file";
      Deno.test(`a copy of ${what} from ${one} to ${other} asks for its bandwidth in both directions`, async () => {
        await using root = await makeRoot();
        const taken = { up: 0, down: 0 };
        const take = (direction: Direction, bytes: number) => {
          assert(bytes <= 20_000, `${bytes} bytes are more than a piece`);
          taken[direction] += bytes;
          return undefined;
        };
        const context = createStoreContext({ bandwidth: { piece: () => 20_000, take } });
        for (const name of ["a", "b"]) Deno.mkdirSync(root.file(name));
        const from = await openOne(root.file("a"), { context });
        const to = await openOther(root.file("b"), { context });
        const content = sparse ? new Uint8Array(SIZE) : bytes("0123456".repeat(10_001));
        if (sparse) {
          using file = Deno.openSync(root.file("a/x"), { write: true, create: true });
          file.truncateSync(SIZE);
        } else await from.put("x", content);
        await copyObject(from, "x", to, "x");
        assertEquals(Deno.readFileSync(root.file("b/x")), content);
        assertEquals(taken, { up: content.length, down: content.length });
      });
    }
  }
}

Deno.test("a local copy that waits for bandwidth is ended by its signal, and leaves nothing", async () => {
  await using root = await makeRoot();
  const stop = new AbortController();
  const bandwidth: Bandwidth = {
    piece: () => 1_000,
    take(_direction, _bytes, signal) {
      const waiting = Promise.withResolvers<void>();
      signal?.addEventListener("abort", () => waiting.reject(signal.reason), { once: true });
      stop.abort(new Error("enough"));
      return waiting.promise;
    },
  };
  const store = await openFileStore(root.file(""), { context: createStoreContext({ bandwidth }) });
  await store.put("x", new Uint8Array(100_000).fill(1));
  await assertRejects(() => store.copy("x", "y", { signal: stop.signal }), Error, "enough");
  assertEquals(Array.from(Deno.readDirSync(root.file("")), ({ name }) => name), ["x"]);
});
