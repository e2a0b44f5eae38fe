import { assertEquals } from "@std/assert";
import { filesBelow } from "./files_below.ts";

Deno.test("filesBelow() finds all files, follows no link, and enters only directories that begin as is asked", async () => {
  const root = await Deno.makeTempDir();
  try {
    for (const path of ["data/deep/other", "data2", "other/data"]) {
      await Deno.mkdir(`${root}/${path}`, { recursive: true });
      await Deno.writeTextFile(`${root}/${path}/file`, "");
    }
    await Deno.writeTextFile(`${root}/file`, "");
    await Deno.symlink("other", `${root}/data3`);
    const found = async (start?: string) => {
      const paths = await Array.fromAsync(filesBelow(root, root, undefined, start));
      return paths.map((path) => path.slice(root.length + 1)).sort();
    };
    const below = ["data/deep/other/file", "data2/file", "file"];
    assertEquals(await found(), [...below, "other/data/file"]);
    assertEquals(await found("data"), below);
    assertEquals(await found("none"), ["file"], "a file in the directory itself may be of any name");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
