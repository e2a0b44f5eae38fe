import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const timeless = (text: string) => text.replaceAll(/ in \d+\.\d+ s(?:, [^\n]*\/s)?/g, "");

Deno.test("lade sync copies what is new or changed, and the second time nothing", async () => {
  await using cli = new CliHere();
  await cli.fill({
    "memory://a/d/new": "22",
    "memory://a/longer": "now longer",
    "memory://b/longer": "old",
    "memory://b/kept": "not there",
  });
  const first = await cli.run(["sync", "memory://a/", "memory://b"]);
  assertEquals({ ...first, stderr: timeless(first.stderr) }, {
    code: 0,
    stdout: "cp memory://a/d/new memory://b/d/new\ncp memory://a/longer memory://b/longer\n",
    stderr: "lade: sync did 2 objects, 0 unchanged, 12 B\n",
  });
  const second = await cli.run(["sync", "memory://a", "memory://b/"]);
  assertEquals([second.code, second.stdout, timeless(second.stderr)], [
    0,
    "",
    "lade: sync did 0 objects, 2 unchanged\n",
  ]);
  assertEquals(await cli.contents("memory://b/"), {
    "memory://b/d/new": "22",
    "memory://b/kept": "not there",
    "memory://b/longer": "now longer",
  });
});

Deno.test("lade sync --delete deletes last, prints what it does as commands, and as JSON", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/z": "1", "memory://b/a": "gone", "memory://b/sub/b": "gone" });
  const dry = await cli.run(["sync", "--delete", "--dry-run", "memory://a/", "memory://b/"]);
  assertEquals(dry, {
    code: 0,
    stdout:
      "(dry run) cp memory://a/z memory://b/z\n(dry run) rm memory://b/a\n(dry run) rm memory://b/sub/b\n",
    stderr: "lade: sync would do 1 object, 0 unchanged, 2 deleted, 1 B\n",
  });
  assertEquals(Object.keys(await cli.contents("memory://b/")), ["memory://b/a", "memory://b/sub/b"]);
  const { code, stdout, stderr } = await cli.run([
    "sync",
    "--delete",
    "--json",
    "memory://a/",
    "memory://b/",
  ]);
  assertEquals(code, 0);
  assertEquals(stdout.trim().split("\n").map((line) => JSON.parse(line)), [
    {
      type: "operation",
      operation: "cp",
      source: "memory://a/z",
      destination: "memory://b/z",
      size: 1,
      dryRun: false,
    },
    { type: "operation", operation: "rm", destination: "memory://b/a", dryRun: false },
    { type: "operation", operation: "rm", destination: "memory://b/sub/b", dryRun: false },
  ]);
  const { elapsedMs: _, ...summary } = JSON.parse(stderr);
  assertEquals(summary, {
    type: "summary",
    operation: "sync",
    objects: 1,
    bytes: 1,
    failed: 0,
    skipped: 0,
    unchanged: 0,
    deleted: 2,
    dryRun: false,
  });
  assertEquals(await cli.contents("memory://b/"), { "memory://b/z": "1" });
});

Deno.test("lade sync --delete removes the directories that it empties, and no others", async () => {
  await using directory = await TemporaryDirectory.make({
    "in/kept/x": "x",
    "out/kept/x": "x",
    "out/gone/deep/er/1": "1",
    "out/gone/2": "2",
    "out/half/3": "3",
  });
  await Deno.mkdir(`${directory.path}/out/empty/before`, { recursive: true });
  await Deno.mkdir(`${directory.path}/out/half/empty`);
  await using cli = new CliHere();
  const { code } = await cli.run(["sync", "--delete", `${directory.path}/in`, `${directory.path}/out`]);
  assertEquals(code, 0);
  assertEquals(await directory.tree("out/"), {
    "out/empty/before/": "",
    "out/half/empty/": "",
    "out/kept/x": "x",
  });
});

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

