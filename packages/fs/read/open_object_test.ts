import { PermissionDeniedError } from "@lade/core";
import { assertEquals, assertRejects } from "@std/assert";
import { FileMedium } from "../files/file_medium.ts";
import type { ReadableFile } from "../files/medium.ts";
import { openLocalStore } from "../open_local_store.ts";
import { textOf } from "../testing/both_stores.ts";
import { makeRoot } from "../testing/make_root.ts";
import { openFiles } from "../testing/open_files.ts";

Deno.test("get() finds a link that takes a file's name between the look and the opening", async () => {
  await using root = await makeRoot();
  await using outside = await makeRoot();
  outside.write("secret", "secret");
  root.write("other", "other");
  let target = outside.file("secret");
  class Swapping extends FileMedium {
    override openSync(path: string): ReadableFile {
      Deno.removeSync(path);
      Deno.symlinkSync(target, path);
      return super.openSync(path);
    }
  }
  const store = openLocalStore("file", root.path, {}, [], (gate, context) => new Swapping(gate, context));
  root.write("a", "inside");
  await assertRejects(() => store.get("a"), PermissionDeniedError, "leads out");
  assertEquals(openFiles((path) => path === outside.file("secret")), 0);
  target = root.file("other");
  root.write("b", "inside");
  assertEquals(await textOf(store, "b"), "other");
});
