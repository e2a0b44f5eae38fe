import { InvalidNameError, NotFoundError, PermissionDeniedError } from "@lade/core";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { makeRoot } from "../testing/make_root.ts";
import { type BothContext, bytes, keysOf, testBoth, textOf } from "../testing/both_stores.ts";

/** A tree with links of every kind, and a file outside. */
async function withLinks(
  { root, open }: BothContext,
  symlinks: "follow-inside" | "follow" | "refuse",
  run: (store: BothContext["store"], outside: string) => Promise<void>,
): Promise<void> {
  await using outside = await makeRoot();
  outside.write("file", "outside");
  outside.write("directory/file", "outside");
  root.write("dir/file", "inside");
  Deno.symlinkSync("dir/file", root.file("file-in"));
  Deno.symlinkSync("dir", root.file("dir-in"));
  Deno.symlinkSync(outside.file("file"), root.file("file-out"));
  Deno.symlinkSync(outside.file("directory"), root.file("dir-out"));
  Deno.symlinkSync("nowhere", root.file("broken"));
  await run(await open(root.path, { symlinks }), outside.path);
}

testBoth("follow-inside reads through links that stay inside", async (context) => {
  await withLinks(context, "follow-inside", async (store) => {
    assertEquals(await textOf(store, "file-in"), "inside");
    assertEquals(await textOf(store, "dir-in/file"), "inside");
    assertEquals((await store.head("dir-in/file")).etag, (await store.head("dir/file")).etag);
    assertEquals(await keysOf(store.list()), ["dir-in/file", "dir/file", "file-in"]);
    assertEquals(await keysOf(store.listWithDelimiter()), ["dir-in/", "dir/", "file-in"]);
  });
});

testBoth("follow-inside refuses links that lead out, in every method", async (context) => {
  await withLinks(context, "follow-inside", async (store, outside) => {
    const calls = [
      () => store.get("file-out"),
      () => store.get("dir-out/file"),
      () => store.head("file-out"),
      () => store.head("dir-out/file"),
      () => store.put("dir-out/new", bytes("x")),
      () => store.put("dir-out/deep/new", bytes("x")),
      () => store.createWriter("dir-out/new"),
      () => store.delete("dir-out/file"),
      () => store.copy("file-out", "copy"),
      () => store.copy("dir/file", "dir-out/copy"),
      () => store.rename("dir-out/file", "moved"),
      () => store.rename("dir/file", "dir-out/moved"),
      () => store.put("dir-out/file", bytes("x"), { ifMatch: "other" }),
      () => store.put("dir-out/none", bytes("x"), { ifMatch: "other" }),
      () => store.put("dir-out/file", bytes("x"), { ifNoneMatch: "*" }),
      () => store.put("file-out", bytes("x"), { ifMatch: "other" }),
      () => store.delete("file-out", { ifMatch: "other" }),
      () => store.createWriter("dir-out/file", { ifMatch: "other" }),
      () => store.createPartWriter("dir-out/file", 1, { ifNoneMatch: "*" }),
      () => store.delete("dir-out/file", { ifMatch: "other" }),
      () => store.copy("dir/file", "dir-out/file", { ifMatch: "other" }),
      () => store.rename("dir/file", "dir-out/file", { ifNoneMatch: "*" }),
      () => keysOf(store.list("dir-out/")),
      () => keysOf(store.listWithDelimiter("dir-out/f")),
    ];
    for (const call of calls) {
      const error = await assertRejects(call, PermissionDeniedError, undefined, `${call}`);
      assertStringIncludes(error.message, "a symbolic link leads out");
    }
    assertEquals([...Deno.readDirSync(outside)].map(({ name }) => name).sort(), ["directory", "file"]);
    assertEquals([...Deno.readDirSync(`${outside}/directory`)].map(({ name }) => name), ["file"]);
  });
});

testBoth("follow-inside sees a directory that became a link that leads out", async ({ root, store }) => {
  await using outside = await makeRoot();
  outside.write("file", "outside");
  root.write("dir/file", "inside");
  assertEquals(await textOf(store, "dir/file"), "inside");
  Deno.removeSync(root.file("dir"), { recursive: true });
  Deno.symlinkSync(outside.path, root.file("dir"));
  await assertRejects(() => store.get("dir/file"), PermissionDeniedError);
  await assertRejects(() => store.put("dir/new", bytes("x")), PermissionDeniedError);
});

