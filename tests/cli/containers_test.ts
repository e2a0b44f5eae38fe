import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade mb and lade rb make and remove directories, as text and as JSON", async () => {
  await using directory = await TemporaryDirectory.make();
  const options = { cwd: directory.path };
  assertEquals(await runLade(["mb", "new"], options), {
    code: 0,
    stdout: `mb ${directory.uri("new/")}\n`,
    stderr: "",
  });
  assertEquals(await directory.tree(), { "new/": "" });
  assertEquals((await runLade(["mb", "new"], options)).code, 1);
  const json = await runLade(["rb", "--json", directory.uri("new/")], options);
  assertEquals([json.code, JSON.parse(json.stdout)], [0, {
    type: "operation",
    operation: "rb",
    destination: directory.uri("new/"),
    dryRun: false,
  }]);
  assertEquals(await directory.tree(), {});
});

Deno.test("lade mb fails on a container that exists and goes on to the next", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://old/x": "1" });
  const { code, stdout, stderr } = await cli.run(["mb", "memory://old", "memory://new"]);
  assertEquals([code, stdout], [1, "mb memory://new\n"]);
  assertStringIncludes(stderr, '"memory://old": the container exists already');
});

Deno.test("lade mb --dry-run makes nothing", async () => {
  await using cli = new CliHere();
  assertEquals((await cli.run(["mb", "--dry-run", "memory://new"])).stdout, "(dry run) mb memory://new\n");
  assertEquals((await cli.run(["ls", "memory://"])).stdout, "");
});

Deno.test("lade rb leaves a container that holds objects alone, unless -f says to empty it", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/x": "1", "memory://m/d/y": "2" });
  for (const dryRun of [["--dry-run"], []]) {
    const { code, stdout, stderr } = await cli.run(["rb", ...dryRun, "memory://m"]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, 'Cannot remove "memory://m": it holds objects; add -f to remove them too');
  }
  const lines = ["rm memory://m/d/y", "rm memory://m/x", "rb memory://m", ""];
  const dry = await cli.run(["rb", "-f", "--dry-run", "memory://m"]);
  assertEquals(dry.stdout, lines.map((line) => line && `(dry run) ${line}`).join("\n"));
  assertEquals((await cli.run(["rb", "-f", "memory://m"])).stdout, lines.join("\n"));
  assertEquals((await cli.run(["ls", "memory://"])).stdout, "");
});

Deno.test("lade rb never removes the root directory, and fails on what is missing", async () => {
  await using directory = await TemporaryDirectory.make();
  await using cli = new CliHere();
  for (const flags of [["--dry-run"], ["--dry-run", "-f"]]) {
    const { code, stderr } = await cli.run(["rb", ...flags, "/"]);
    assertEquals([code, /the root directory is not removed/.test(stderr)], [1, true], stderr);
  }
  assertEquals((await cli.run(["rb", `${directory.path}/nope`])).code, 1);
});

Deno.test("lade rb names what it leaves behind, and -f removes it", async () => {
  const unfinished = ".lade-0123456789abcdef-1~tmp";
  await using directory = await TemporaryDirectory.make({ [`b/d/${unfinished}`]: "" });
  await Deno.mkdir(`${directory.path}/c/d`, { recursive: true });
  await Deno.symlink("nowhere", `${directory.path}/c/d/link`);
  await using cli = new CliHere();
  for (const [name, left] of [["b", `b/d/${unfinished}`], ["c", "c/d/link"]] as const) {
    for (const dryRun of [["--dry-run"], []]) {
      const { code, stdout, stderr } = await cli.run(["rb", ...dryRun, `${directory.path}/${name}`]);
      assertEquals([code, stdout], [1, ""]);
      assertStringIncludes(stderr, `the directory holds ${JSON.stringify(`${directory.path}/${left}`)}`);
      assertStringIncludes(stderr, "add -f to remove");
    }
    const { code, stdout } = await cli.run(["rb", "-f", `${directory.path}/${name}`]);
    assertEquals([code, stdout], [0, `rm ${directory.uri(left)}\nrb ${directory.uri(`${name}/`)}\n`]);
  }
  assertEquals(await directory.tree(), {});
});

Deno.test("lade rb -f of what names no container removes nothing", async () => {
  await using directory = await TemporaryDirectory.make({ file: "1", "real/x": "2" });
  await Deno.symlink("real", `${directory.path}/link`);
  await using cli = new CliHere();
  const objects = { "memory://m/top": "1", "memory://m/pre/a": "2", "memory://m/other/b": "3" };
  await cli.fill(objects);
  const names = ["memory://m/pre/", "memory://m/top", "memory://m/nope", "memory://m/pre/a"];
  for (
    const name of [...names, `${directory.path}/file`, `${directory.path}/link`, `${directory.path}/link/`]
  ) {
    for (const dryRun of [["--dry-run"], []]) {
      const { code, stdout } = await cli.run(["rb", "-f", ...dryRun, name]);
      assertEquals([code, stdout], [1, ""], name);
    }
  }
  assertEquals(await cli.contents("memory://m/"), objects);
  assertEquals(await directory.tree("real/"), { "real/x": "2" });
});

Deno.test("lade rb refuses a link and a file by what they are, whatever the slash", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1" });
  await Deno.symlink("d", `${directory.path}/link`);
  for (const [name, noun] of [["link", "a symbolic link"], ["d/a", "a file"]] as const) {
    for (const slash of ["", "/"]) {
      for (const flags of [[], ["-f"]]) {
        const { code, stderr } = await runLade(["rb", ...flags, name + slash], { cwd: directory.path });
        const said = `lade: Cannot remove "${directory.uri(`${name}/`)}": it is ${noun}, no directory\n`;
        assertEquals([name, slash, code, stderr], [name, slash, 1, said]);
      }
    }
  }
  assertEquals(await Deno.readTextFile(`${directory.path}/link/a`), "1");
});
