import { assert, assertEquals, assertMatch } from "@std/assert";
import { buildName } from "./build_name.ts";

Deno.test("buildName() tells the commit, whether it was changed, and nothing of a repository above", async () => {
  const root = await Deno.makeTempDir({ prefix: "lade a build " });
  try {
    assertEquals(await buildName(root), undefined);
    const git = async (...args: string[]) => {
      const name = ["-c", "user.name=a", "-c", "user.email=a@b"];
      const { success } = await new Deno.Command("git", { args: ["-C", root, ...name, ...args] }).output();
      assert(success, args.join(" "));
    };
    await Deno.mkdir(`${root}/archive`);
    await Deno.writeTextFile(`${root}/archive/x`, "1");
    await git("init", "--quiet");
    await git("add", ".");
    await git("commit", "--quiet", "--message", "x");
    assertMatch(await buildName(root) ?? "", /^[0-9a-f]{10} of \d{4}-\d\d-\d\d$/);
    assertEquals(await buildName(`${root}/archive`), undefined);
    await Deno.writeTextFile(`${root}/new`, "");
    assertMatch(await buildName(root) ?? "", /\d$/);
    await Deno.writeTextFile(`${root}/archive/x`, "2");
    assertMatch(await buildName(root) ?? "", / with changes$/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
