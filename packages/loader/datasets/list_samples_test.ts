import { assertEquals, assertRejects } from "@std/assert";
import { UnsupportedError } from "@lade/core/errors";
import { openFileStore } from "@lade/fs";
import { compareManifest, filesDataset, openDataset } from "@lade/loader";
import { packObjects } from "@lade/loader/pack";
import { MemoryStore } from "@lade/core";
import { ObjectTable } from "./object_table.ts";

/** A directory with one file, to which `link` adds what is no object. */
async function inDirectory(link: (root: string) => void, use: (root: string) => Promise<void>) {
  const root = await Deno.makeTempDir();
  try {
    Deno.mkdirSync(`${root}/outside`);
    Deno.mkdirSync(`${root}/set/empty`, { recursive: true });
    Deno.writeTextFileSync(`${root}/outside/b.txt`, "b");
    Deno.writeTextFileSync(`${root}/set/a.txt`, "a");
    link(root);
    await use(`${root}/set`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("a data set is not opened without what a link leads to that may not be followed", async () => {
  await inDirectory(
    (root) => Deno.symlinkSync(`${root}/outside/b.txt`, `${root}/set/b.txt`),
    async (root) => {
      await using store = await openFileStore(root);
      await using to = new MemoryStore();
      for (
        const open of [
          () => openDataset(store, ""),
          () => filesDataset(store, ""),
          () => compareManifest(store, "", new ObjectTable()),
          () => packObjects({ store, key: "" }, { store: to, key: "to/" }),
        ]
      ) {
        await assertRejects(
          open,
          UnsupportedError,
          'b.txt": it is a symbolic link that leads out of the directory',
        );
      }
      assertEquals((await Array.fromAsync(to.list(""))).length, 0);
      await using following = await openFileStore(root, { symlinks: "follow" });
      assertEquals((await filesDataset(following, "")).length, 2);
    },
  );
});

Deno.test("a link that leads nowhere is told of, and an empty directory is not", async () => {
  await inDirectory((root) => Deno.symlinkSync("nowhere", `${root}/set/b.txt`), async (root) => {
    await using store = await openFileStore(root);
    const told: string[] = [];
    await using dataset = await openDataset(store, "", {
      onLeftOut: (uri, reason) => told.push(`${uri.slice(uri.lastIndexOf("/"))} ${reason}`),
    });
    assertEquals("length" in dataset && dataset.length, 1);
    assertEquals(told, ["/b.txt it is a symbolic link that leads nowhere"]);
  });
});
