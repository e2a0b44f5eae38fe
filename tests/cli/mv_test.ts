import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { S3Here } from "./s3_here.ts";
import { runLade } from "./run_lade.ts";
import { S3Cli } from "./s3_cli.ts";
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
    dryRun: false,
  });
  assertEquals(await directory.tree(), { "d/": "", c: "content" });
});

Deno.test("lade mv -r moves a directory and leaves nothing of it, within and between stores", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1", "d/b/c": "2" });
  await using cli = new CliHere();
  const [d, e] = [`${directory.path}/d`, `${directory.path}/e`];
  const dry = await cli.run(["mv", "-r", "--dry-run", d, e]);
  const { code, stdout } = await cli.run(["mv", "-r", d, e]);
  assertEquals([code, stdout], [0, `mv ${directory.uri("d/")} ${directory.uri("e/")}\n`]);
  assertEquals(dry.stdout, `(dry run) ${stdout}`);
  assertEquals(await directory.tree(), { "e/a": "1", "e/b/c": "2" });
  assertEquals((await cli.run(["mv", "-r", e, "memory://m/p"])).code, 0);
  assertEquals(await directory.tree(), {});
  assertEquals(await cli.contents("memory://m/"), { "memory://m/p/a": "1", "memory://m/p/b/c": "2" });
});

Deno.test("lade mv -r of the working directory leaves it, without its files", async () => {
  await using directory = await TemporaryDirectory.make({ a: "1", c: "2" });
  const cwd = directory.path;
  const { code, stderr } = await runLade(["mv", "-r", "./", "memory://m/p/"], { cwd });
  assertEquals([code, stderr.includes("2 objects")], [0, true], stderr);
  assertEquals([await directory.tree(), (await Deno.stat(cwd)).isDirectory], [{}, true]);
});

Deno.test("lade mv -r takes links and empty directories along between local directories", async () => {
  for (const into of [{}, { "e/kept": "k", "e/sub/old": "o" }] as Record<string, string>[]) {
    await using directory = await TemporaryDirectory.make({ "d/sub/f": "1", "d/real": "2", ...into });
    const { path } = directory;
    await Deno.mkdir(`${path}/d/empty/deeper`, { recursive: true });
    const links = { zdir: "sub", zlink: "real", broken: "nowhere", loop: ".", out: "/etc" };
    for (const [name, target] of Object.entries(links)) await Deno.symlink(target, `${path}/d/${name}`);
    await using cli = new CliHere();
    const dry = await cli.run(["mv", "-r", "--dry-run", `${path}/d`, `direct://${path}/e`]);
    const { code, stdout, stderr } = await cli.run(["mv", "-r", `${path}/d`, `direct://${path}/e`]);
    assertEquals(code, 0, stderr);
    assertEquals(dry.stdout.replaceAll("(dry run) ", ""), stdout);
    assertEquals((await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name), ["e"]);
    for (const [name, target] of Object.entries(links)) {
      assertEquals(await Deno.readLink(`${path}/e/${name}`), target);
    }
    for (const [name, text] of [["sub/f", "1"], ["real", "2"], ["zlink", "2"], ["zdir/f", "1"]] as const) {
      assertEquals(await Deno.readTextFile(`${path}/e/${name}`), text);
    }
    assertEquals((await Deno.stat(`${path}/e/empty/deeper`)).isDirectory, true);
    for (const [name, text] of Object.entries(into)) {
      assertEquals(await Deno.readTextFile(`${path}/${name}`), text);
    }
  }
});

Deno.test("lade mv -r of a link moves the link", async () => {
  await using directory = await TemporaryDirectory.make({ "kept/f": "1", "into/x": "2" });
  const { path } = directory;
  await Deno.symlink(`${path}/kept`, `${path}/link`);
  await using cli = new CliHere();
  assertEquals((await cli.run(["mv", "-r", `${path}/link/`, `${path}/new`])).code, 1);
  assertEquals((await cli.run(["mv", "-r", `${path}/link`, `${path}/new`])).code, 0);
  assertEquals((await cli.run(["mv", "-r", `${path}/new`, `${path}/into`])).code, 0);
  assertEquals(await Deno.readLink(`${path}/into/new`), `${path}/kept`);
  assertEquals((await cli.run(["mv", "-r", `${path}/into/new`, "memory://m/p"])).code, 0);
  assertEquals(await cli.contents("memory://m/"), { "memory://m/p/f": "1" });
  assertEquals(await directory.tree(), { "into/x": "2", "kept/f": "1" });
});

