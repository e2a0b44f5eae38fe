import { copyObject, PrefixStore, UnsupportedError } from "@lade/core";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type LocalStore, openDirectStore, openFileStore } from "../mod.ts";
import { bytes, testBoth, textOf } from "../testing/both_stores.ts";
import { makeRoot, type TestRoot } from "../testing/make_root.ts";

const MIB = 2 ** 20;
const TIME = new Date("2001-02-03T04:05:06.789Z");

interface Stores {
  readonly root: TestRoot;
  /** Shows the directory `a`. */
  readonly from: LocalStore;
  /** Shows the directory `b`. */
  readonly to: LocalStore;
}

/** Registers a test for every pair of schemes. */
function testPairs(name: string, run: (stores: Stores) => Promise<void>): void {
  for (const [one, openOne] of [["file", openFileStore], ["direct", openDirectStore]] as const) {
    for (const [other, openOther] of [["file", openFileStore], ["direct", openDirectStore]] as const) {
      Deno.test(`${name} (${one} to ${other})`, async () => {
        await using root = await makeRoot();
        for (const name of ["a", "b"]) Deno.mkdirSync(root.file(name));
        const [from, to] = [await openOne(root.file("a")), await openOther(root.file("b"))];
        await run({ root, from, to });
      });
    }
  }
}

const modeOf = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o7777;

testPairs("copyObject() between local stores keeps mode and time", async ({ root, from, to }) => {
  await from.put("x", bytes("secret"), { lastModified: TIME });
  for (const mode of [0o600, 0o755, 0o444]) {
    Deno.chmodSync(root.file("a/x"), mode);
    await copyObject(from, "x", to, `x-${mode}`);
    assertEquals(modeOf(root.file(`b/x-${mode}`)), mode);
    assertEquals(Deno.statSync(root.file(`b/x-${mode}`)).mtime, TIME);
    assertEquals(await textOf(to, `x-${mode}`), "secret");
  }
  const { lastModified, etag } = await to.head("x-384");
  assertEquals([lastModified, (await copyObject(from, "x", to, "y")).etag === etag], [TIME, false]);
});

testPairs("copyObject() looks through prefixes for local stores", async ({ root, from, to }) => {
  await from.put("p/x", bytes("secret"));
  Deno.chmodSync(root.file("a/p/x"), 0o600);
  await copyObject(new PrefixStore(from, "p/"), "x", new PrefixStore(to, "q/"), "y");
  assertEquals([modeOf(root.file("b/q/y")), await textOf(to, "q/y")], [0o600, "secret"]);
});

testPairs("copyObject() of large local files copies every byte", async ({ from, to }) => {
  for (const size of [0, 1, 8 * MIB, 8 * MIB + 1, 17 * MIB + 4097]) {
    const content = Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 13)) | 1);
    await from.put("x", content);
    assertEquals((await copyObject(from, "x", to, "x")).size, size);
    const read = new Uint8Array(size + 1);
    await using result = await to.get("x");
    assertEquals(await result.readInto(read), size);
    assert(read.subarray(0, size).every((byte, i) => byte === content[i]), `${size} bytes`);
  }
});

testPairs("copyObject() between local stores ends with the signal, and leaves nothing", async (stores) => {
  const { root, from, to } = stores;
  await from.put("x", new Uint8Array(20 * MIB).fill(1));
  const copying = copyObject(from, "x", to, "x", { signal: AbortSignal.abort(new Error("stop")) });
  await assertRejects(() => copying, Error, "stop");
  assertEquals([...Deno.readDirSync(root.file("b"))], []);
});

for (const [scheme, open] of [["file", openFileStore], ["direct", openDirectStore]] as const) {
  const isLinux = Deno.build.os === "linux";
  Deno.test(
    { name: `a file without a size is not copied as an empty one (${scheme})`, ignore: !isLinux },
    async () => {
      await using root = await makeRoot();
      const copying = copyObject(await openFileStore("/proc"), "version", await open(root.path), "x");
      await assertRejects(() => copying, UnsupportedError, "no size");
      assertEquals(root.everything(), []);
    },
  );
}

testPairs("a copy leaves the permissions of the file that it replaces", async ({ root, from, to }) => {
  await from.put("x", bytes("new"));
  Deno.chmodSync(root.file("a/x"), 0o600);
  await to.put("x", bytes("old"));
  Deno.chmodSync(root.file("b/x"), 0o640);
  await copyObject(from, "x", to, "x");
  assertEquals([modeOf(root.file("b/x")), await textOf(to, "x")], [0o640, "new"]);
});

testPairs("a copy has no set-user-id or set-group-id bit", async ({ root, from, to }) => {
  await from.put("x", bytes("program"));
  Deno.chmodSync(root.file("a/x"), 0o6755);
  await copyObject(from, "x", to, "x");
  assertEquals([modeOf(root.file("b/x")), await textOf(to, "x")], [0o755, "program"]);
});

testPairs("holes of a file are holes of its copy", async ({ root, from, to }) => {
  const size = 64 * MIB + 5;
  {
    using file = Deno.openSync(root.file("a/x"), { write: true, createNew: true });
    file.truncateSync(size);
    for (const at of [0, 20 * MIB + 4095, size - 1]) {
      file.seekSync(at, Deno.SeekMode.Start);
      file.writeSync(bytes("ab").subarray(0, at === size - 1 ? 1 : 2));
    }
  }
  assertEquals((await copyObject(from, "x", to, "x")).size, size);
  const { blocks } = Deno.statSync(root.file("b/x"));
  assert((blocks ?? 0) * 512 < MIB, `the copy takes ${blocks} blocks`);
  const [one, other] = [Deno.readFileSync(root.file("a/x")), Deno.readFileSync(root.file("b/x"))];
  assertEquals(other.length, size);
  assert(one.every((byte, i) => byte === other[i]), "the bytes differ");
});

testBoth("rename() that has to copy keeps all mode bits, time and holes", async ({ root, store }) => {
  // Reached by a link, an object cannot be renamed.
  root.write("real", "program");
  Deno.utimeSync(root.file("real"), TIME, TIME);
  Deno.chmodSync(root.file("real"), 0o4755);
  Deno.symlinkSync("real", root.file("link"));
  root.write("moved", "old");
  Deno.chmodSync(root.file("moved"), 0o600);
  await store.rename("link", "moved");
  assertEquals([modeOf(root.file("moved")), Deno.statSync(root.file("moved")).mtime], [0o4755, TIME]);
  assertEquals(await textOf(store, "moved"), "program");
});

testBoth("a time that is asked for is set before the file has its name", async ({ root, store }) => {
  // The store gives the name by any of these calls, as busy as the machine is.
  const { linkSync, rename, renameSync } = Deno;
  const seen: (Date | null)[] = [];
  const look = (from: string | URL) => void seen.push(Deno.statSync(from).mtime);
  Deno.renameSync = (from, to) => {
    look(from);
    renameSync(from, to);
  };
  Deno.rename = (from, to) => {
    look(from);
    return rename(from, to);
  };
  Deno.linkSync = (from, to) => {
    look(from);
    linkSync(from, to);
  };
  try {
    await store.put("x", bytes("content"), { lastModified: TIME });
  } finally {
    Object.assign(Deno, { linkSync, rename, renameSync });
  }
  assertEquals(seen, [TIME]);
  assertEquals(Deno.statSync(root.file("x")).mtime, TIME);
});
