import { assertEquals } from "@std/assert";
import { isUnfinishedName } from "../names/temporary_name.ts";
import { makeRoot } from "../testing/make_root.ts";
import { openFileStore } from "../mod.ts";

Deno.test("the names of a resumable write are on the disk once its writer is made", async () => {
  await using root = await makeRoot();
  const store = await openFileStore(root.path);
  const prototype = Deno.FsFile.prototype;
  const { sync } = prototype;
  const synced: string[] = [];
  prototype.sync = async function () {
    const { ino, isDirectory } = await this.stat();
    await sync.call(this);
    if (!isDirectory || ino !== Deno.statSync(root.file("a")).ino) return;
    synced.splice(0, synced.length, ...Array.from(Deno.readDirSync(root.file("a")), ({ name }) => name));
  };
  try {
    await using writer = await store.createPartWriter("a/object", 10, { resumable: true });
    assertEquals(synced.filter(isUnfinishedName).length, 2);
    await writer.abort();
  } finally {
    Object.assign(prototype, { sync });
  }
});