testBoth("follow follows every link that leads somewhere", async (context) => {
  await withLinks(context, "follow", async (store) => {
    assertEquals(await textOf(store, "file-out"), "outside");
    assertEquals(await keysOf(store.list()), [
      "dir-in/file",
      "dir-out/file",
      "dir/file",
      "file-in",
      "file-out",
    ]);
    await assertRejects(() => store.get("broken"), NotFoundError);
  });
});

testBoth("refuse takes no link at all", async (context) => {
  await withLinks(context, "refuse", async (store) => {
    for (const key of ["file-in", "dir-in/file", "file-out"]) {
      const error = await assertRejects(() => store.get(key), PermissionDeniedError);
      assertStringIncludes(error.message, '"refuse"');
    }
    await assertRejects(() => store.put("dir-in/new", bytes("x")), PermissionDeniedError);
    assertEquals(await keysOf(store.list()), ["dir/file"]);
    assertEquals(await keysOf(store.listWithDelimiter()), ["dir/"]);
    assertEquals(await textOf(store, "dir/file"), "inside");
  });
});

testBoth("a store may be opened through a link, which may come to lead elsewhere", async ({ root, open }) => {
  root.write("v1/file", "one");
  root.write("v2/file", "two");
  Deno.symlinkSync("v1", root.file("current"));
  const store = await open(root.file("current"), { symlinks: "refuse" });
  assertEquals(await textOf(store, "file"), "one");
  Deno.removeSync(root.file("current"));
  Deno.symlinkSync("v2", root.file("current"));
  assertEquals(await textOf(store, "file"), "two");
  await store.put("new", bytes("x"));
  assertEquals(Deno.readTextFileSync(root.file("v2/new")), "x");
});

testBoth("delete() takes the link itself, put() what it stands for", async (context) => {
  await withLinks(context, "follow-inside", async (store, outside) => {
    await store.delete("file-out");
    await store.delete("broken");
    await store.put("file-in", bytes("new"));
    assertEquals(Deno.readTextFileSync(`${outside}/file`), "outside");
    assertEquals(await textOf(store, "dir/file"), "new");
    assertEquals(await textOf(store, "file-in"), "new");
    await store.delete("dir-in");
    assertEquals(await textOf(store, "dir-in/file"), "new", "a link to a directory is no object");
  });
});

testBoth("rename() of a link moves the content, which a link elsewhere might not reach", async (context) => {
  await withLinks(context, "follow-inside", async (store) => {
    await store.rename("file-in", "deep/er/moved");
    assertEquals(await textOf(store, "deep/er/moved"), "inside");
    assertEquals(await textOf(store, "dir/file"), "inside");
    await assertRejects(() => store.head("file-in"), NotFoundError);
  });
});

testBoth("a write below a link that leads nowhere is an InvalidNameError", async (context) => {
  await withLinks(context, "follow-inside", async (store) => {
    await store.put("a", bytes("x"));
    const calls = [
      () => store.put("broken/new", bytes("x")),
      () => store.put("broken/new", bytes("x"), { ifNoneMatch: "*" }),
      () => store.createWriter("broken/deep/new"),
      () => store.copy("a", "broken/new", { ifNoneMatch: "*" }),
      () => store.rename("a", "broken/new"),
    ];
    for (const call of calls) {
      const error = await assertRejects(call, InvalidNameError, undefined, `${call}`);
      assertStringIncludes(error.message, '/broken" is a symbolic link that leads nowhere');
    }
  });
});

testBoth("list() ends where links lead in a circle", async ({ root, store }) => {
  root.write("a/b/file", "x");
  Deno.symlinkSync("../..", root.file("a/b/up"));
  Deno.symlinkSync(".", root.file("a/self"));
  Deno.symlinkSync("b", root.file("a/side"));
  assertEquals(await keysOf(store.list()), ["a/b/file", "a/side/file"]);
  assertEquals(await keysOf(store.listWithDelimiter("a/")), ["a/b/", "a/side/"]);
});
