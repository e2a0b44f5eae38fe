import {
  deletePrefix,
  InvalidNameError,
  NotFoundError,
  PermissionDeniedError,
  PrefixStore,
} from "@lade/core";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { makeRoot } from "../testing/make_root.ts";
import { testBoth } from "../testing/both_stores.ts";

testBoth("deletePrefix() removes links as links and never leaves the tree", async ({ root, store }) => {
  await using outside = await makeRoot();
  outside.write("x/secret", "secret");
  root.write("beside", "beside");
  root.write("d/sub/file", "1");
  root.write("d/.lade-0123456789abcdef-1~tmp", "unfinished");
  Deno.mkdirSync(root.file("d/empty/deeper"), { recursive: true });
  const links = { out: outside.path, loop: ".", up: "..", alias: "sub", broken: "nowhere", file: "sub/file" };
  for (const [name, target] of Object.entries(links)) Deno.symlinkSync(target, root.file(`d/${name}`));
  const found = [...Object.keys(links), ".lade-0123456789abcdef-1~tmp", "sub/file"].map((name) =>
    `d/${name}`
  );
  const keys = async (dryRun: boolean) =>
    (await Array.fromAsync(deletePrefix(store, "d/", { dryRun }))).map(({ key, error }) => error ?? key);
  const would = await keys(true);
  assertEquals([...would].sort(), found.sort());
  // Some are removed concurrently: the order is that in which they are gone.
  assertEquals((await keys(false)).sort(), would.sort());
  assertEquals(root.everything(), ["beside"]);
  assertEquals(outside.everything(), ["x/secret"]);
});

testBoth(
  "deletePrefix() of a whole store keeps its directory, also behind a link",
  async ({ root, open }) => {
    root.write("real/a/b", "1");
    Deno.symlinkSync("real", root.file("link"));
    const store = await open(root.file("link"));
    assertEquals(await Array.fromAsync(deletePrefix(store, "")), [{ key: "a/b" }]);
    assertEquals([...Deno.readDirSync(root.file("real"))], []);
    const missing = await open(root.file("missing"));
    await assertRejects(() => Array.fromAsync(deletePrefix(missing, "")), NotFoundError);
  },
);

testBoth("deletePrefix() refuses a prefix that is or lies behind a link", async ({ root, store }) => {
  await using outside = await makeRoot();
  outside.write("d/secret", "secret");
  root.write("real/a", "1");
  Deno.symlinkSync("real", root.file("link"));
  Deno.symlinkSync(outside.path, root.file("out"));
  await assertRejects(() => Array.fromAsync(deletePrefix(store, "link/")), InvalidNameError, "symbolic link");
  await assertRejects(
    () => Array.fromAsync(deletePrefix(store, "out/d/")),
    PermissionDeniedError,
    "leads out",
  );
  assertEquals([root.everything(), outside.everything()], [["link", "out", "real/a"], ["d/secret"]]);
  assertEquals(await Array.fromAsync(deletePrefix(store, "nowhere/")), []);
});

testBoth("deletePrefix() removes what is written while it removes", async ({ root, store }) => {
  for (let i = 0; i < 100; i++) root.write(`d/${i}`, "1");
  let added = 0;
  for await (const { error } of deletePrefix(store, "d/")) {
    assertEquals(error, undefined);
    if (added < 5) root.write(`d/new-${added++}`, "1");
  }
  assertEquals([added, root.everything()], [5, []]);
});

testBoth("deletePrefix() tells what it removed before its signal ended it", async ({ root, store }) => {
  for (let i = 0; i < 50; i++) root.write(`d/${i}`, "1");
  const stop = new AbortController();
  const told: string[] = [];
  await assertRejects(async () => {
    for await (const { key } of deletePrefix(store, "d/", { signal: stop.signal })) {
      told.push(key);
      if (told.length === 1) stop.abort(new Error("stop"));
    }
  }, "stop");
  assert(told.length >= 1 && told.length < 50);
  assertEquals(root.everything().length, 50 - told.length);
});

testBoth("deletePrefix() goes by the prefix of a PrefixStore", async ({ root, store }) => {
  root.write("p/d/a", "1");
  root.write("p/e", "2");
  const below = new PrefixStore(store, "p/");
  assertEquals(await Array.fromAsync(deletePrefix(below, "d/")), [{ key: "d/a" }]);
  assertEquals(await Array.fromAsync(deletePrefix(below, "")), [{ key: "e" }]);
  assertEquals([...Deno.readDirSync(root.path)].map(({ name }) => name), ["p"]);
});

