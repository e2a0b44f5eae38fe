import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade cp copies a file and prints what it did, as text and as JSON", async () => {
  await using directory = await TemporaryDirectory.make({ a: "content" });
  const options = { cwd: directory.path };
  assertEquals(await runLade(["cp", "a", `direct://${directory.path}/b`], options), {
    code: 0,
    stdout: `cp ${directory.uri("a")} direct://${directory.path}/b\n`,
    stderr: "",
  });
  const json = await runLade(["cp", "--json", "b", "c"], options);
  assertEquals([json.code, json.stderr, JSON.parse(json.stdout)], [0, "", {
    type: "operation",
    operation: "cp",
    source: directory.uri("b"),
    destination: directory.uri("c"),
    size: 7,
    dryRun: false,
  }]);
  assertEquals(await directory.tree(), { a: "content", b: "content", c: "content" });
});

Deno.test("lade cp -r copies a tree, goes on after a failure, sums up and exits with 1", async () => {
  await using directory = await TemporaryDirectory.make({
    "d/a": "1",
    "d/b/c": "22",
    "d/e": "333",
    "new/e/x": "",
  });
  const { code, stdout, stderr } = await runLade(["cp", "-r", "d", "new"], { cwd: directory.path });
  assertEquals(code, 1);
  assertEquals(stdout.trim().split("\n").sort(), [
    `cp ${directory.uri("d/a")} ${directory.uri("new/a")}`,
    `cp ${directory.uri("d/b/c")} ${directory.uri("new/b/c")}`,
  ]);
  const [error = "", summary = ""] = stderr.split("\n");
  assertStringIncludes(error, `"${directory.uri("new/e")}"`);
  assertStringIncludes(summary, "lade: cp did 2 objects, 1 failed, 3 B in ");
  assertEquals(await directory.tree("new/"), { "new/a": "1", "new/b/c": "22", "new/e/x": "" });
});

Deno.test("lade cp --dry-run prints what would be done, and does nothing", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1", "d/b/c": "22" });
  const options = { cwd: directory.path, readOnly: true };
  const { code, stdout, stderr } = await runLade(["cp", "--dry-run", "-r", "d", "new"], options);
  assertEquals([code, stderr], [0, "lade: cp would do 2 objects, 3 B\n"]);
  assertEquals(stdout.trim().split("\n").sort(), [
    `(dry run) cp ${directory.uri("d/a")} ${directory.uri("new/a")}`,
    `(dry run) cp ${directory.uri("d/b/c")} ${directory.uri("new/b/c")}`,
  ]);
  const json = await runLade(["cp", "--dry-run", "--json", "d/a", "x"], options);
  assertEquals(JSON.parse(json.stdout), {
    type: "operation",
    operation: "cp",
    source: directory.uri("d/a"),
    destination: directory.uri("x"),
    size: 1,
    dryRun: true,
  });
  assertEquals((await runLade(["cp", "--dry-run", "nope", "x"], options)).code, 1);
  assertEquals(await directory.tree(), { "d/a": "1", "d/b/c": "22" });
});

Deno.test("lade cp --no-clobber leaves what exists alone, also in a dry run", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "new", "memory://a/y": "new", "memory://b/x": "old" });
  const skipped = "skipped memory://a/x: its destination exists\n";
  const dry = await cli.run(["cp", "-n", "-r", "--dry-run", "memory://a", "memory://b"]);
  assertEquals(dry, {
    code: 0,
    stdout: "(dry run) cp memory://a/y memory://b/y\n",
    stderr: `${skipped}lade: cp would do 1 object, 1 skipped, 3 B\n`,
  });
  const { code, stdout, stderr } = await cli.run(["cp", "-n", "-r", "memory://a", "memory://b"]);
  assertEquals([code, stdout], [0, "cp memory://a/y memory://b/y\n"]);
  assertStringIncludes(stderr, skipped);
  assertEquals(await cli.contents("memory://b/"), { "memory://b/x": "old", "memory://b/y": "new" });
});

Deno.test("lade cp stores attributes, on an object itself too", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "1" });
  const attributes = ["--content-type", "text/plain", "--metadata", "Owner=me", "--metadata", "k=v=w"];
  assertEquals((await cli.run(["cp", ...attributes, "memory://a/x", "memory://a/x"])).code, 0);
  const { contentType, metadata, size } = await cli.lade.stat("memory://a/x");
  assertEquals([contentType, metadata, size], ["text/plain", { owner: "me", k: "v=w" }, 1]);
  const same = await cli.run(["cp", "memory://a/x", "memory://a/x"]);
  assertEquals([same.code, same.stderr], [
    1,
    'lade: Cannot cp "memory://a/x": source and destination are the same\n',
  ]);
});

