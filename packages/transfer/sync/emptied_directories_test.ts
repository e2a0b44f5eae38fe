import { assertEquals, assertRejects } from "@std/assert";
import { EmptiedDirectories } from "./emptied_directories.ts";

Deno.test("EmptiedDirectories removes what deletions left empty, upwards, and keeps the rest", async () => {
  const root = await Deno.makeTempDir();
  try {
    const made = ["a/b/c", "a/b/kept", "full", "before/empty", "linked"];
    for (const name of made) await Deno.mkdir(`${root}/${name}`, { recursive: true });
    await Deno.writeTextFile(`${root}/full/other`, "x");
    await Deno.symlink("linked", `${root}/link`);
    const emptied = new EmptiedDirectories(`${root}/`, new Set(["a/b/kept"]));
    for (
      const gone of ["a/b/c/1", "a/b/c/2", "a/b/kept/1", "full/1", "link/1", "before/1", "top", "gone/x/1"]
    ) {
      emptied.add(gone);
    }
    await emptied.remove();
    await assertRejects(() => Deno.lstat(`${root}/a/b/c`), Deno.errors.NotFound);
    for (const name of ["a/b/kept", "full/other", "before/empty", "linked", "link"]) {
      await Deno.lstat(`${root}/${name}`);
    }
    await Deno.remove(`${root}/a/b/kept`);
    const again = new EmptiedDirectories(`${root}/`, new Set());
    again.add("a/b/x");
    await again.remove();
    assertEquals((await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name).sort(), [
      "before",
      "full",
      "link",
      "linked",
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