Deno.test("lade mv -r of a link to a file moves the content, as without -r", async () => {
  await using directory = await TemporaryDirectory.make({ real: "1", "to/x": "2" });
  const { path } = directory;
  await using cli = new CliHere();
  for (const args of [["-r"], []]) {
    await Deno.symlink("real", `${path}/link`);
    assertEquals((await cli.run(["mv", ...args, `${path}/link`, `${path}/to/`])).code, 0);
    assertEquals((await Deno.lstat(`${path}/to/link`)).isFile, true, `${args}`);
    assertEquals(await directory.tree(), { real: "1", "to/link": "1", "to/x": "2" });
    await Deno.remove(`${path}/to/link`);
  }
});

Deno.test("lade mv -r to a store of objects keeps all that links lead to, and tells of empty directories", async () => {
  await using directory = await TemporaryDirectory.make({ "d/sub/f": "1", "d/real": "2", "d/full/g": "3" });
  const { path } = directory;
  await Deno.mkdir(`${path}/d/keep/empty`, { recursive: true });
  await Deno.symlink("sub", `${path}/d/adir`);
  await Deno.symlink("real", `${path}/d/zlink`);
  await using cli = new CliHere();
  const dry = await cli.run(["mv", "-r", "--dry-run", `${path}/d`, "memory://m/p"]);
  const { code, stdout, stderr } = await cli.run(["mv", "-r", `${path}/d`, "memory://m/p"]);
  assertEquals(code, 0, stderr);
  const sorted = (text: string) => text.replaceAll("(dry run) ", "").split("\n").sort();
  assertEquals(sorted(dry.stdout), sorted(stdout));
  assertStringIncludes(stderr, `skipped ${directory.uri("d/keep/empty/")}: it is an empty directory`);
  const texts = { "adir/f": "1", "full/g": "3", real: "2", "sub/f": "1", zlink: "2" };
  const moved = Object.entries(texts).map(([name, text]) => [`memory://m/p/${name}`, text]);
  assertEquals(await cli.contents("memory://m/"), Object.fromEntries(moved));
  assertEquals(await directory.tree(), { "d/keep/empty/": "" });
});

Deno.test("lade mv -r moves nothing where the content of a link cannot go along", async () => {
  const files = { "d/f": "1", "d/sub/g": "2", "out/x": "3" };
  await using directory = await TemporaryDirectory.make(files);
  await Deno.symlink("../out", `${directory.path}/d/link`);
  await using cli = new CliHere();
  const { code, stdout, stderr } = await cli.run(["mv", "-r", `${directory.path}/d`, "memory://m/p"]);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, "a symbolic link leads out of");
  assertEquals(await Deno.readTextFile(`${directory.path}/d/f`), "1");
  assertEquals(await Deno.readTextFile(`${directory.path}/d/sub/g`), "2");
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
  const { path } = directory;
  for (const to of [`direct://${path}/a`, `${path}/a`, `direct://${path}/link`, `${path}/link`, `${path}/`]) {
    for (const dryRun of [["--dry-run"], []]) {
      const { code, stdout, stderr } = await cli.run(["mv", ...dryRun, `${path}/a`, to]);
      assertEquals([code, stdout, /same/.test(stderr)], [1, "", true], `${to}: ${stderr}`);
      assertEquals(await Deno.readTextFile(`${path}/a`), "precious");
    }
  }
});

Deno.test("lade mv to a hard link drops the first name, by either scheme", async () => {
  for (const scheme of ["file", "direct"]) {
    await using directory = await TemporaryDirectory.make({ a: "precious" });
    await using cli = new CliHere();
    const { path } = directory;
    await Deno.link(`${path}/a`, `${path}/hard`);
    assertEquals((await cli.run(["mv", `${path}/a`, `${scheme}://${path}/hard`])).code, 0);
    assertEquals(await directory.tree(), { hard: "precious" });
  }
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
      `Cannot mv "${directory.uri("d/f")}": "${directory.uri("way/f")}" is the same file`,
    );
  }
  assertEquals(await Deno.readTextFile(`${directory.path}/d/f`), "the only copy");
  const { code } = await cli.run(["mv", "-r", `${directory.path}/tree`, `${directory.path}/into/`]);
  assertEquals(code, 1);
  assertEquals(await Deno.readTextFile(`${directory.path}/tree/d/f`), "another");
});

