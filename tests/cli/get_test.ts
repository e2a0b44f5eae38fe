import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade get downloads to the working directory by default, and to standard output by -", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "content" });
  const options = { cwd: directory.path };
  assertEquals(await runLade(["get", directory.uri("d/a")], options), {
    code: 0,
    stdout: `get ${directory.uri("d/a")} ${directory.uri("a")}\n`,
    stderr: "",
  });
  assertEquals(await runLade(["get", "d/a", "-"], options), { code: 0, stdout: "content", stderr: "" });
  assertEquals(await runLade(["get", "--json", "d/a", "-"], options), {
    code: 0,
    stdout: "content",
    stderr: "",
  });
  assertEquals(await directory.tree(), { a: "content", "d/a": "content" });
});

Deno.test("lade get -r writes nothing outside its destination, reports it, and downloads the rest", async () => {
  await using directory = await TemporaryDirectory.make({ outside: "safe" });
  await using cli = new CliHere();
  const good = { "memory://m/p/a": "1", "memory://m/p/b/c": "2", "memory://m/p/..d/e..": "3" };
  const bad = ["../outside", "b/../../outside", "..", "x/..", "./y", "/etc/evil", "x//y", "a\\..\\b", "x\0y"];
  await cli.fill(good);
  for (const name of bad) await cli.lade.put(`memory://m/p/${name}`, "evil");
  await (await cli.lade.locate("memory://m")).store.put("p/dir/", new Uint8Array());
  for (const dryRun of [["--dry-run"], []]) {
    const { code, stdout, stderr } = await cli.run([
      "get",
      "-r",
      ...dryRun,
      "memory://m/p/",
      `${directory.path}/to`,
    ]);
    assertEquals([code, stdout.trim().split("\n").length], [1, 4], stderr);
    assertEquals(stderr.match(/which could lead out of/g)?.length, bad.length, stderr);
    assertStringIncludes(stderr, `4 objects, ${bad.length} failed`);
  }
  assertEquals(await directory.tree(), {
    outside: "safe",
    "to/a": "1",
    "to/b/c": "2",
    "to/..d/e..": "3",
    "to/dir/": "",
  });
});

Deno.test("lade get takes no name that leads out of the destination for a single object either", async () => {
  await using directory = await TemporaryDirectory.make({ "d/x": "" });
  await using cli = new CliHere();
  for (const name of ["a/..", "a/."]) {
    await cli.lade.put(`memory://m/${name}`, "evil");
    const { code, stdout } = await cli.run(["get", `memory://m/${name}`, `${directory.path}/d/`]);
    assertEquals([code, stdout], [1, ""]);
  }
  assertEquals(await directory.tree(), { "d/x": "" });
});

Deno.test("lade get -r does not write through a symbolic link that leads out of its destination", async () => {
  await using directory = await TemporaryDirectory.make({ "outside/kept": "safe", "to/a": "old" });
  await using cli = new CliHere();
  await Deno.symlink("../outside", `${directory.path}/to/link`);
  await cli.fill({ "memory://m/link/kept": "evil", "memory://m/a": "new" });
  const { code, stdout, stderr } = await cli.run(["get", "-r", "memory://m", `${directory.path}/to`]);
  assertEquals([code, stdout], [1, `get memory://m/a ${directory.uri("to/a")}\n`]);
  assertStringIncludes(stderr, "a symbolic link leads out of");
  assertEquals(await Deno.readTextFile(`${directory.path}/outside/kept`), "safe");
});

Deno.test("lade get --decompress takes .zst off the name and the bytes, and leaves other objects as they are", async () => {
  await using directory = await TemporaryDirectory.make({ plain: "plain" });
  await using cli = new CliHere();
  const text = "text ".repeat(100_000);
  await cli.run(["put", "--zstd", "3", "-", "memory://m/x"], { stdin: [text] });
  await cli.fill({ "memory://m/plain": "plain", "memory://m/broken.zst": "no zstd" });
  const { code, stderr } = await cli.run(["get", "--decompress", "-r", "memory://m", `${directory.path}/to`]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "memory://m/broken.zst");
  assertEquals(await directory.tree("to/"), { "to/plain": "plain", "to/x": text });
  assertEquals((await cli.run(["get", "--decompress", "memory://m/x.zst", "-"])).stdout === text, true);
});

Deno.test("lade get refuses a destination that is not local, with exit code 2", async () => {
  await using cli = new CliHere();
  const { code, stderr } = await cli.run(["get", "memory://m/x", "memory://n/x"]);
  assertEquals([code, stderr], [2, 'lade: get writes local files: use cp to copy to "memory://n/x".\n']);
});

Deno.test("lade get says what to do about a permission that is missing", async () => {
  await using directory = await TemporaryDirectory.make({ a: "" });
  const options = { cwd: directory.path, readOnly: true };
  const { code, stdout, stderr } = await runLade(["get", "a", "b"], options);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, "--allow-write");
});

Deno.test("lade get makes its destination directory, but not when there is nothing to put in it", async () => {
  await using directory = await TemporaryDirectory.make();
  await using cli = new CliHere();
  await cli.fill({ "memory://m/x": "1" });
  assertEquals((await cli.run(["get", "memory://m/nope", `${directory.path}/new/`])).code, 1);
  assertEquals((await cli.run(["get", "--dry-run", "memory://m/x", `${directory.path}/new/`])).code, 0);
  assertEquals(await directory.tree(), {});
  assertEquals((await cli.run(["get", "memory://m/x", `${directory.path}/new/er/`])).code, 0);
  assertEquals(await directory.tree(), { "new/er/x": "1" });
});
