import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade sync --delete deletes nothing where the source is empty or missing", async () => {
  await using directory = await TemporaryDirectory.make({ "out/x": "precious" });
  await Deno.mkdir(`${directory.path}/empty`);
  await using cli = new CliHere();
  const out = `${directory.path}/out`;
  const sync = (source: string, ...more: string[]) => cli.run(["sync", "--delete", ...more, source, out]);
  const empty = await sync(`${directory.path}/empty`);
  assertEquals([empty.code, empty.stderr], [
    1,
    `lade: Cannot sync "${directory.uri("empty/")}": it has nothing, and 1 object would be deleted; ` +
    "--allow-empty deletes it all the same\n",
  ]);
  for (const source of [`${directory.path}/missing`, `${directory.path}/missing/`]) {
    assertEquals((await sync(source, "--allow-empty")).code, 1);
  }
  assertEquals((await sync("memory://nothing/p/")).code, 1);
  assertEquals((await sync("memory://nothing/p", "--allow-empty")).code, 1);
  assertEquals(await directory.tree("out/"), { "out/x": "precious" });
  assertEquals((await sync(`${directory.path}/empty`, "--allow-empty")).code, 0);
  assertEquals(await directory.tree("out/"), {});
});

Deno.test("lade sync --delete deletes nothing where the source has nothing but marks of directories", async () => {
  await using directory = await TemporaryDirectory.make({ "out/x": "precious" });
  await using s3 = await S3Here.start({ objects: { "p/": "", "q/sub/": "" } });
  s3.fake.putObject("other", "x", "precious");
  for (const prefix of ["p", "q"]) {
    for (const to of [`${directory.path}/out`, "s3://other"]) {
      const { code, stderr } = await s3.run(["sync", "--delete", `s3://bucket/${prefix}/`, to]);
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, "it has nothing but marks of directories, and 1 object would be deleted");
    }
  }
  assertEquals((await directory.tree("out/"))["out/x"], "precious");
  assertEquals(s3.texts("other")["x"], "precious");
  assertEquals((await s3.run(["sync", "--delete", "--allow-empty", "s3://bucket/p/", "s3://other"])).code, 0);
  assertEquals(s3.texts("other")["x"], undefined);
});

Deno.test("lade sync --max-delete refuses before the first deletion, by number and by share", async () => {
  await using cli = new CliHere();
  const old = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`memory://b/${i}`, "old"]));
  await cli.fill({ ...old, "memory://a/new": "new" });
  const sync = (limit: string) =>
    cli.run(["sync", "--delete", "--max-delete", limit, "memory://a", "memory://b"]);
  const refused = await sync("8");
  assertEquals([refused.code, refused.stdout], [1, "cp memory://a/new memory://b/new\n"]);
  assertStringIncludes(
    refused.stderr,
    'Cannot sync "memory://b": 9 objects would be deleted, at most 8 may be; nothing was deleted',
  );
  const share = await sync("89%");
  assertStringIncludes(share.stderr, "9 objects would be deleted, at most 89 % of 10 may be");
  assertEquals(Object.keys(await cli.contents("memory://b/")).length, 10);
  assertEquals((await sync("90%")).code, 0);
  assertEquals(await cli.contents("memory://b/"), { "memory://b/new": "new" });
  for (const wrong of ["-1", "many", "101%", ""]) assertEquals((await sync(wrong)).code, 2, wrong);
});

Deno.test("lade sync never takes trees of which one lies in the other, by whatever name", async () => {
  await using directory = await TemporaryDirectory.make({ "d/in/x": "x", "d/y": "y" });
  const { path } = directory;
  await Deno.symlink(`${path}/d`, `${path}/link`);
  await using cli = new CliHere();
  const pairs = [
    [`${path}/d`, `${path}/d`],
    [`${path}/d`, `direct://${path}/d`],
    [`${path}/d`, `${path}/link`],
    [`${path}/d`, `${path}/d/in`],
    [`${path}/d/in`, `${path}/d`],
    [`${path}/link/in`, `${path}/d`],
    [`${path}/d`, `${path}/link/in/deeper`],
  ];
  for (const [source = "", destination = ""] of pairs) {
    const { code, stderr } = await cli.run(["sync", "--delete", source, destination]);
    assertEquals(code, 1, `${source} ${destination}`);
    assert(/is the same|lies in/.test(stderr), stderr);
  }
  assertEquals(await directory.tree("d/"), { "d/in/x": "x", "d/y": "y" });
});