Deno.test("lade cp refuses to copy a file onto itself, by whatever name, and copies the rest of a tree", async () => {
  await using directory = await TemporaryDirectory.make({
    "d/f": "precious",
    "d/g": "other",
    "d/h": "more",
    "e/h": "old",
  });
  await using cli = new CliHere();
  const { path } = directory;
  await Deno.link(`${path}/d/f`, `${path}/e/f`);
  await Deno.symlink("../d/f", `${path}/e/link`);
  await Deno.symlink("d", `${path}/way`);
  const inode = (await Deno.stat(`${path}/d/f`)).ino;
  for (const to of ["d/f", "e/f", "e/link", "e/", "way/f", "way/"]) {
    for (const scheme of ["file", "direct"]) {
      const args = ["cp", `${path}/d/f`, `${scheme}://${path}/${to}`];
      const { code, stdout, stderr } = await cli.run(args);
      assertEquals([code, stdout, /same/.test(stderr)], [1, "", true], `${args}: ${stderr}`);
    }
  }
  const { code, stderr } = await cli.run(["cp", "-r", `${path}/d`, `${path}/e/`]);
  assertEquals([code, stderr.includes(`"${directory.uri("e/f")}" is the same file`)], [1, true], stderr);
  const texts = Object.fromEntries(
    ["d/f", "e/f", "e/link", "e/g", "e/h"].map((name) => [name, Deno.readTextFileSync(`${path}/${name}`)]),
  );
  assertEquals(texts, {
    "d/f": "precious",
    "e/f": "precious",
    "e/link": "precious",
    "e/g": "other",
    "e/h": "more",
  });
  assertEquals([(await Deno.stat(`${path}/d/f`)).ino, (await Deno.stat(`${path}/e/f`)).ino], [inode, inode]);
});

Deno.test("lade cp refuses two sources that would go to the same name", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "1", "memory://b/x": "2" });
  const { code, stdout, stderr } = await cli.run(["cp", "memory://a/x", "memory://b/x", "memory://c/"]);
  assertEquals([code, stdout], [1, "cp memory://a/x memory://c/x\n"]);
  assertStringIncludes(stderr, 'Cannot cp "memory://b/x": "memory://a/x" goes to "memory://c/x" already');
});

Deno.test("lade cp refuses to guess which of an object and a prefix of one name is meant", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "1", "memory://a/x/y": "2" });
  const both = await cli.run(["cp", "-r", "memory://a/x", "memory://b/"]);
  assertEquals([both.code, both.stdout], [1, ""]);
  assertStringIncludes(both.stderr, "it is an object and also a prefix; add a slash");
  assertEquals(
    (await cli.run(["cp", "-r", "memory://a/x/", "memory://b/"])).stdout,
    "cp memory://a/x/y memory://b/y\n",
  );
  assertEquals(
    (await cli.run(["cp", "memory://a/x", "memory://b/"])).stdout,
    "cp memory://a/x memory://b/x\n",
  );
});

Deno.test("lade cp refuses to copy a tree into itself by another name of the place", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1" });
  await using cli = new CliHere();
  await Deno.symlink(`${directory.path}/d`, `${directory.path}/link`);
  for (
    const to of [
      `direct://${directory.path}/d/sub`,
      `${directory.path}/link/sub`,
      `${directory.path}/d/../d/x`,
    ]
  ) {
    const { code, stderr } = await cli.run(["cp", "-r", `${directory.path}/d`, to]);
    assertEquals([code, /lies in it/.test(stderr)], [1, true], stderr);
  }
});

Deno.test("lade cp --zstd compresses, adds .zst, and leaves alone what has it", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "x".repeat(10_000), "memory://a/y.zst": "not touched" });
  const { code, stdout } = await cli.run(["cp", "--zstd", "19", "-r", "memory://a", "memory://b"]);
  assertEquals([code, stdout.trim().split("\n").sort()], [0, [
    "cp memory://a/x memory://b/x.zst",
    "cp memory://a/y.zst memory://b/y.zst",
  ]]);
  assertEquals((await cli.lade.stat("memory://b/x.zst")).size < 100, true);
  await cli.lade.put("memory://a/m", "1", { contentType: "text/plain", metadata: { owner: "me" } });
  await cli.run(["cp", "--zstd", "1", "memory://a/m", "memory://b/"]);
  const { contentType, metadata } = await cli.lade.stat("memory://b/m.zst");
  assertEquals([contentType, metadata], ["application/zstd", { owner: "me" }]);
  assertEquals((await cli.contents("memory://b/y.zst"))["memory://b/y.zst"], "not touched");
  assertEquals((await cli.run(["cp", "--zstd", "23", "memory://a/x", "memory://b/"])).code, 2);
  assertEquals((await cli.run(["cp", "--zstd", "1", "memory://a/x", "-"])).code, 2);
  await cli.fill({ "memory://c/x": "1", "memory://c/x.zst": "2" });
  const clash = await cli.run(["cp", "--zstd", "1", "-r", "memory://c", "memory://d"]);
  assertEquals([clash.code, clash.stdout], [1, "cp memory://c/x memory://d/x.zst\n"]);
  assertStringIncludes(clash.stderr, '"memory://c/x" goes to the same name');
});

