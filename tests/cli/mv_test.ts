import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ChecksumMismatchError, PreconditionFailedError } from "@lade/core";
import { Lade } from "@lade/lade";
import { locate } from "../../packages/cli/places/place.ts";
import { moveObject } from "../../packages/cli/transfer/move_object.ts";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade mv renames a file, as text and as JSON", async () => {
  await using directory = await TemporaryDirectory.make({ a: "content" });
  const options = { cwd: directory.path };
  assertEquals(await runLade(["mv", "a", "d/b"], options), {
    code: 0,
    stdout: `mv ${directory.uri("a")} ${directory.uri("d/b")}\n`,
    stderr: "",
  });
  const json = await runLade(["--json", "mv", "d/b", `direct://${directory.path}/c`], options);
  assertEquals(JSON.parse(json.stdout), {
    type: "operation",
    operation: "mv",
    source: directory.uri("d/b"),
    destination: `direct://${directory.path}/c`,
    size: 7,
    dryRun: false,
  });
  assertEquals(await directory.tree(), { "d/": "", c: "content" });
});

Deno.test("lade mv -r moves a directory and leaves nothing of it, within and between stores", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1", "d/b/c": "2" });
  await using cli = new CliHere();
  await Deno.mkdir(`${directory.path}/d/empty`);
  assertEquals((await cli.run(["mv", "-r", `${directory.path}/d`, `${directory.path}/e`])).code, 0);
  assertEquals(await directory.tree(), { "e/a": "1", "e/b/c": "2" });
  assertEquals((await cli.run(["mv", "-r", `${directory.path}/e`, "memory://m/p"])).code, 0);
  assertEquals(await directory.tree(), {});
  assertEquals(await cli.contents("memory://m/"), { "memory://m/p/a": "1", "memory://m/p/b/c": "2" });
});

Deno.test("lade mv --dry-run moves nothing", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "1" });
  const { stdout } = await cli.run(["mv", "--dry-run", "-r", "memory://a", "memory://b"]);
  assertEquals(stdout, "(dry run) mv memory://a/x memory://b/x\n");
  assertEquals(await cli.contents("memory://a/"), { "memory://a/x": "1" });
  assertEquals(await cli.contents("memory://b/"), {});
});

Deno.test("lade mv keeps the source of what fails", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1", "d/b": "2", "e/b/x": "" });
  await using cli = new CliHere();
  const { code } = await cli.run(["mv", "-r", `${directory.path}/d`, `direct://${directory.path}/e`]);
  assertEquals([code, await directory.tree()], [1, { "d/b": "2", "e/a": "1", "e/b/x": "" }]);
});

Deno.test("lade mv --no-clobber keeps both when the destination exists", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "1", "memory://b/x": "2", "memory://a/y": "3" });
  for (const to of ["memory://b/x", "memory://a/y"]) {
    assertEquals((await cli.run(["mv", "-n", "memory://a/x", to])).stdout, "");
  }
  assertEquals(await cli.contents("memory://a/"), { "memory://a/x": "1", "memory://a/y": "3" });
  assertEquals(await cli.contents("memory://b/"), { "memory://b/x": "2" });
});

Deno.test("lade mv never removes a file that it moved onto itself", async () => {
  await using directory = await TemporaryDirectory.make({ a: "precious" });
  await using cli = new CliHere();
  await Deno.symlink("a", `${directory.path}/link`);
  await Deno.link(`${directory.path}/a`, `${directory.path}/hard`);
  const { path } = directory;
  for (const to of [`direct://${path}/a`, `${path}/a`, `direct://${path}/link`, `direct://${path}/hard`]) {
    const { code, stderr } = await cli.run(["mv", `${path}/a`, to]);
    assertEquals([code, /same/.test(stderr)], [1, true], stderr);
    assertEquals(await Deno.readTextFile(`${path}/a`), "precious");
  }
});

Deno.test("moveObject() keeps the source when the copy differs from it", async () => {
  await using lade = new Lade();
  await lade.put("memory://a/x", "12345");
  const from = await locate(lade, "memory://a/x");
  const to = await locate(lade, "memory://b/x");
  const store = new Proxy(to.store, {
    get(target, name) {
      if (name === "head") return async () => ({ ...await target.head("x"), size: 4 });
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const error = await assertRejects(() => moveObject(from, { ...to, store }, {}), ChecksumMismatchError);
  assertStringIncludes(error.message, "it has 4 bytes, the source 5; the source is kept");
  assertEquals((await lade.stat("memory://a/x")).size, 5);
});

Deno.test("moveObject() keeps a source that changed while it was copied", async () => {
  await using lade = new Lade();
  await lade.put("memory://a/x", "12345");
  const from = await locate(lade, "memory://a/x");
  const to = await locate(lade, "memory://b/x");
  const store = new Proxy(to.store, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name === "head") {
        return async (key: string) => {
          await lade.put("memory://a/x", "67890");
          return await target.head(key);
        };
      }
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await assertRejects(() => moveObject(from, { ...to, store }, {}), PreconditionFailedError);
  assertEquals(new TextDecoder().decode(await lade.get("memory://a/x")), "67890");
});

Deno.test("lade mv keeps a file whose destination is itself behind a link to its directory", async () => {
  await using directory = await TemporaryDirectory.make({
    "d/f": "the only copy",
    "tree/d/f": "another",
    "into/g": "",
  });
  await Deno.symlink("d", `${directory.path}/way`);
  await Deno.symlink("../tree/d", `${directory.path}/into/d`);
  await using cli = new CliHere();
  for (const to of ["way/f", "way/"]) {
    const { code, stdout, stderr } = await cli.run([
      "mv",
      `${directory.path}/d/f`,
      `${directory.path}/${to}`,
    ]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(
      stderr,
      `Cannot rename "${directory.uri("d/f")}": "${directory.uri("way/f")}" is the same file`,
    );
  }
  assertEquals(await Deno.readTextFile(`${directory.path}/d/f`), "the only copy");
  const { code } = await cli.run(["mv", "-r", `${directory.path}/tree`, `${directory.path}/into/`]);
  assertEquals(code, 1);
  assertEquals(await Deno.readTextFile(`${directory.path}/tree/d/f`), "another");
});