testBoth(
  "a tree is named by keys and prefixes of its store, and by nothing that a path would lead to",
  async ({ root, store }) => {
    root.write("a/1", "1");
    root.write("b/2", "2");
    const { tree } = store;
    assert(tree);
    const everything = root.everything();
    const drain = (entries: AsyncIterable<unknown>) => Array.fromAsync(entries);
    for (const name of ["../", "/", "./", "a/../", "a/../b/", "a/../b/2", "..", "a/./1", "a//1", "a\0/"]) {
      const calls = [
        () => tree.kindOf(name),
        () => drain(tree.walk(name)),
        () => drain(tree.remove(name)),
        () => tree.makeDirectory(name),
        () => drain(tree.move(name, name.endsWith("/") ? "z/" : "z")),
        () => drain(tree.move(name.endsWith("/") ? "b/" : "b/2", name)),
      ];
      for (const call of calls) await assertRejects(call, InvalidNameError);
    }
    assertEquals(root.everything(), everything);
  },
);

testBoth(
  "tree.remove() of the name of a directory without its slash removes nothing",
  async ({ root, store }) => {
    Deno.mkdirSync(root.file("empty"));
    root.write("full/a", "1");
    for (const key of ["empty", "full"]) {
      const remove = () => Array.fromAsync(store.tree?.remove(key) ?? []);
      await assertRejects(remove, InvalidNameError, "it is a directory");
    }
    assertEquals([...Deno.readDirSync(root.path)].map(({ name }) => name).sort(), ["empty", "full"]);
  },
);

testBoth(
  "a tree tells, removes and moves nothing behind a link that leads out, and moves nothing there",
  async ({ root, store }) => {
    await using outside = await makeRoot();
    outside.write("file", "1");
    Deno.symlinkSync("file", outside.file("link"));
    Deno.symlinkSync(outside.path, root.file("out"));
    Deno.symlinkSync("nowhere", root.file("link"));
    const { tree } = store;
    assert(tree);
    const before = [root.everything(), outside.everything()];
    const drain = (entries: AsyncIterable<unknown>) => Array.fromAsync(entries);
    const calls = [
      () => tree.kindOf("out/file"),
      () => drain(tree.remove("out/file")),
      () => drain(tree.remove("out/link")),
      () => drain(tree.move("out/link", "moved")),
      () => drain(tree.move("link", "out/moved")),
    ];
    for (const call of calls) await assertRejects(call, PermissionDeniedError, "leads out", `${call}`);
    assertEquals([root.everything(), outside.everything()], before);
  },
);

testBoth(
  "a tree removes nothing where something deep in it has no name that can be told",
  async ({ root, store }) => {
    root.write("d/a", "1");
    root.write("d/sub/b", "2");
    const command = new Deno.Command("sh", {
      args: ["-c", "touch \"$(printf '\\377')\""],
      cwd: root.file("d/sub"),
    });
    if (!(await command.output()).success) return;
    await assertRejects(() => Array.fromAsync(deletePrefix(store, "d/")), InvalidNameError, "not UTF-8");
    assertEquals([Deno.readTextFileSync(root.file("d/a")), Deno.readTextFileSync(root.file("d/sub/b"))], [
      "1",
      "2",
    ]);
  },
);

testBoth(
  "deletePrefix() follows no link that takes the place of a directory it is at",
  async ({ root, store }) => {
    await using outside = await makeRoot();
    const names = Array.from({ length: 300 }, (_, index) => `${index}`.padStart(3, "0"));
    for (const name of names) root.write(`d/${name}`, "1");
    // What is under way when the link comes are the first ones.
    const last = names.slice(200);
    for (const name of last) outside.write(name, "precious");
    let isSwapped = false;
    for await (const _ of deletePrefix(store, "d/")) {
      if (isSwapped) continue;
      isSwapped = true;
      Deno.renameSync(root.file("d"), root.file("away"));
      Deno.symlinkSync(outside.path, root.file("d"));
    }
    assertEquals([isSwapped, outside.everything()], [true, last]);
  },
);