Deno.test("lade cp -r copies what lies deeper than a key may be long", async () => {
  await using directory = await TemporaryDirectory.make();
  await using cli = new CliHere();
  const deep = Array(5).fill("d".repeat(190)).join("/");
  await directory.write(`${"e".repeat(100)}/${deep}/file`, "deep");
  const { code, stderr } = await cli.run([
    "cp",
    "-r",
    `${directory.path}/${"e".repeat(100)}`,
    `${directory.path}/to`,
  ]);
  assertEquals(code, 0, stderr);
  assertEquals(await directory.tree("to/"), { [`to/${deep}/file`]: "deep" });
});

Deno.test("lade cp -r reads no file behind a link that takes the place of a listed one", async () => {
  await using directory = await TemporaryDirectory.make({ "s/a": "1", "s/b": "2", secret: "secret" });
  await using cli = new CliHere();
  const { path } = directory;
  const { store } = await cli.lade.locate(directory.uri("s/"));
  const list = store.list.bind(store);
  store.list = async function* (...args) {
    for await (const meta of list(...args)) {
      if (meta.key === "b") {
        await Deno.remove(`${path}/s/b`);
        await Deno.symlink(`${path}/secret`, `${path}/s/b`);
      }
      yield meta;
    }
  };
  const { code, stderr } = await cli.run(["cp", "-r", `${path}/s/`, `${path}/d`]);
  assertEquals([code, /leads out of/.test(stderr)], [1, true], stderr);
  assertEquals(await Deno.readTextFile(`${path}/d/a`), "1");
  assertEquals(Array.from(Deno.readDirSync(`${path}/d`), ({ name }) => name), ["a"]);
});

Deno.test("lade cp -r takes empty directories along to a local place, and tells of them elsewhere", async () => {
  await using directory = await TemporaryDirectory.make({ "s/a": "1", "s/pipes/x": "" });
  await using cli = new CliHere();
  const { path } = directory;
  await Deno.mkdir(`${path}/s/empty/deeper`, { recursive: true });
  for (
    const args of [["cp", "-r", `${path}/s`, `${path}/d`], ["get", "-r", `${path}/s`, `direct://${path}/e`]]
  ) {
    const { code, stdout, stderr } = await cli.run(args);
    assertEquals([code, /s\/empty\/deeper\/ /.test(stdout)], [0, true], stderr);
  }
  assertEquals([
    (await directory.tree("d/"))["d/empty/deeper/"],
    (await directory.tree("e/"))["e/empty/deeper/"],
  ], [
    "",
    "",
  ]);
  const away = await cli.run(["cp", "-r", `${path}/s`, "memory://m/s"]);
  assertEquals(away.code, 0);
  assertStringIncludes(away.stderr, `skipped ${directory.uri("s/empty/deeper/")}: it is an empty directory`);
});

Deno.test("with -r there is one source, for cp as for mv: what lies below it goes below the destination", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "1", "memory://c/z": "2" });
  for (const command of ["cp", "mv"]) {
    const { code, stderr } = await cli.run([command, "-r", "memory://a", "memory://c", "memory://to"]);
    assertEquals([code, stderr.split(",")[0]], [2, "lade: With -r there is one source"]);
  }
  assertEquals(await cli.contents("memory://to/"), {});
});

Deno.test("lade cp --fail-fast ends at the first failure and says what is not done", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "to/2/x": "in the way" });
  await cli.fill(Object.fromEntries(["0", "1", "2", "3", "4"].map((key) => [`memory://a/${key}`, key])));
  const args = ["cp", "-r", "-j", "1", "--fail-fast", "memory://a", `${directory.path}/to`];
  const { code, stdout, stderr } = await cli.run(args);
  assertEquals([code, stdout.trim().split("\n").length], [1, 2]);
  assertStringIncludes(stderr, "lade: cp did 2 objects, 1 failed, 2 not begun or given up, 2 B in ");
  const json = await cli.run([...args, "--json"]);
  const summary = JSON.parse(json.stderr.trim().split("\n").at(-1) ?? "");
  assertEquals([json.code, summary.objects, summary.failed, summary.notDone, summary.isPlanned], [
    1,
    2,
    1,
    2,
    true,
  ]);
  const rest = await cli.run(args.filter((arg) => arg !== "--fail-fast"));
  assertStringIncludes(rest.stderr, "lade: cp did 4 objects, 1 failed, 4 B in ");
});