Deno.test("lade mv between two names of one bucket refuses, and keeps the object", async () => {
  await using cli = await S3Cli.start();
  const { fake } = cli;
  for (const key of ["a", "d/1", "d/2"]) fake.putObject("bucket", key, "precious");
  const { port } = fake;
  const names = ["s3://bucket", `s3://bucket@127.0.0.1:${port}`, `s3://bucket@localhost:${port}`];
  const permissions = [...cli.options().permissions ?? [], `--allow-net=localhost:${port}`];
  for (const from of names) {
    for (const to of names) {
      for (const args of [["mv", `${from}/a`, `${to}/a`], ["mv", "-r", `${from}/d/`, `${to}/d/`]]) {
        const { code, stdout, stderr } = await cli.run(args, { permissions });
        assertEquals([code, stdout, /the same/.test(stderr)], [1, "", true], `${args}: ${stderr}`);
      }
    }
  }
  const into = ["mv", "-r", `${names[2]}/d/`, `${names[1]}/d/sub/`];
  const { code, stdout, stderr } = await cli.run(into, { permissions });
  assertEquals([code, stdout, /lies in it/.test(stderr)], [1, "", true], stderr);
  assertEquals(fake.objects("bucket").map(({ key }) => key), ["a", "d/1", "d/2"]);
});

Deno.test("lade mv of listed names between two names of one bucket replaces nothing that is still to go", async () => {
  await using cli = await S3Cli.start({ list: "p/a\na\n" });
  const { fake } = cli;
  const keys = ["p/a", "p/p/a", "p/p/p/a"];
  for (const key of keys) fake.putObject("bucket", key, key);
  const there = `s3://bucket@localhost:${fake.port}`;
  const permissions = [...cli.options().permissions ?? [], `--allow-net=localhost:${fake.port}`];
  for (const [from, to] of [["p/p/", "p/"], ["p/", "p/p/"], ["p/", "p/"]]) {
    const args = ["mv", "-r", "--files-from", "list", `s3://bucket/${from}`, `${there}/${to}`];
    const { code, stdout, stderr } = await cli.run(args, { permissions });
    assertEquals([code, stdout, /lie in|lies in|the same/.test(stderr)], [1, "", true], stderr);
  }
  for (const key of keys) assertEquals(new TextDecoder().decode(fake.bytes("bucket", key)), key);
});

Deno.test("lade mv between two names of one bucket moves to another key", async () => {
  await using cli = await S3Cli.start();
  const { fake } = cli;
  fake.putObject("bucket", "a", "precious");
  const { code, stderr } = await cli.run(["mv", "s3://bucket/a", `s3://bucket@127.0.0.1:${fake.port}/b`]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(fake.objects("bucket").map(({ key }) => key), ["b"]);
});

Deno.test("lade mv -r and cp -r into what holds the source replace nothing that is still to go", async () => {
  const objects = { "a/b/x": "1", "a/b/b/x": "2", "a/b/c": "3" };
  await using here = await S3Here.start({ objects });
  await using directory = await TemporaryDirectory.make(objects);
  const stores = [["s3://bucket", "s3://bucket"], [`file://${directory.path}`, `direct://${directory.path}`]];
  for (const [from, to] of stores) {
    for (const command of ["cp", "mv"]) {
      const { code, stderr } = await here.run([command, "-r", `${from}/a/b/`, `${to}/a/`]);
      assertEquals([code, /would come to lie in the source again/.test(stderr)], [1, true], stderr);
    }
  }
  assertEquals([await directory.tree(), await textsOf(here)], [objects, objects]);
});

Deno.test("lade mv -r p/p p refuses before the first change where p/p/p is, and does it whole where not", async () => {
  for (const taken of ["p/p/p/y", "p/p/p", undefined]) {
    const all = { "p/p/x": "1", "p/p/y": "2", ...(taken !== undefined && { [taken]: "3" }) };
    await using directory = await TemporaryDirectory.make(all);
    if (taken === undefined) await Deno.mkdir(`${directory.path}/p/p/p`);
    await using cli = new CliHere();
    const before = await directory.tree();
    const { code, stdout, stderr } = await cli.run([
      "mv",
      "-r",
      `${directory.path}/p/p`,
      `${directory.path}/p`,
    ]);
    assertEquals([code, stdout, /lie in the source again/.test(stderr)], [1, "", true], stderr);
    assertEquals(await directory.tree(), before);
  }
  await using directory = await TemporaryDirectory.make({ "p/p/x": "1", "p/p/q/p/y": "2" });
  await using cli = new CliHere();
  assertEquals((await cli.run(["mv", "-r", `${directory.path}/p/p`, `${directory.path}/p`])).code, 0);
  assertEquals(await directory.tree(), { "p/x": "1", "p/q/p/y": "2" });
});

Deno.test("lade mv -r of a link that is named with a slash moves nothing, wherever it would go", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1" });
  await using cli = new CliHere();
  await Deno.symlink("d", `${directory.path}/l`);
  for (const to of ["memory://m/x/", `${directory.path}/e`, `direct://${directory.path}/e/`]) {
    const { code, stdout, stderr } = await cli.run(["mv", "-r", `${directory.path}/l/`, to]);
    assertEquals([code, stdout, /leave out the slash at its end/.test(stderr)], [1, "", true], stderr);
  }
  assertEquals(await Deno.readLink(`${directory.path}/l`), "d");
  assertEquals(await Deno.readTextFile(`${directory.path}/d/a`), "1");
  assertEquals((await cli.run(["mv", "-r", `${directory.path}/l`, "memory://m/x/"])).code, 0);
  assertEquals(await cli.contents("memory://m/"), { "memory://m/x/a": "1" });
});

