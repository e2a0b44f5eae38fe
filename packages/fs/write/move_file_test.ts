import {
  AlreadyExistsError,
  createStoreContext,
  InvalidNameError,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  systemClock,
} from "@lade/core";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { bytes, testBoth, textOf } from "../testing/both_stores.ts";
import { makeRoot } from "../testing/make_root.ts";

testBoth("rename() makes the directories it needs, and leaves the old ones", async ({ root, store }) => {
  await store.put("a/b", bytes("x"));
  await store.rename("a/b", "c/d/e");
  assertEquals(root.everything(), ["c/d/e"]);
  assert(Deno.statSync(root.file("a")).isDirectory);
});

testBoth("rename() of one of two names of a file drops that name", async ({ root, store }) => {
  root.write("a", "x");
  Deno.linkSync(root.file("a"), root.file("b"));
  await store.rename("a", "b");
  assertEquals(root.everything(), ["b"]);
  assertEquals(await textOf(store, "b"), "x");
});

testBoth("rename() of one of two names of a file keeps conditions on both", async ({ root, open }) => {
  const sleep = () => Promise.reject(new Error("it waits for a lock"));
  const store = await open(root.path, { context: createStoreContext({ clock: { ...systemClock, sleep } }) });
  root.write("a", "x");
  Deno.linkSync(root.file("a"), root.file("b"));
  Deno.symlinkSync("b", root.file("c"));
  const { etag = "" } = await store.head("a");
  await store.rename("a", "b", { sourceIfMatch: etag, ifMatch: etag });
  assertEquals(root.everything(), ["b", "c"]);
  const ontoItself = () => store.rename("b", "c", { sourceIfMatch: etag, ifMatch: etag });
  await assertRejects(ontoItself, InvalidNameError, "the same file");
  assertEquals(root.everything(), ["b", "c"]);
  assertEquals(await textOf(store, "c"), "x");
});

testBoth(
  "rename() of a file to itself by another way keeps it, and says so",
  async ({ root, store, open }) => {
    root.write("d/a", "x");
    Deno.symlinkSync("d", root.file("way"));
    Deno.symlinkSync("a", root.file("d/link"));
    const following = await open(root.path, { symlinks: "follow" });
    for (
      const [from, to] of [["d/a", "way/a"], ["way/a", "d/a"], ["d/link", "d/a"], [
        "way/link",
        "d/a",
      ]] as const
    ) {
      for (const each of [store, following]) {
        await assertRejects(() => each.rename(from, to), InvalidNameError, "the same file");
      }
      assertEquals(root.everything(), ["d/a", "d/link", "way"]);
      assertEquals(await textOf(store, "d/a"), "x");
    }
  },
);

testBoth(
  "rename() to a name that the system takes for the same leaves the file to the system",
  async ({ root, store }) => {
    root.write("a", "x");
    Deno.linkSync(root.file("a"), root.file("A"));
    const { readDir } = Deno;
    // A file system that minds no case lists a file once, and finds it by both names.
    Deno.readDir = async function* (path) {
      for await (const entry of readDir(path)) if (entry.name !== "A") yield entry;
    };
    try {
      await store.rename("a", "A");
    } finally {
      Deno.readDir = readDir;
    }
    assertEquals(root.everything(), ["A", "a"]);
  },
);

testBoth("rename() to another file system copies, then deletes", async ({ root, open }) => {
  await using other = await makeRoot("/dev/shm");
  const content = "x".repeat(10_000);
  root.write("a", content);
  Deno.symlinkSync(other.path, root.file("other"));
  const store = await open(root.path, { symlinks: "follow" });
  await store.rename("a", "other/a");
  assertEquals(root.everything(), ["other"]);
  assertEquals(Deno.readTextFileSync(other.file("a")), content);
  await store.rename("other/a", "back");
  assertEquals(await textOf(store, "back"), content);
  assertEquals(other.everything(), []);
});

