import { UnsupportedError } from "@lade/core";
import { directProvider, fileProvider, openDirectStore, openFileStore } from "@lade/fs";
import { assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { makeReadOnly, mount, mountCoarse, mountFault } from "./mount.ts";

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

testMounted("lade doctor says that a file system refuses O_DIRECT, or falls back", async () => {
  await using disk = await mount("ramfs");
  const refused = await Array.fromAsync(
    directProvider.diagnose?.({ container: disk.path, key: "" }, { write: true }) ?? [],
  );
  assertEquals(refused.map(({ name, outcome }) => `${name} ${outcome}`), [
    "directory ok",
    "list ok",
    "direct failed",
    "calls skipped",
  ]);
  assertEquals([refused[0]?.facts?.fileSystem, refused[0]?.facts?.freeBytes], ["ramfs", undefined]);
  assertEquals(refused[2]?.advice, "use file://, or direct.fallback=true to go through the page cache");
  assertEquals([...Deno.readDirSync(disk.path)], []);
  await Deno.writeTextFile(`${disk.path}/a`, "content");
  const options = { config: { fallback: true } };
  const fallen = await Array.fromAsync(
    directProvider.diagnose?.({ container: disk.path, key: "" }, options) ?? [],
  );
  assertEquals(fallen.map(({ name, outcome }) => `${name} ${outcome}`).slice(2, 5), [
    "direct warning",
    "head ok",
    "get ok",
  ]);
});

testMounted("lade doctor tells a small and a read-only file system", async () => {
  await using disk = await mount("tmpfs", ["-o", "size=2m"]);
  const examine = async () => {
    const checks = fileProvider.diagnose?.({ container: "/", key: disk.path.slice(1) }, { write: true }) ??
      [];
    return (await Array.fromAsync(checks)).map(({ name, outcome }) => `${name} ${outcome}`);
  };
  const small = await examine();
  assertEquals([small[0], small.at(-2), small.at(-1)], [
    "directory warning",
    "upload skipped",
    "download skipped",
  ]);
  assertEquals([...Deno.readDirSync(disk.path)], []);
  await makeReadOnly(disk);
  assertEquals((await examine()).slice(2, 5), ["put failed", "head ok", "get ok"]);
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
