import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { openCheckpoints } from "../open/open_checkpoints.ts";
import { createSame } from "./create_same.ts";
import { mostBytesOf } from "./read_small.ts";

Deno.test("what could not be read again is not written", async () => {
  const store = new MemoryStore();
  const key = "runs/99999999.json";
  const bytes = new Uint8Array(mostBytesOf(key) + 1);
  await assertRejects(
    () => createSame(store, key, bytes, { operation: "save" }),
    RangeError,
    "larger chunkBytes",
  );
  await assertRejects(
    () => openCheckpoints(store, "", { run: "a".repeat(5000) }),
    TypeError,
    "4096 is the most",
  );
  assertEquals(await Array.fromAsync(store.list()), []);
});
