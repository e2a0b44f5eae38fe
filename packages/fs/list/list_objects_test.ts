import { compareKeys, NotFoundError } from "@lade/core";
import { seededRandom } from "@lade/testing";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openFileStore } from "../mod.ts";
import { makeRoot } from "../testing/make_root.ts";
import { bytes, keysOf, testBoth } from "../testing/both_stores.ts";

/** Names whose order shows mistakes: around the slash, and around the surrogates. */
const NAMES = ["a", "a-", "a.txt", "a0", "b", "b b", "é", "\ue000", "\uffee", "😀", "😀x", "~", "+"];

function makeTree(random: () => number, write: (key: string) => void): string[] {
  const keys = new Set<string>();
  const pick = () => NAMES[Math.floor(random() * NAMES.length)] ?? "a";
  for (let i = 0; i < 60; i++) {
    const key = Array.from({ length: 1 + Math.floor(random() * 4) }, pick).join("/");
    const clashes = [...keys].some((other) => other.startsWith(`${key}/`) || key.startsWith(`${other}/`));
    if (clashes || keys.has(key)) continue;
    keys.add(key);
    write(key);
  }
  return [...keys].sort(compareKeys);
}

function levelOf(keys: readonly string[], prefix: string): string[] {
  const folded = keys.map((key) => {
    const slash = key.indexOf("/", prefix.length);
    return slash < 0 ? key : key.slice(0, slash + 1);
  });
  return [...new Set(folded)];
}

Deno.test("list() and listWithDelimiter() agree with a sorted list of all keys, on random trees", async () => {
  const seed = Date.now() % 2 ** 32;
  const random = seededRandom(seed);
  for (let round = 0; round < 8; round++) {
    await using root = await makeRoot("/dev/shm");
    const store = await openFileStore(root.path);
    const keys = makeTree(random, (key) => root.write(key, ""));
    for (let i = 0; i < 40; i++) {
      const one = keys[Math.floor(random() * keys.length)] ?? "";
      const prefix = random() < 0.3 ? "" : one.slice(0, Math.floor(random() * one.length));
      const other = keys[Math.floor(random() * keys.length)] ?? "";
      const startAfter = random() < 0.4 ? "" : other.slice(0, Math.ceil(random() * other.length));
      if (!prefix.isWellFormed() || !startAfter.isWellFormed()) continue;
      const wanted = keys.filter((key) => key.startsWith(prefix));
      const context = `seed ${seed}, prefix ${JSON.stringify(prefix)}, after ${JSON.stringify(startAfter)}`;
      const after = (key: string) => compareKeys(key, startAfter) > 0;
      assertEquals(await keysOf(store.list(prefix, { startAfter })), wanted.filter(after), context);
      assertEquals(
        await keysOf(store.listWithDelimiter(prefix, { startAfter })),
        levelOf(wanted, prefix).filter(after),
        context,
      );
    }
  }
});

testBoth("list() leaves out pipes, sockets, broken links and empty directories", async ({ root, store }) => {
  root.write("dir/file", "x");
  Deno.mkdirSync(root.file("empty/deeper"), { recursive: true });
  Deno.mkdirSync(root.file("special"));
  const { success } = await new Deno.Command("mkfifo", { args: [root.file("special/pipe")] }).output();
  assert(success);
  using _listener = Deno.listen({ transport: "unix", path: root.file("special/socket") });
  Deno.symlinkSync("nowhere", root.file("special/broken"));
  Deno.symlinkSync("pipe", root.file("special/link"));
  assertEquals(await keysOf(store.list()), ["dir/file"]);
  assertEquals(await keysOf(store.listWithDelimiter()), ["dir/"]);
});

testBoth("list() is not broken by names that are not UTF-8", async ({ root, store }) => {
  root.write("a", "x");
  root.write("z", "x");
  const script =
    `touch "$0/m$(printf '\\377')" && mkdir "$0/n$(printf '\\376')" && touch "$0/n$(printf '\\376')/x"`;
  const { success } = await new Deno.Command("sh", { args: ["-c", script, root.path] }).output();
  assert(success);
  assertEquals(await keysOf(store.list()), ["a", "z"]);
  assertEquals(await keysOf(store.listWithDelimiter()), ["a", "z"]);
});

