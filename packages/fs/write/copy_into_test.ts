import { PreconditionFailedError } from "@lade/core";
import { assertEquals, assertRejects } from "@std/assert";
import { testBoth } from "../testing/both_stores.ts";

testBoth(
  "copy() into a device says when the file changed on its way, or was not read to its end",
  async ({ root, open }) => {
    const store = await open(root.path, { symlinks: "follow" });
    Deno.symlinkSync("/dev/null", root.file("null"));
    root.write("a", "content");
    assertEquals((await store.copy("a", "null")).size, 7);
    const { read } = Deno.FsFile.prototype;
    const copyWith = async (change: (count: number | null) => number | null) => {
      Deno.FsFile.prototype.read = async function (buffer) {
        return change(await read.call(this, buffer));
      };
      try {
        await store.copy("a", "null");
      } finally {
        Object.assign(Deno.FsFile.prototype, { read });
      }
    };
    const cut = () => copyWith(() => null);
    await assertRejects(cut, PreconditionFailedError, "the file changed while it was copied");
    const replaced = () =>
      copyWith((count) => {
        if (count === null) root.write("a", "changed since");
        return count;
      });
    await assertRejects(replaced, PreconditionFailedError, "the file changed while it was copied");
  },
);
