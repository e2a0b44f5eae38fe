import { createStoreContext, NotFoundError, PermissionDeniedError } from "@lade/core";
import { FakeClock } from "@lade/testing";
import { assertEquals, assertRejects } from "@std/assert";
import { FileMedium } from "../files/file_medium.ts";
import type { ReadableFile } from "../files/medium.ts";
import type { LocalStore } from "../mod.ts";
import { openLocalStore } from "../store/open_local_store.ts";
import { textOf } from "../testing/both_stores.ts";
import { makeRoot, type TestRoot } from "../testing/make_root.ts";
import { openFiles } from "../testing/open_files.ts";

/** A store in which something takes a file's name between the look at it and its opening. */
function openSwapping(root: TestRoot, swap: (path: string) => void): LocalStore {
  class Swapping extends FileMedium {
    override openSync(path: string): ReadableFile {
      Deno.removeSync(path);
      swap(path);
      return super.openSync(path);
    }
  }
  // Time stands still, so that every call is quick enough to be synchronous.
  const context = createStoreContext({ clock: new FakeClock() });
  return openLocalStore("file", root.path, { context }, [], (gate, context) => new Swapping(gate, context));
}

Deno.test("get() finds a link that takes a file's name between the look and the opening", async () => {
  await using root = await makeRoot();
  await using outside = await makeRoot();
  outside.write("secret", "secret");
  root.write("other", "other");
  let target = outside.file("secret");
  const store = openSwapping(root, (path) => Deno.symlinkSync(target, path));
  root.write("a", "inside");
  await assertRejects(() => store.get("a"), PermissionDeniedError, "leads out");
  assertEquals(openFiles((path) => path === outside.file("secret")), 0);
  target = root.file("other");
  root.write("b", "inside");
  assertEquals(await textOf(store, "b"), "other");
});

Deno.test("get() finds a directory that takes a file's name between the look and the opening", async () => {
  await using root = await makeRoot();
  const store = openSwapping(root, (path) => Deno.mkdirSync(path));
  root.write("a", "file");
  await assertRejects(() => store.get("a"), NotFoundError, "it is a directory");
  assertEquals(openFiles((path) => path === root.file("a")), 0);
});
