import {
  InvalidNameError,
  type MovedEntry,
  NotFoundError,
  type ObjectTree,
  resumePartWriter,
} from "@lade/core";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { LocalStore } from "../mod.ts";
import { makeRoot, type TestRoot } from "../testing/make_root.ts";
import { testBoth } from "../testing/both_stores.ts";

const OTHER_FILE_SYSTEM = "/dev/shm";

function treeOf(store: LocalStore): ObjectTree {
  assert(store.tree);
  return store.tree;
}

async function moved(entries: AsyncIterable<MovedEntry>): Promise<Record<string, string>> {
  const all = await Array.fromAsync(entries);
  return Object.fromEntries(
    all.map(({ key, to, error, isKept }) => [key, error ? error.message : isKept ? "kept" : to]),
  );
}

function fill(root: TestRoot): void {
  root.write("d/a", "1");
  root.write("d/sub/b", "2");
  Deno.mkdirSync(root.file("d/empty"));
  Deno.symlinkSync("sub", root.file("d/link"));
  Deno.symlinkSync("nowhere", root.file("d/broken"));
  Deno.chmodSync(root.file("d/sub"), 0o700);
}

testBoth("tree.move() gives a directory a free name in one step", async ({ root, store }) => {
  fill(root);
  const { ino } = Deno.statSync(root.file("d"));
  assertEquals(await moved(treeOf(store).move("d/", "new/e/")), { "d/": "new/e/" });
  assertEquals(Deno.statSync(root.file("new/e")).ino, ino);
  assertEquals(Deno.readLinkSync(root.file("new/e/link")), "sub");
});

testBoth("tree.move() merges into a directory that exists, links as links", async ({ root, store }) => {
  fill(root);
  root.write("e/sub/c", "3");
  root.write("e/a", "old");
  const told = {
    "d/a": "e/a",
    "d/broken": "e/broken",
    "d/link": "e/link",
    "d/empty/": "e/empty/",
    "d/sub/b": "e/sub/b",
  };
  assertEquals(await moved(treeOf(store).move("d/", "e/", { dryRun: true })), told);
  assertEquals(await moved(treeOf(store).move("d/", "e/")), told);
  assertEquals(root.everything(), ["e/a", "e/broken", "e/link", "e/sub/b", "e/sub/c"]);
  assertEquals(Deno.readTextFileSync(root.file("e/a")), "1");
  assertEquals([...Deno.readDirSync(root.path)].map(({ name }) => name), ["e"]);
});

testBoth("tree.move() with createOnly keeps what exists and its source", async ({ root, store }) => {
  fill(root);
  root.write("e/a", "old");
  Deno.symlinkSync("mine", root.file("e/link"));
  const options = { createOnly: true };
  const told = {
    "d/a": "kept",
    "d/broken": "e/broken",
    "d/link": "kept",
    "d/empty/": "e/empty/",
    "d/sub/": "e/sub/",
  };
  assertEquals(await moved(treeOf(store).move("d/", "e/", { ...options, dryRun: true })), told);
  assertEquals(await moved(treeOf(store).move("d/", "e/", options)), told);
  assertEquals(root.everything(), ["d/a", "d/link", "e/a", "e/broken", "e/link", "e/sub/b"]);
  assertEquals(Deno.readTextFileSync(root.file("e/a")), "old");
});

testBoth("tree.move() tells what it cannot move, and keeps it", async ({ root, store }) => {
  root.write("d/a/x", "1");
  root.write("d/b", "2");
  root.write("d/c", "3");
  root.write("e/a", "file");
  root.write("e/b/x", "directory");
  const told = await moved(treeOf(store).move("d/", "e/"));
  assertEquals([told["d/c"], Object.keys(told).sort()], ["e/c", ["d/a/", "d/b", "d/c"]]);
  assertEquals(root.everything(), ["d/a/x", "d/b", "e/a", "e/b/x", "e/c"]);
});

testBoth(
  "tree.move() refuses itself, what lies in it, a link to it and what is missing",
  async ({ root, store }) => {
    fill(root);
    Deno.symlinkSync("d", root.file("way"));
    const tree = treeOf(store);
    for (const [from, to] of [["d/", "d/"], ["d/", "d/sub/x/"], ["way/", "e/"]] as const) {
      await assertRejects(() => moved(tree.move(from, to)), InvalidNameError);
    }
    await assertRejects(() => moved(tree.move("none/", "e/")), NotFoundError);
    await assertRejects(() => moved(tree.move("d/", "e")), TypeError);
    assertEquals(root.everything(), ["d/a", "d/broken", "d/link", "d/sub/b", "way"]);
    assertEquals(await moved(tree.move("way", "other")), { way: "other" });
    assertEquals(Deno.readLinkSync(root.file("other")), "d");
  },
);