async function textsOf({ lade }: S3Here): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for await (const { uri } of lade.list("s3://bucket/")) {
    texts[uri.slice("s3://bucket/".length)] = new TextDecoder().decode(await lade.get(uri));
  }
  return texts;
}

Deno.test("lade mv -r -n keeps a link whose content the destination has another of", async () => {
  await using directory = await TemporaryDirectory.make({ "d/f": "1", "d/sub/g": "2" });
  await Deno.symlink("sub", `${directory.path}/d/link`);
  await using cli = new CliHere();
  await cli.fill({ "memory://m/p/link/g": "old" });
  const { code, stdout } = await cli.run(["mv", "-r", "-n", `${directory.path}/d`, "memory://m/p"]);
  assertEquals([code, stdout.includes("link")], [0, false]);
  assertEquals(await Deno.readLink(`${directory.path}/d/link`), "sub");
  assertEquals((await cli.contents("memory://m/"))["memory://m/p/link/g"], "old");
});

Deno.test("lade mv -r moves no file where the content of a link could not be written", async () => {
  await using directory = await TemporaryDirectory.make({ "d/f": "1", "d/sub/g": "2" });
  await Deno.symlink("sub", `${directory.path}/d/link`);
  await using here = await S3Here.start();
  here.fake.faults.add({
    match: { operation: "PutObject", key: "p/link/g", times: Infinity },
    action: { kind: "status", status: 403, code: "AccessDenied" },
  });
  const { code, stdout } = await here.run(["mv", "-r", `${directory.path}/d`, "s3://bucket/p"]);
  assertEquals([code, stdout], [1, ""]);
  assertEquals([await Deno.readLink(`${directory.path}/d/link`), here.texts()], ["sub", {}]);
  await Deno.remove(`${directory.path}/d/link`);
  assertEquals(await directory.tree(), { "d/f": "1", "d/sub/g": "2" });
});

Deno.test("lade mv keeps an object whose bytes stay other than its etag, one and of a tree, and moves the rest", async () => {
  await using directory = await TemporaryDirectory.make();
  const objects = { "d/a": "first content", "d/b": "other content" };
  await using s3 = await S3Here.start({ objects, server: { defaultChecksum: false } });
  const flips = () => {
    for (const nth of [1, 2]) {
      s3.fake.faults.add({
        match: { operation: "GetObject", key: "d/a", nth },
        action: { kind: "flip", atByte: nth },
      });
    }
  };
  flips();
  const one = await s3.run(["mv", "s3://bucket/d/a", `${directory.path}/a`]);
  assertEquals([one.code, s3.texts()], [1, objects]);
  assertStringIncludes(one.stderr, "the source is kept");
  assertEquals(await directory.tree(), {});
  s3.fake.faults.clear();
  flips();
  const tree = await s3.run(["mv", "-r", "s3://bucket/d/", `${directory.path}/e`]);
  assertEquals([tree.code, s3.texts()], [1, { "d/a": "first content" }]);
  assertEquals(await directory.tree(), { "e/b": "other content" });
  s3.fake.faults.clear();
  const again = await s3.run(["mv", "-v", "s3://bucket/d/a", "memory://moved/a"]);
  assertEquals([again.code, s3.texts()], [0, {}]);
  assertStringIncludes(again.stderr, "md5");
});

Deno.test("lade mv of two sources of one name moves the first, and keeps the second", async () => {
  await using directory = await TemporaryDirectory.make({ "a/x": "first", "b/x": "second", "to/y": "" });
  await using cli = new CliHere();
  const { path } = directory;
  for (const [destination, from] of [[`${path}/to/`, path], ["memory://m/", path]] as const) {
    const { code, stderr } = await cli.run(["mv", `${from}/a/x`, `${from}/b/x`, destination]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, " already\n");
    assertEquals((await directory.tree())["b/x"], "second");
    await directory.write("a/x", "first");
  }
  assertEquals((await directory.tree())["to/x"], "first");
  assertEquals(await cli.contents("memory://m/"), { "memory://m/x": "first" });
});