Deno.test("lade sync --delete refuses trees of which one shows up in the other by another name", async () => {
  await using directory = await TemporaryDirectory.make({ "in/y": "y", "out/x": "x" });
  // A link that is followed stands for a directory that is mounted twice.
  await Deno.symlink("../out", `${directory.path}/in/sub`);
  const [source, target] = [`${directory.path}/in`, `${directory.path}/out`];
  for (const [from, to, why] of [[source, target, "lies in it, as"], [target, source, "it lies in"]]) {
    const { code, stderr } = await runLade([
      ...["sync", "--delete", "--config", "file.symlinks=follow"],
      ...[from ?? "", to ?? ""],
    ], { cwd: directory.path });
    assertEquals(code, 1);
    assertStringIncludes(stderr, why ?? "");
    assertStringIncludes(stderr, "nothing is deleted");
  }
  assertEquals((await directory.tree("out/"))["out/x"], "x");
});

Deno.test("lade sync finds one bucket behind two endpoints", async () => {
  await using s3 = await S3Here.start({ objects: { "p/x": "1", "p/in/y": "2" } });
  const { port } = new URL(s3.fake.url);
  // Only the first object shows that both are one bucket.
  const there = `s3://bucket@localhost:${port}`;
  for (
    const [source, destination] of [[`${there}/p/`, "s3://bucket/"], [there, "s3://bucket"], [
      there,
      "s3://bucket/p/",
    ]]
  ) {
    const { code, stderr } = await s3.run(["sync", "--delete", "-I", source ?? "", destination ?? ""]);
    assertEquals([code, /lies in|is the same/.test(stderr)], [1, true], stderr);
  }
  assertEquals(Object.keys(s3.texts()), ["p/in/y", "p/x"]);
});

Deno.test("lade sync follows and removes no link at a local destination", async () => {
  await using directory = await TemporaryDirectory.make({
    "in/file": "new content",
    "in/below/x": "new",
    "in/out/x": "new",
    "in/fine": "1",
    "out/target": "old",
    "out/real/x": "old",
    "out/real/extra": "extra",
    "elsewhere/x": "precious",
  });
  const { path } = directory;
  await Deno.symlink("target", `${path}/out/file`);
  await Deno.symlink("real", `${path}/out/below`);
  await Deno.symlink("../elsewhere", `${path}/out/out`);
  await Deno.symlink("nowhere", `${path}/out/broken`);
  await using cli = new CliHere();
  const { code, stdout, stderr } = await cli.run([
    "sync",
    "--ignore-times",
    "--delete",
    `${path}/in`,
    `${path}/out`,
  ]);
  assertEquals([code, stdout], [1, `cp ${directory.uri("in/fine")} ${directory.uri("out/fine")}\n`]);
  for (const name of ["file", "below", "out"]) {
    assertStringIncludes(stderr, `"${directory.uri(`out/${name}`)}" is in its way`);
  }
  assertEquals(await directory.tree("elsewhere/"), { "elsewhere/x": "precious" });
  assertEquals(Deno.readTextFileSync(`${path}/out/target`), "old");
  assertEquals(Deno.readTextFileSync(`${path}/out/real/x`), "old");
  for (const name of ["file", "below", "out", "broken"]) {
    assert(Deno.lstatSync(`${path}/out/${name}`).isSymlink, name);
  }
  for (const name of ["file", "below", "out"]) await Deno.remove(`${path}/in/${name}`, { recursive: true });
  const quiet = await cli.run(["sync", "--delete", `${path}/in`, `${path}/out`]);
  assertEquals(quiet.code, 0, quiet.stderr);
  for (const name of ["file", "below/x", "below/extra", "out", "broken"]) {
    assertStringIncludes(quiet.stderr, `skipped ${directory.uri(`out/${name}`)}: `);
  }
  for (const name of ["file", "below", "out", "broken"]) {
    assert(Deno.lstatSync(`${path}/out/${name}`).isSymlink, name);
  }
  assertEquals(await directory.tree("elsewhere/"), { "elsewhere/x": "precious" });
});