testBoth(
  "tree.move() to another file system copies all, links as links, and then removes it",
  async ({ open, root }) => {
    await using other = await makeRoot(OTHER_FILE_SYSTEM);
    if (Deno.statSync(other.path).dev === Deno.statSync(root.path).dev) return;
    fill(root);
    const store = await open("/");
    const [from, to] = [`${root.path.slice(1)}/d/`, `${other.path.slice(1)}/e/`];
    const told = await moved(treeOf(store).move(from, to));
    assertEquals(Object.keys(told).map((key) => key.slice(from.length)).sort(), [
      "a",
      "broken",
      "link",
      "sub/b",
    ]);
    assertEquals(root.everything(), []);
    assertEquals(other.everything(), ["e/a", "e/broken", "e/link", "e/sub/b"]);
    assertEquals(Deno.readLinkSync(other.file("e/link")), "sub");
    assertEquals((Deno.statSync(other.file("e/sub")).mode ?? 0) & 0o777, 0o700);
    assert(Deno.statSync(other.file("e/empty")).isDirectory);
    assertEquals([...Deno.readDirSync(root.path)], []);
  },
);

testBoth(
  "a link that goes to another file system replaces what is there in one step",
  async ({ open, root }) => {
    await using other = await makeRoot(OTHER_FILE_SYSTEM);
    if (Deno.statSync(other.path).dev === Deno.statSync(root.path).dev) return;
    Deno.symlinkSync("somewhere", root.file("link"));
    other.write("link", "old");
    const store = await open("/");
    await moved(treeOf(store).move(`${root.path.slice(1)}/link`, `${other.path.slice(1)}/link`));
    assertEquals([Deno.readLinkSync(other.file("link")), [...Deno.readDirSync(root.path)].length], [
      "somewhere",
      0,
    ]);
    assertEquals(Array.from(Deno.readDirSync(other.path), ({ name }) => name), ["link"]);
  },
);

testBoth(
  "tree.move() to another file system leaves unfinished writes, and says what they are",
  async (context) => {
    const { root, open } = context;
    await using other = await makeRoot(OTHER_FILE_SYSTEM);
    if (Deno.statSync(other.path).dev === Deno.statSync(root.path).dev) return;
    await using store = await open("/");
    const source = root.path.slice(1);
    root.write("d/a", "1");
    await using writer = await store.createPartWriter(`${source}/d/b`, 3, { resumable: true });
    await writer.detach();
    const told = await moved(treeOf(store).move(`${source}/d/`, `${other.path.slice(1)}/d/`));
    const failures = Object.entries(told).filter(([key]) => key.includes("~upload"));
    assertEquals(failures.length, 2);
    for (const [, message] of failures) {
      assertStringIncludes(message, "a file of an unfinished write cannot be moved to another file system");
    }
    assertEquals(other.everything(), ["d/a"]);
    await using again = await resumePartWriter(store, `${source}/d/b`, 3, writer.token ?? "");
    await again.writePart(0, new Uint8Array(3));
    await again.close();
  },
);

testBoth(
  "tree.move() neither follows nor removes a link that took the place of what it found",
  async ({ root, store }) => {
    for (const name of ["d/a", "d/b", "d/sub/x", "e/sub/y", "outside/b", "outside/x"]) root.write(name, name);
    const told: Record<string, string> = {};
    for await (const { key, error } of treeOf(store).move("d/", "e/")) {
      told[key] = error?.message.replace(root.path, "") ?? "moved";
      if (key !== "d/a") continue;
      Deno.removeSync(root.file("d/b"));
      Deno.symlinkSync("../outside/b", root.file("d/b"));
      Deno.renameSync(root.file("d/sub"), root.file("kept"));
      Deno.symlinkSync("../outside", root.file("d/sub"));
    }
    const refusal = (key: string, kind: string) =>
      `Cannot move "${store.uri}/${key}": it is no ${kind} any more, and stays; run it again`
        .replace(root.path, "");
    assertEquals(told, {
      "d/a": "moved",
      "d/b": refusal("d/b", "file"),
      "d/sub/": refusal("d/sub/", "directory"),
    });
    assertEquals([Deno.readLinkSync(root.file("d/b")), Deno.readLinkSync(root.file("d/sub"))], [
      "../outside/b",
      "../outside",
    ]);
    assertEquals(root.everything(), ["d/b", "d/sub", "e/a", "e/sub/y", "kept/x", "outside/b", "outside/x"]);
  },
);

testBoth("tree.move() takes no link from behind a directory that became a link", async ({ root, open }) => {
  for (const directory of ["d/sub", "outside"]) {
    Deno.mkdirSync(root.file(directory), { recursive: true });
    for (const name of ["l1", "l2"]) Deno.symlinkSync("nowhere", root.file(`${directory}/${name}`));
  }
  root.write("d/e/y", "1");
  const store = await open(root.file("d"));
  const told: Record<string, string> = {};
  for await (const { key, error } of treeOf(store).move("sub/", "e/")) {
    told[key] = error?.name ?? "moved";
    if (key !== "sub/l1") continue;
    Deno.renameSync(root.file("d/sub"), root.file("d/kept"));
    Deno.symlinkSync("../outside", root.file("d/sub"));
  }
  assertEquals(told, { "sub/l1": "moved", "sub/l2": "PermissionDeniedError" });
  assertEquals(root.everything(), [
    "d/e/l1",
    "d/e/y",
    "d/kept/l2",
    "d/sub",
    "outside/l1",
    "outside/l2",
  ]);
});
