import { Lade } from "@lade/lade";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { CliHere } from "../cli/run_here.ts";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";
import { mountFault } from "./mount.ts";

const fault = await mountFault();

/** Shows a directory at another place too, as long as the result lives. */
async function bind(from: string, to: string): Promise<AsyncDisposable> {
  const run = async (command: string, ...args: string[]) => {
    const { success, stderr } = await new Deno.Command(command, { args }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  };
  await run("mount", "--bind", from, to);
  return { [Symbol.asyncDispose]: () => run("umount", "-l", to) };
}

Deno.test({
  name: `a directory that is mounted twice is not removed, nor moved onto itself${
    fault ? ` (${fault})` : ""
  }`,
  ignore: fault !== undefined,
  async fn() {
    const files = { "orig/a": "1", "orig/sub/b": "2" };
    await using directory = await TemporaryDirectory.make({
      ...files,
      "bind/x": "",
      "tree/m/x": "",
      "tree/f": "3",
    });
    const { path } = directory;
    await Deno.symlink("a", `${path}/orig/link`);
    await Deno.remove(`${path}/bind/x`);
    await Deno.remove(`${path}/tree/m/x`);
    await using _one = await bind(`${path}/orig`, `${path}/bind`);
    await using _two = await bind(`${path}/orig`, `${path}/tree/m`);
    await using cli = new CliHere();
    const lines = [
      ["rm", "-r", `${path}/bind`],
      ["rb", "-f", `${path}/bind`],
      ["rm", "-r", `${path}/tree`],
      ["mv", "-r", `${path}/bind`, `${path}/orig`],
      ["mv", "-r", `${path}/orig`, `${path}/bind`],
      ["mv", "-r", `${path}/bind`, `${path}/orig/sub`],
      ["mv", "-r", `${path}/orig`, `${path}/bind/sub/deeper/new`],
      ["cp", "-r", `${path}/bind`, `${path}/orig/sub`],
      ["mv", `${path}/bind/a`, `${path}/orig/a`],
    ];
    for (const args of lines) {
      const { code, stdout } = await cli.run(args);
      assertEquals([code, stdout], [1, ""], args.join(" "));
    }
    await using lade = new Lade();
    await assertRejects(() => lade.remove(`file://${path}/tree`, { recursive: true }));
    assertEquals(await directory.tree("orig/"), { ...files, "orig/link": "1" });
    assertEquals(await Deno.readTextFile(`${path}/tree/f`), "3");
  },
});

Deno.test({
  name: `a tree is not brought into itself by a second mount${fault ? ` (${fault})` : ""}`,
  ignore: fault !== undefined,
  async fn() {
    const files = { "a/f": "1", "a/sub/g": "2", "a/sub/sub/h": "3" };
    await using directory = await TemporaryDirectory.make({ ...files, "b/x": "", "c/k": "4" });
    const { path } = directory;
    await Deno.remove(`${path}/b/x`);
    await using _twice = await bind(`${path}/a/sub`, `${path}/b`);
    await using cli = new CliHere();
    const [a, b, c] = ["a", "b", "c"].map((name) => `${path}/${name}`);
    const refused = [
      ["mv", "-r", `${a}/`, `${b}/`],
      ["mv", "-r", `${a}/`, `${b}/new/`],
      ["mv", "-r", `${b}/`, `${a}/`],
      ["mv", "-r", "--include", "*", `${a}/`, `${b}/`],
      ["mv", "-r", "--include", "*", `${b}/`, `${a}/`],
      ["sync", `${a}/`, `${b}/`],
      ["sync", `${a}/`, `${b}/new/`],
      ["sync", `${b}/`, `${a}/`],
      ["sync", "--delete", "--backup-dir", `${b}/old/`, `${c}/`, `${a}/`],
      ["sync", "--delete", "--backup-dir", `${b}/old/`, `${a}/`, `${c}/`],
      ["cp", "-r", `${a}/`, `${b}/`],
      ["cp", "-r", `${a}/`, `direct://${b}/`],
      ["cp", "-r", `${a}/`, `${b}/new/`],
      ["cp", "-r", "--links", "preserve", `${a}/`, `${b}/new/`],
      ["cp", "-r", `${b}/`, `${a}/`],
    ];
    for (const [command = "", ...args] of refused) {
      for (const line of [[command, "--dry-run", ...args], [command, ...args]]) {
        const { code, stderr } = await cli.run(line);
        assertEquals(code, 1, line.join(" "));
        assertMatch(stderr, /lies in|one directory|come to lie in/, line.join(" "));
        if (command === "mv") assertEquals(await directory.tree("a/"), files, line.join(" "));
      }
    }
    for (const [name, content] of Object.entries(files)) {
      assertEquals(await Deno.readTextFile(`${path}/${name}`), content);
    }
    assertEquals((await cli.run(["cp", "-r", `${b}/`, `${c}/`])).code, 0);
  },
});

Deno.test({
  name: `a copy of links goes into what is mounted below${fault ? ` (${fault})` : ""}`,
  ignore: fault !== undefined,
  async fn() {
    await using directory = await TemporaryDirectory.make({ "other/a": "1", "tree/m/x": "", "tree/f": "2" });
    const { path } = directory;
    await Deno.symlink("a", `${path}/other/link`);
    await Deno.remove(`${path}/tree/m/x`);
    await using _mounted = await bind(`${path}/other`, `${path}/tree/m`);
    await using cli = new CliHere();
    const copy = (links: string) =>
      cli.run(["cp", "-r", "--links", links, `${path}/tree`, `${path}/${links}`]);
    assertEquals([(await copy("skip")).code, (await copy("preserve")).code], [0, 0]);
    assertEquals(await directory.tree("skip/"), { "skip/f": "2", "skip/m/a": "1" });
    assertEquals(await Deno.readLink(`${path}/preserve/m/link`), "a");
  },
});