Deno.test("lade sync --delete never deletes what a filter leaves out, on either side", async () => {
  await using cli = new CliHere();
  await cli.fill({
    "memory://a/new.txt": "new",
    "memory://a/new.bin": "new",
    "memory://a/large.txt": "too large for the filter",
    "memory://b/large.txt": "small",
    "memory://b/gone.txt": "gone",
    "memory://b/gone.bin": "gone",
    "memory://b/old-large.txt": "too large for the filter",
  });
  const filter = ["--include", "*.txt", "--max-size", "10"];
  const { code, stdout } = await cli.run(["sync", "--delete", ...filter, "memory://a/", "memory://b/"]);
  assertEquals([code, stdout], [0, "cp memory://a/new.txt memory://b/new.txt\nrm memory://b/gone.txt\n"]);
  assertEquals(await cli.contents("memory://b/"), {
    "memory://b/gone.bin": "gone",
    "memory://b/large.txt": "small",
    "memory://b/new.txt": "new",
    "memory://b/old-large.txt": "too large for the filter",
  });
  const nothing = await cli.run(["sync", "--delete", "--include", "*.none", "memory://a/", "memory://b/"]);
  assertEquals(nothing.code, 0);
  await cli.fill({ "memory://b/x.none": "x" });
  const refused = await cli.run(["sync", "--delete", "--include", "*.none", "memory://a/", "memory://b/"]);
  assertEquals([refused.code, refused.stderr], [
    1,
    'lade: Cannot sync "memory://a": it has nothing that the filter takes, and 1 object would be deleted; ' +
    "--allow-empty deletes it all the same\n",
  ]);
});

Deno.test("lade sync --delete keeps what has the name of something that is no object at the source", async () => {
  await using directory = await TemporaryDirectory.make({
    "in/kept": "kept",
    "elsewhere": "outside",
    "out/broken": "was a file at the source",
    "out/pipe": "was a file at the source",
    "out/outer/x": "was a directory at the source",
    "out/gone": "gone",
  });
  const { path } = directory;
  await Deno.symlink("nowhere", `${path}/in/broken`);
  const { success } = await new Deno.Command("mkfifo", { args: [`${path}/in/pipe`] }).output();
  assert(success);
  await using cli = new CliHere();
  const sync = () => cli.run(["sync", "--delete", `${path}/in`, `${path}/out`]);
  const { code, stdout } = await sync();
  assertEquals([code, stdout.split("\n").filter((line) => line.startsWith("rm ")).sort()], [0, [
    `rm ${directory.uri("out/gone")}`,
    `rm ${directory.uri("out/outer/x")}`,
  ]]);
  assertEquals(Object.keys(await directory.tree("out/")), ["out/broken", "out/kept", "out/pipe"]);
  // A link that leads out has bytes that would be missed, so that nothing is deleted at all.
  await Deno.symlink("../elsewhere", `${path}/in/outer`);
  await directory.write("out/gone", "gone");
  const refused = await sync();
  assertEquals([refused.code, refused.stdout], [1, ""]);
  assertStringIncludes(refused.stderr, "1 object stays that the source does not have");
});

Deno.test("lade sync makes directories of what marks them, once, and deletes no mark that files cannot have", async () => {
  await using s3 = await S3Here.start({
    objects: { "p/empty/": "", "p/full/": "", "p/full/x": "x", "p/": "" },
  });
  await using directory = await TemporaryDirectory.make();
  const out = `${directory.path}/out`;
  const down = () => s3.run(["sync", "--delete", "s3://bucket/p/", out]);
  assertEquals((await down()).code, 0);
  assertEquals(await directory.tree("out/"), { "out/empty/": "", "out/full/x": "x" });
  const again = await down();
  assertEquals([again.code, again.stdout], [0, ""], again.stderr);
  await Deno.remove(`${out}/full/x`);
  await directory.write("out/new", "new");
  const up = await s3.run(["sync", "--delete", out, "s3://bucket/p/"]);
  assertEquals([up.code, up.stdout], [
    0,
    `cp ${directory.uri("out/new")} s3://bucket/p/new\nrm s3://bucket/p/full/x\n`,
  ], up.stderr);
  assertEquals(s3.texts(), { "p/": "", "p/empty/": "", "p/full/": "", "p/new": "new" });
});
