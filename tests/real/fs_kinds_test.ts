import { UnsupportedError } from "@lade/core";
import { openDirectStore, openFileStore } from "@lade/fs";
import { assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { mount, mountCoarse, mountFault } from "./mount.ts";

const fault = await mountFault();

/** Registers a test that mounts; where nothing can be mounted it is shown as skipped, with the reason. */
function testMounted(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: name + (fault === undefined ? "" : ` (skipped: ${fault})`),
    ignore: fault !== undefined,
    fn,
  });
}

testMounted("direct:// on a file system without O_DIRECT refuses to write, and leaves nothing", async () => {
  await using disk = await mount("ramfs");
  const store = await openDirectStore(disk.path);
  const error = await assertRejects(() => store.put("a", new Uint8Array(5)), UnsupportedError);
  assertStringIncludes(
    error.message,
    `Cannot put "direct://${disk.path}/a": its file system does not take O_DIRECT`,
  );
  await assertRejects(() => store.createWriter("a"), UnsupportedError);
  assertEquals([...Deno.readDirSync(disk.path)], []);
});

testMounted("direct:// on a file system without O_DIRECT works with fallback", async () => {
  await using disk = await mount("ramfs");
  const store = await openDirectStore(disk.path, { fallback: true });
  const content = new Uint8Array(10_000).fill(7);
  await store.put("a", content);
  await using result = await store.get("a", { range: { offset: 1 } });
  const read = new Uint8Array(9_999);
  await result.readInto(read);
  assertEquals(read, content.subarray(1));
});

testMounted("put() gives new etags also where times are whole seconds", async () => {
  await using disk = await mountCoarse();
  const store = await openFileStore(disk.path);
  let last = await store.put("a", new Uint8Array(5));
  for (let i = 0; i < 5; i++) {
    const before = await store.head("a");
    const next = await store.put("a", new Uint8Array(5));
    const after = await store.head("a");
    assertNotEquals(next.etag, last.etag);
    assertEquals(after.etag, next.etag);
    assertEquals(after.lastModified > before.lastModified, true);
    last = next;
  }
});
