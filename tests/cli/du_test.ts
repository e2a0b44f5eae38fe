import { assertEquals } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade du sums up a local directory, as text and as JSON", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "12", "d/e/b": "345", c: "6" });
  const options = { cwd: directory.path, readOnly: true };
  assertEquals(await runLade(["du", "d"], options), {
    code: 0,
    stdout: `            5         2 ${directory.uri("d/")}\n`,
    stderr: "",
  });
  const json = await runLade(["du", "--json", "-d", "1", "d"], options);
  assertEquals(json.stdout.trim().split("\n").map((line) => JSON.parse(line)), [
    { type: "usage", uri: directory.uri("d/e/"), size: 3, objects: 1 },
    { type: "usage", uri: directory.uri("d/"), size: 5, objects: 2 },
  ]);
});

Deno.test("lade du --max-depth sums up each level once, deepest first", async () => {
  await using cli = new CliHere();
  await cli.fill({
    "memory://a/1": "1",
    "memory://a/b": "22",
    "memory://a/b-": "22",
    "memory://a/b/c/d/e": "333",
    "memory://a/b/c/f": "4444",
    "memory://a/b/g": "55555",
    "memory://a/z/y": "",
  });
  const lines = async (depth: number) => {
    const { stdout } = await cli.run(["du", "-d", String(depth), "memory://a"]);
    return stdout.trim().split("\n").map((line) => line.trim().replaceAll(/ +/g, " "));
  };
  assertEquals(await lines(0), ["17 7 memory://a"]);
  assertEquals(await lines(1), ["12 3 memory://a/b/", "0 1 memory://a/z/", "17 7 memory://a"]);
  assertEquals(await lines(3), [
    "3 1 memory://a/b/c/d/",
    "7 2 memory://a/b/c/",
    "12 3 memory://a/b/",
    "0 1 memory://a/z/",
    "17 7 memory://a",
  ]);
});

Deno.test("lade du takes objects and prefixes, prints sizes for people, and fails on what is missing", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "x".repeat(2048), "memory://a/x/y": "1" });
  const { code, stdout, stderr } = await cli.run(["du", "-H", "memory://a/x", "memory://a/n"]);
  assertEquals(code, 1);
  assertEquals(stdout, "     2.00 KiB         1 memory://a/x\n          1 B         1 memory://a/x/\n");
  assertEquals(stderr, 'lade: Cannot sum up "memory://a/n": no such object or prefix\n');
});
