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
  const { elapsedMs: _, limit, ...summary } = JSON.parse(stderr);
  assertEquals(Object.keys(limit), ["by", "sentence", "figures"]);
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

Deno.test("lade sync does nothing where an option would take --dry-run for its value, or a blank hides it", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "1", "memory://b/y": "2" });
  for (
    const options of [["--backup-dir", "--dry-run"], ["--exclude", "--dry-run"], ["-j", "-n"], [" --dry-run"]]
  ) {
    const { code, stderr } = await cli.run(["sync", "--delete", "memory://a/", "memory://b/", ...options]);
    assertEquals([code, stderr.split(":")[0]], [2, "lade"], stderr);
  }
  const run = await cli.run(["run", "-"], {
    stdin: "sync --delete --exclude --dry-run memory://a/ memory://b/\n",
  });
  assertEquals(run.code, 2);
  assertEquals(await cli.contents("memory://b/"), { "memory://b/y": "2" });
  assertEquals((await cli.run(["sync", "--delete", "--exclude=-y", "memory://a/", "memory://b/"])).code, 0);
  assertEquals(await cli.contents("memory://b/"), { "memory://b/x": "1" });
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

Deno.test("lade sync --backup-dir writes through no link, so that neither SOURCE nor DEST changes by it", async () => {
  await using directory = await TemporaryDirectory.make({
    "in/a": "new a",
    "in/changed": "new content",
    "out/changed": "old",
    "out/to_in/a": "gone",
    "out/to_out/changed": "gone too",
    "out/whole": "in one piece",
    "out/plain/x": "kept",
    "old/readme": "",
  });
  const { path } = directory;
  await using cli = new CliHere();
  await Deno.symlink("../in", `${path}/old/to_in`);
  await Deno.symlink("../out", `${path}/old/to_out`);
  await Deno.symlink("../in/a", `${path}/old/whole`);
  await Deno.symlink("../in/changed", `${path}/old/changed`);
  const args = ["sync", "--delete", "--backup-dir", `${path}/old`, `${path}/in`, `${path}/out`];
  const before = await directory.tree("in/");
  const first = await cli.run(args);
  assertEquals(first.code, 1);
  assertStringIncludes(first.stderr, `Cannot back up to "${directory.uri("old/changed")}"`);
  assertEquals(await directory.tree("out/"), {
    "out/a": "new a",
    "out/changed": "old",
    "out/plain/x": "kept",
    "out/to_in/a": "gone",
    "out/to_out/changed": "gone too",
    "out/whole": "in one piece",
  });
  await Deno.remove(`${path}/old/changed`);
  const second = await cli.run(args);
  assertEquals([second.code, second.stderr.match(/is a symbolic link/g)?.length], [1, 3], second.stderr);
  assertEquals(await directory.tree("in/"), before);
  assertEquals(await directory.tree("out/"), {
    "out/a": "new a",
    "out/changed": "new content",
    "out/to_in/a": "gone",
    "out/to_out/changed": "gone too",
    "out/whole": "in one piece",
  });
  assertEquals(await Deno.readTextFile(`${path}/old/plain/x`), "kept");
  assertEquals(await Deno.readTextFile(`${path}/old/changed`), "old");
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

Deno.test("lade sync between local directories brings what is of another content, though it is later at DEST", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({
    "in/a": "1",
    "in/b": "2",
    "to/a": "0",
    "to/b": "2",
  });
  const { path } = directory;
  const [early, late] = [new Date(1_600_000_000_000), new Date(1_600_000_060_000)];
  for (const name of ["in/a", "in/b"]) await Deno.utime(`${path}/${name}`, early, early);
  for (const name of ["to/a", "to/b"]) await Deno.utime(`${path}/${name}`, late, late);
  const sync = (...args: string[]) => cli.run(["sync", ...args, `${path}/in`, `${path}/to`]);
  assertEquals((await sync("--update")).stdout, "");
  assertEquals((await sync()).stdout, `cp ${directory.uri("in/a")} ${directory.uri("to/a")}\n`);
  assertEquals([await Deno.readTextFile(`${path}/to/a`), (await sync()).stdout], ["1", ""]);
  assertEquals((await Deno.stat(`${path}/to/b`)).mtime, late);
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