testBoth("list() of a prefix that no key can have is empty", async ({ root, store }) => {
  root.write("a/b", "x");
  const prefixes = ["/", "/a", "a//", "./", "../", "a/../", "a/b/", "no/", "a\0/", `${"x".repeat(300)}/`];
  for (const prefix of prefixes) {
    assertEquals(await keysOf(store.list(prefix)), [], prefix);
    assertEquals(await keysOf(store.listWithDelimiter(prefix)), [], prefix);
  }
});

testBoth(
  "list() of a missing root is a NotFoundError, of a missing directory in it empty",
  async ({ root, open }) => {
    const store = await open(root.file("missing"));
    await assertRejects(() => keysOf(store.list()), NotFoundError);
    await assertRejects(() => keysOf(store.listWithDelimiter("a/")), NotFoundError);
  },
);

testBoth("list() leaves out what vanishes while it goes on", async ({ root, store }) => {
  for (let i = 0; i < 200; i++) root.write(`file-${`${i}`.padStart(3, "0")}`, "x");
  root.write("zz/file", "x");
  const keys: string[] = [];
  for await (const { key } of store.list()) {
    keys.push(key);
    if (keys.length !== 10) continue;
    for (let i = 100; i < 200; i++) Deno.removeSync(root.file(`file-${i}`));
    Deno.removeSync(root.file("zz"), { recursive: true });
  }
  assertEquals(keys.length, 100);
});

Deno.test("list() reads no directory that cannot hold what is asked for", async () => {
  await using root = await makeRoot();
  for (const key of ["a/x", "b/c/x", "b/d/x", "b/e/x", "c/x"]) root.write(key, "");
  const store = await openFileStore(root.path);
  const readDir = Deno.readDir;
  const read: string[] = [];
  Deno.readDir = (path) => {
    read.push(`${path}`.slice(root.path.length));
    return readDir(path);
  };
  try {
    assertEquals(await keysOf(store.list("b/", { startAfter: "b/d" })), ["b/d/x", "b/e/x"]);
    assertEquals(read, ["/b/", "/b/d/", "/b/e/"]);
    read.length = 0;
    assertEquals(await keysOf(store.list("b/d")), ["b/d/x"]);
    assertEquals(read, ["/b/", "/b/d/"]);
    read.length = 0;
    assertEquals(await keysOf(store.list("", { startAfter: "b/e/y" })), ["c/x"]);
    assertEquals(read, ["/", "/b/", "/b/e/", "/c/"]);
  } finally {
    Deno.readDir = readDir;
  }
});

testBoth("list() yields the first entries before it has read the last directory", async ({ root, store }) => {
  root.write("a/file", "x");
  root.write("b/file", "x");
  const listing = store.list()[Symbol.asyncIterator]();
  assertEquals((await listing.next()).value?.key, "a/file");
  await store.put("b/late", bytes("x"));
  assertEquals((await listing.next()).value?.key, "b/file");
  assertEquals((await listing.next()).value?.key, "b/late");
  await listing.return?.();
});

testBoth("list() fails where its root was moved, removed or replaced meanwhile", async ({ root, open }) => {
  const [path, away] = [root.file("set"), root.file("away")];
  const fill = () => ["a/x", "b/x", "c/x"].forEach((name) => root.write(`set/${name}`, "x"));
  const changes: Readonly<Record<string, () => void>> = {
    moved: () => Deno.renameSync(path, away),
    removed: () => Deno.removeSync(path, { recursive: true }),
    replaced: () => (Deno.renameSync(path, away), fill()),
  };
  for (const [name, change] of Object.entries(changes)) {
    fill();
    const store = await open(path);
    const found: string[] = [];
    const listing = async () => {
      for await (const { key } of store.list("")) if (found.push(key) === 1) change();
    };
    await assertRejects(listing, NotFoundError, "was moved, removed or unmounted meanwhile", name);
    assertEquals(found[0], "a/x");
    for (const gone of [path, away]) await Deno.remove(gone, { recursive: true }).catch(() => {});
  }
});

testBoth("list() leaves out what was removed below its root meanwhile", async ({ root, store }) => {
  for (const name of ["a/x", "b/x", "c/x"]) root.write(name, "x");
  const found: string[] = [];
  for await (const { key } of store.list("")) {
    if (found.push(key) === 1) Deno.removeSync(root.file("b"), { recursive: true });
  }
  assertEquals(found, ["a/x", "c/x"]);
});