testBoth("rename() that cannot be leaves both names as they were", async ({ root, store }) => {
  root.write("a", "1");
  root.write("b", "2");
  root.write("dir/c", "3");
  await assertRejects(() => store.rename("a", "b", { ifNoneMatch: "*" }), AlreadyExistsError);
  await assertRejects(() => store.rename("a", "b", { ifMatch: "other" }), PreconditionFailedError);
  await assertRejects(() => store.rename("a", "b", { sourceIfMatch: "other" }), PreconditionFailedError);
  await assertRejects(() => store.rename("a", "dir"), InvalidNameError);
  await assertRejects(() => store.rename("a", "b/c"), InvalidNameError);
  await assertRejects(() => store.rename("dir", "d"), NotFoundError);
  await assertRejects(() => store.rename("none", "d"), NotFoundError, "no such object");
  assertEquals(root.everything(), ["a", "b", "dir/c"]);
});

testBoth("rename() of a link takes away what it copied, and nothing else", async ({ root, store }) => {
  root.write("real/a", "content");
  Deno.symlinkSync("real/a", root.file("link"));
  const other = () => store.rename("link", "b", { sourceIfMatch: "other" });
  await assertRejects(other, PreconditionFailedError);
  assertEquals(root.everything(), ["link", "real/a"]);
  const { rename, renameSync } = Deno;
  const change = () => Deno.writeTextFileSync(root.file("real/a"), "changed since");
  Deno.rename = async (from, to) => (await rename(from, to), change());
  Deno.renameSync = (from, to) => (renameSync(from, to), change());
  try {
    await assertRejects(() => store.rename("link", "b"), PreconditionFailedError);
  } finally {
    Object.assign(Deno, { rename, renameSync });
  }
  assertEquals(root.everything(), ["b", "link", "real/a"]);
  assertEquals([await textOf(store, "b"), await textOf(store, "link")], ["content", "changed since"]);
});

testBoth(
  "rename() of one of two names of a file drops it also where both are called alike",
  async ({ root, store }) => {
    root.write("d/a", "x");
    Deno.mkdirSync(root.file("e"));
    Deno.linkSync(root.file("d/a"), root.file("e/a"));
    await store.rename("d/a", "e/a");
    assertEquals(root.everything(), ["e/a"]);
  },
);

/** Does something once when the system is asked what a path is, with links followed or not. */
function onLook(follows: boolean, path: string, change: () => void): Disposable {
  const { lstat, lstatSync, stat, statSync } = Deno;
  let isDone = false;
  const look = (at: string | URL) => {
    if (at !== path || isDone) return;
    isDone = true;
    change();
  };
  if (follows) {
    Deno.stat = async (at) => (look(at), await stat(at));
    Deno.statSync = (at) => (look(at), statSync(at));
  } else {
    Deno.lstat = async (at) => (look(at), await lstat(at));
    Deno.lstatSync = (at) => (look(at), lstatSync(at));
  }
  return { [Symbol.dispose]: () => void Object.assign(Deno, { lstat, lstatSync, stat, statSync }) };
}

testBoth("rename() takes no file from behind a directory that became a link", async ({ root, open }) => {
  for (const name of ["d/sub/a", "outside/a"]) root.write(name, name);
  const store = await open(root.file("d"));
  using _look = onLook(false, root.file("d/b"), () => {
    Deno.renameSync(root.file("d/sub"), root.file("d/kept"));
    Deno.symlinkSync("../outside", root.file("d/sub"));
  });
  await assertRejects(() => store.rename("sub/a", "b"), PermissionDeniedError);
  assertEquals(root.everything(), ["d/kept/a", "d/sub", "outside/a"]);
});

testBoth(
  "rename() that is ended before the file has its new name replaces nothing",
  async ({ root, store }) => {
    root.write("a", "1");
    root.write("b", "2");
    const controller = new AbortController();
    using _look = onLook(true, root.file("b"), () => controller.abort(new Error("stop")));
    await assertRejects(() => store.rename("a", "b", { signal: controller.signal }), Error, "stop");
    assertEquals([await textOf(store, "a"), await textOf(store, "b")], ["1", "2"]);
  },
);
