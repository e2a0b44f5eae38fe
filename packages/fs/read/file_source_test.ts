import {
  getBytes,
  getMany,
  type GetResult,
  PreconditionFailedError,
  readInto,
  stream,
  UnsupportedError,
} from "@lade/core";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { bytes, testBoth, textOf } from "../testing/both_stores.ts";
import { openFileStore } from "../mod.ts";
import { openFiles } from "../testing/open_files.ts";

const SIZE = 3 * 2 ** 20 + 123;

/** Reads the first bytes of a result, changes the file, and reads on. */
async function readAcross(result: GetResult, change: () => void): Promise<PreconditionFailedError> {
  await using reading = result;
  await reading.readInto(new Uint8Array(4096));
  change();
  return await assertRejects(async () => {
    await reading.readInto(new Uint8Array(SIZE));
  }, PreconditionFailedError);
}

testBoth("get() fails when the file becomes shorter while it is read", async ({ root, store }) => {
  root.write("a", new Uint8Array(SIZE));
  const error = await readAcross(await store.get("a"), () => Deno.truncateSync(root.file("a"), 8192));
  assertStringIncludes(error.message, "it became shorter");
});

testBoth("get() fails when the file grows while it is read", async ({ root, store }) => {
  root.write("a", new Uint8Array(SIZE));
  const change = () => Deno.writeFileSync(root.file("a"), new Uint8Array(10), { append: true });
  const error = await readAcross(await store.get("a"), change);
  assertStringIncludes(error.message, `it had ${SIZE} bytes and now has ${SIZE + 10}`);
});

testBoth("get() fails when the file is written to in place while it is read", async ({ root, store }) => {
  root.write("a", new Uint8Array(SIZE));
  const past = new Date(Date.now() - 60_000);
  Deno.utimeSync(root.file("a"), past, past);
  const error = await readAcross(await store.get("a"), () => {
    using file = Deno.openSync(root.file("a"), { write: true });
    file.writeSync(bytes("changed"));
  });
  assertStringIncludes(error.message, "it was written to");
});

Deno.test({
  name: "a file that has bytes but no size, as those of /proc, is refused rather than read as empty",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using store = await openFileStore("/proc/self");
    for (
      const read of [() => getBytes(store, "status"), () => readInto(store, "status", new Uint8Array(9))]
    ) {
      await assertRejects(read, UnsupportedError, "the system tells no size of it");
    }
    await assertRejects(
      () => new Response(stream(store, "status")).text(),
      UnsupportedError,
      "tells no size",
    );
    const results = await Array.fromAsync(getMany(store, ["status"]));
    assert(results[0]?.error instanceof UnsupportedError);
    assertEquals(openFiles((path) => path.endsWith("/status")), 0);
  },
});

testBoth("get() fails when a file that was empty grows before its end is told", async ({ root, store }) => {
  root.write("a", new Uint8Array());
  const result = await store.get("a");
  root.write("a", "grown");
  await assertRejects(() => result.readInto(new Uint8Array(9)), UnsupportedError, "or it grew");
});

testBoth("get() fails when a small file changes before its bytes are read", async ({ root, store }) => {
  root.write("a", new Uint8Array(8192));
  const result = await store.get("a");
  Deno.writeFileSync(root.file("a"), new Uint8Array(10), { append: true });
  const error = await assertRejects(() => result.readInto(new Uint8Array(8192)), PreconditionFailedError);
  assertStringIncludes(error.message, "it had 8192 bytes and now has 8202");
  assertEquals(openFiles((path) => path === root.file("a")), 0);
});

testBoth("timers have their turn while small files are read without end", async ({ root, store }) => {
  root.write("a", new Uint8Array(4096));
  let fired = false;
  setTimeout(() => fired = true, 0);
  let reads = 0;
  const reader = async () => {
    for (const target = new Uint8Array(4096); !fired && reads < 100_000; reads++) {
      await readInto(store, "a", target);
    }
  };
  await Promise.all(Array.from({ length: 8 }, reader));
  assert(fired, `no timer in ${reads} reads`);
});

testBoth("get() goes on with the old content when the object is replaced", async ({ root, store }) => {
  const old = new Uint8Array(SIZE).fill(1);
  root.write("a", old);
  await using result = await store.get("a");
  const target = new Uint8Array(SIZE);
  await result.readInto(target.subarray(0, 4096));
  await store.put("a", bytes("new"));
  await result.readInto(target.subarray(4096));
  assertEquals(target, old);
  assertEquals(await textOf(store, "a"), "new");
});

testBoth("get() goes on when the object is deleted meanwhile", async ({ root, store }) => {
  root.write("a", new Uint8Array(SIZE).fill(1));
  await using result = await store.get("a");
  await store.delete("a");
  assertEquals(await result.readInto(new Uint8Array(SIZE)), SIZE);
});

testBoth("get() frees the file when its body is cancelled half-way", async ({ root, store }) => {
  root.write("a", new Uint8Array(SIZE));
  const result = await store.get("a");
  const reader = result.body.getReader();
  await reader.read();
  await reader.cancel();
  assertEquals(openFiles((path) => path === root.file("a")), 0);
});