Deno.test("lade sync refuses a source that is one object, or nothing", async () => {
  await using cli = new CliHere();
  await cli.fill({
    "memory://a/x": "1",
    "memory://b/y": "2",
    "memory://a/both": "",
    "memory://a/both/x": "",
  });
  const { code, stderr } = await cli.run(["sync", "memory://a/x", "memory://b/"]);
  assertEquals([code, stderr], [
    1,
    'lade: Cannot sync "memory://a/x": it is an object, and no tree; lade cp copies one object\n',
  ]);
  const both = await cli.run(["sync", "memory://a/both", "memory://b/"]);
  assertStringIncludes(both.stderr, "it is an object and also a prefix; add a slash for the prefix");
  const nothing = await cli.run(["sync", "memory://a/no/", "memory://b/"]);
  assertEquals([nothing.code, nothing.stderr], [1, 'lade: Cannot sync "memory://a/no/": no such prefix\n']);
  assertEquals(Object.keys(await cli.contents("memory://b/")), ["memory://b/y"]);
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

Deno.test("lade sync options that contradict each other, or are for --delete, are mistakes", async () => {
  await using cli = new CliHere();
  for (
    const options of [
      ["--checksum", "--size-only"],
      ["--size-only", "--ignore-times"],
      ["--max-delete", "3"],
      ["--allow-empty"],
    ]
  ) {
    assertEquals((await cli.run(["sync", ...options, "memory://a/", "memory://b/"])).code, 2);
  }
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

Deno.test("lade sync finds one bucket behind two endpoints", async () => {
  await using s3 = await S3Here.start({ objects: { "p/x": "1", "p/in/y": "2" } });
  const { port } = new URL(s3.fake.url);
  const other = `s3://bucket/p/`;
  const config = ["--config", `s3://bucket/p/=endpoint=http://localhost:${port}`];
  const { code, stderr } = await s3.run(["sync", "--delete", ...config, other, "s3://bucket/"]);
  assertEquals([code, /lies in|is the same/.test(stderr)], [1, true], stderr);
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

Deno.test("lade sync --backup-dir keeps what it replaces and deletes, and lies apart", async () => {
  await using directory = await TemporaryDirectory.make({
    "in/changed": "new content",
    "in/sub/new": "1",
    "out/changed": "old",
    "out/sub/gone": "gone",
    "out/same": "same",
    "in/same": "same",
  });
  const { path } = directory;
  await using cli = new CliHere();
  const sync = (backup: string, ...more: string[]) =>
    cli.run(["sync", "--delete", "-j", "1", "--backup-dir", backup, ...more, `${path}/in`, `${path}/out`]);
  for (const within of ["in/b", "out/b", "out", "."]) {
    assertEquals((await sync(`${path}/${within}`)).code, 1, within);
  }
  const lines = (dry: string) =>
    [
      `${dry}cp ${directory.uri("out/changed")} ${directory.uri("old/changed")}`,
      `${dry}cp ${directory.uri("in/changed")} ${directory.uri("out/changed")}`,
      `${dry}cp ${directory.uri("in/sub/new")} ${directory.uri("out/sub/new")}`,
      `${dry}mv ${directory.uri("out/sub/gone")} ${directory.uri("old/sub/gone")}`,
      "",
    ].join("\n");
  const dry = await sync(`${path}/old`, "--dry-run");
  assertEquals([dry.code, dry.stdout], [0, lines("(dry run) ")], dry.stderr);
  assertEquals(await directory.tree("out/"), {
    "out/changed": "old",
    "out/same": "same",
    "out/sub/gone": "gone",
  });
  const done = await sync(`${path}/old`);
  assertEquals([done.code, done.stdout], [0, lines("")], done.stderr);
  assertEquals(await directory.tree(), {
    "in/changed": "new content",
    "in/same": "same",
    "in/sub/new": "1",
    "old/changed": "old",
    "old/sub/gone": "gone",
    "out/changed": "new content",
    "out/same": "same",
    "out/sub/new": "1",
  });
});

Deno.test("lade sync takes files of the time of their source, whatever it has", async () => {
  await using s3 = await S3Here.start();
  await using directory = await TemporaryDirectory.make({ "in/a": "old", "in/b": "new" });
  const { path } = directory;
  const then = new Date("2020-02-02T02:02:02.500Z");
  await Deno.utime(`${path}/in/a`, then, then);
  s3.fake.putObject("bucket", "p/plain", "no time of its own");
  assertEquals((await s3.run(["sync", `${path}/in`, "s3://bucket/p/"])).code, 0);
  const first = await s3.run(["sync", "s3://bucket/p/", `${path}/out`]);
  assertEquals(first.code, 0, first.stderr);
  assertEquals(Deno.statSync(`${path}/out/a`).mtime, then);
  const { lastModified } = await s3.lade.stat("s3://bucket/p/plain");
  assertEquals(Deno.statSync(`${path}/out/plain`).mtime, lastModified);
  for (const places of [["s3://bucket/p/", `${path}/out`], [`${path}/out`, "s3://bucket/p/"]]) {
    const again = await s3.run(["sync", "--delete", ...places]);
    assertEquals([again.code, again.stdout], [0, ""], again.stderr);
  }
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

Deno.test("lade sync --shard does one share of copies and deletions, and all shares do all", async () => {
  await using cli = new CliHere();
  const names = Array.from({ length: 20 }, (_, i) => String(i));
  await cli.fill(Object.fromEntries(names.map((name) => [`memory://a/${name}`, name])));
  await cli.fill(Object.fromEntries(names.map((name) => [`memory://b/old/${name}`, name])));
  let lines = 0;
  for (const shard of ["1/3", "2/3", "3/3"]) {
    const { code, stdout } = await cli.run([
      "sync",
      "--delete",
      "--shard",
      shard,
      "memory://a/",
      "memory://b/",
    ]);
    assertEquals(code, 0);
    const done = stdout.trim().split("\n").length;
    assert(done > 0 && done < 40, `${done} of shard ${shard}`);
    lines += done;
  }
  assertEquals(lines, 40);
  assertEquals(
    await cli.contents("memory://b/"),
    Object.fromEntries(names.sort().map((name) => [`memory://b/${name}`, name])),
  );
  // A share of deletions without an object of the source is no empty source.
  await cli.fill(Object.fromEntries(names.map((name) => [`memory://c/${name}`, name])));
  await cli.fill({ "memory://one/kept": "kept" });
  for (const shard of ["1/3", "2/3", "3/3"]) {
    assertEquals(
      (await cli.run(["sync", "--delete", "--shard", shard, "memory://one/", "memory://c/"])).code,
      0,
    );
  }
  assertEquals(await cli.contents("memory://c/"), { "memory://c/kept": "kept" });
});

Deno.test("lade sync --checksum sees what has size and time, and -n, -u and --size-only leave alone what they say", async () => {
  await using directory = await TemporaryDirectory.make({ "in/x": "one", "out/x": "two", "in/y": "yes" });
  const { path } = directory;
  const then = new Date("2020-02-02T02:02:02Z");
  for (const side of ["in", "out"]) await Deno.utime(`${path}/${side}/x`, then, then);
  await using cli = new CliHere();
  const sync = async (...options: string[]) => {
    const { code, stdout } = await cli.run(["sync", "--dry-run", ...options, `${path}/in`, `${path}/out`]);
    assertEquals(code, 0);
    return [...stdout.matchAll(/in\/(.) /g)].map(([, name]) => name);
  };
  assertEquals(await sync(), ["y"]);
  assertEquals(await sync("--size-only"), ["y"]);
  assertEquals(await sync("--checksum"), ["x", "y"]);
  assertEquals(await sync("--ignore-times"), ["x", "y"]);
  assertEquals(await sync("--ignore-times", "-n"), ["y"]);
  await Deno.utime(`${path}/out/x`, new Date(), new Date());
  assertEquals(await sync("--checksum", "--update"), ["y"]);
  await Deno.utime(`${path}/in/x`, new Date(Date.now() + 60_000), new Date(Date.now() + 60_000));
  assertEquals(await sync("--checksum", "--update"), ["x", "y"]);
  assertEquals(await sync(), ["x", "y"]);
});
