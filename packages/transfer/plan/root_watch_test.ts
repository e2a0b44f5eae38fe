import { assertEquals } from "@std/assert";
import { RootWatch } from "./root_watch.ts";

Deno.test("RootWatch finds a directory that is the root of another tree, by whatever name", async () => {
  const path = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${path}/a/deep/er`, { recursive: true });
    await Deno.mkdir(`${path}/b`);
    // A link stands for a directory that is mounted twice.
    await Deno.symlink("../../b", `${path}/a/deep/twice`);
    const watch = new RootWatch(`${path}/a/`, `${path}/b/`);
    assertEquals(watch.find("x"), undefined);
    assertEquals(await watch.find("deep/er/x"), undefined);
    assertEquals(watch.find("deep/er/y"), undefined);
    assertEquals(watch.find("deep/y"), undefined);
    assertEquals(await watch.find("deep/twice/x"), "deep/twice/");
    await Deno.mkdir(`${path}/b/in`);
    assertEquals(await new RootWatch(`${path}/a/`, `${path}/b/`).find("deep/twice/in/x"), "deep/twice/");
    const below = new RootWatch(`${path}/a/`, `${path}/b/not/yet/`);
    assertEquals(await below.find("deep/twice/x"), "deep/twice/");
    assertEquals(await new RootWatch(`${path}/a/`, `${path}/missing/`).find("deep/twice/x"), undefined);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
