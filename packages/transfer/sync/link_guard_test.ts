import { assertEquals } from "@std/assert";
import { LinkGuard } from "./link_guard.ts";

Deno.test("LinkGuard finds the first link of a name, and none where there is none or nothing", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/real/deep`, { recursive: true });
    await Deno.writeTextFile(`${root}/real/deep/file`, "x");
    await Deno.symlink("real", `${root}/link`);
    await Deno.symlink("deep", `${root}/real/inner`);
    await Deno.symlink("nowhere", `${root}/real/broken`);
    const guard = new LinkGuard(`${root}/`);
    const found = async (name: string) => await guard.linkIn(name);
    assertEquals(await found("real/deep/file"), undefined);
    assertEquals(await found("real/deep/missing/x"), undefined);
    assertEquals(await found("link"), "link");
    assertEquals(await found("link/deep/file"), "link");
    assertEquals(await found("real/inner/file"), "real/inner");
    assertEquals(await found("real/broken"), "real/broken");
    // The directory of which it is asked may itself be one.
    assertEquals(await new LinkGuard(`${root}/link/`).linkIn("deep/file"), undefined);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
