import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade rm removes files, as text and as JSON", async () => {
  await using directory = await TemporaryDirectory.make({ a: "1", "d/b": "2" });
  const options = { cwd: directory.path };
  assertEquals(await runLade(["rm", "a"], options), {
    code: 0,
    stdout: `rm ${directory.uri("a")}\n`,
    stderr: "",
  });
  const json = await runLade(["rm", "--json", "d/b"], options);
  assertEquals(JSON.parse(json.stdout), {
    type: "operation",
    operation: "rm",
    destination: directory.uri("d/b"),
    dryRun: false,
  });
  assertEquals(await directory.tree(), { "d/": "" });
});

Deno.test("lade rm -r removes a directory with all it holds, and no sibling", async () => {
  await using directory = await TemporaryDirectory.make({
    "d/a": "1",
    "d/e/f": "2",
    "dd": "3",
    "d.txt": "4",
  });
  await Deno.mkdir(`${directory.path}/d/empty`);
  const { code, stdout, stderr } = await runLade(["rm", "-r", "d"], { cwd: directory.path });
  assertEquals([code, stdout.trim().split("\n").sort()], [0, [
    `rm ${directory.uri("d/a")}`,
    `rm ${directory.uri("d/e/f")}`,
  ]]);
  assertStringIncludes(stderr, "lade: rm did 2 objects in ");
  assertEquals(await directory.tree(), { dd: "3", "d.txt": "4" });
});

Deno.test("lade rm of a prefix needs -r", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1" });
  await using cli = new CliHere();
  await cli.fill({ "memory://m/d/a": "1" });
  for (const place of ["memory://m/d", "memory://m/d/", directory.path, `${directory.path}/`]) {
    const { code, stdout, stderr } = await cli.run(["rm", place]);
    assertEquals([code, stdout, /add -r to remove everything under it/.test(stderr)], [1, "", true], stderr);
  }
  assertEquals(await directory.tree(), { "d/a": "1" });
  assertEquals(await cli.contents("memory://m/"), { "memory://m/d/a": "1" });
});

Deno.test("lade rm fails on a missing object, unless -f takes it for removed", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/x": "1" });
  const { code, stdout, stderr } = await cli.run(["rm", "memory://m/n", "memory://m/x"]);
  assertEquals([code, stdout], [1, "rm memory://m/x\n"]);
  assertStringIncludes(stderr, 'lade: Cannot remove "memory://m/n": no such object\n');
  assertEquals((await cli.run(["rm", "-r", "memory://m/n"])).code, 1);
  for (const flags of [["-f"], ["-r", "-f"], ["-rf"]]) {
    assertEquals((await cli.run(["rm", ...flags, "memory://m/n"])).code, 0);
  }
});

Deno.test("lade rm -f prints no file that was not there", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1" });
  await using cli = new CliHere();
  const [a, none] = [directory.uri("d/a"), directory.uri("d/none")];
  for (const flags of [["-f"], ["-rf"], ["-f", "--dry-run"]]) {
    for (const name of [none, directory.uri("no/none"), `direct://${directory.path}/d/none`]) {
      assertEquals((await cli.run(["rm", ...flags, name])).stdout, "", `${flags} ${name}`);
    }
  }
  const { code, stdout, stderr } = await cli.run(["rm", "-f", none, a]);
  assertEquals([code, stdout], [0, `rm ${a}\n`]);
  assertStringIncludes(stderr, "rm did 1 object in");
});

Deno.test("lade rm --dry-run prints what would be removed, and removes nothing", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/a": "1", "memory://m/d/b": "2" });
  assertEquals(await cli.run(["rm", "-r", "--all", "--dry-run", "memory://m"]), {
    code: 0,
    stdout: "(dry run) rm memory://m/a\n(dry run) rm memory://m/d/b\n",
    stderr: "lade: rm would do 2 objects\n",
  });
  assertEquals((await cli.run(["rm", "--dry-run", "memory://m/a"])).stdout, "(dry run) rm memory://m/a\n");
  assertEquals((await cli.run(["rm", "--dry-run", "memory://m/n"])).code, 1);
  assertEquals(Object.keys(await cli.contents("memory://m/")), ["memory://m/a", "memory://m/d/b"]);
});

Deno.test("lade rm -r refuses the root directory and what is both object and prefix", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/x": "1", "memory://m/x/y": "2" });
  for (const place of ["file:///", "direct:///", "/"]) {
    const { code, stderr } = await cli.run(["rm", "-r", "--dry-run", place]);
    assertEquals([code, /the root directory is not removed/.test(stderr)], [1, true], stderr);
  }
  assertEquals((await cli.run(["rm", "-r", "memory://m/x"])).code, 1);
  assertEquals((await cli.run(["rm", "memory://m/x"])).stdout, "rm memory://m/x\n");
});

Deno.test("lade rm takes a name for another one's only within one container", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/p/x": "1", "memory://b/p/x": "2", "memory://b/p/y": "3" });
  const { code, stderr } = await cli.run(["rm", "-r", "memory://a/p/", "memory://b/p/x"]);
  assertEquals([code, stderr.includes("skip")], [0, false], stderr);
  assertEquals([await cli.contents("memory://a/"), await cli.contents("memory://b/")], [{}, {
    "memory://b/p/y": "3",
  }]);
});

Deno.test("lade rm removes what is named beside a pattern that leaves it out", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/p/x.tmp": "1", "memory://a/p/y": "2", "memory://a/p/z": "3" });
  const { code, stderr } = await cli.run(["rm", "--glob", "memory://a/p/*.tmp", "memory://a/p/y"]);
  assertEquals(code, 0, stderr);
  assertEquals(await cli.contents("memory://a/"), { "memory://a/p/z": "3" });
});
