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
    assertStringIncludes(stderr, 'Cannot remove "memory://m": it holds objects, add -f to remove them too');
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

Deno.test("lade rb and rm -r name what they leave behind and what may be done about it", async () => {
  const unfinished = ".lade-0123456789abcdef-1~tmp";
  await using directory = await TemporaryDirectory.make({
    [`b/d/${unfinished}`]: "",
    "c/d/z": "",
    "c/empty/z": "",
  });
  await Deno.remove(`${directory.path}/c/empty/z`);
  await Deno.remove(`${directory.path}/c/d/z`);
  await Deno.symlink("nowhere", `${directory.path}/c/d/link`);
  await using cli = new CliHere();
  for (const args of [["rb"], ["rb", "-f"], ["rm", "-r"]]) {
    for (const [name, left] of [["b", `b/d/${unfinished}`], ["c", "c/d/link"]] as const) {
      const { code, stdout, stderr } = await cli.run([...args, `${directory.path}/${name}`]);
      assertEquals([code, stdout], [1, ""]);
      const path = JSON.stringify(`${directory.path}/${left}`);
      assertStringIncludes(stderr, `the directory holds something that is no object, ${path}`);
      assertEquals(stderr.includes("this file may be removed"), name === "b");
    }
  }
});
