import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Lade } from "@lade/lade";
import { InterruptError } from "../../packages/cli/command/interrupt_error.ts";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { S3Cli } from "./s3_cli.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** The names in a directory, links and empty directories too. */
async function namesIn(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();
}

Deno.test("lade rm -r of a link removes the link alone", async () => {
  await using directory = await TemporaryDirectory.make({ "precious/x": "1", "precious/deep/y": "2" });
  await using cli = new CliHere();
  const { path } = directory;
  for (const flags of [[], ["-r"], ["-rf"]]) {
    await Deno.symlink("precious", `${path}/link`);
    const slash = await cli.run(["rm", "-r", `${path}/link/`]);
    assertEquals([slash.code, /symbolic link; leave out the slash/.test(slash.stderr)], [1, true]);
    const { code, stdout } = await cli.run(["rm", ...flags, `${path}/link`]);
    assertEquals([code, stdout], [0, `rm ${directory.uri("link")}\n`]);
    assertEquals(await directory.tree(), { "precious/deep/y": "2", "precious/x": "1" });
  }
});

Deno.test("lade goes up from a link where the system does, and removes what that names", async () => {
  await using directory = await TemporaryDirectory.make({ "x": "near", "other/x": "meant", "other/d/y": "" });
  const { path } = directory;
  await Deno.symlink("other/d", `${path}/link`);
  await using cli = new CliHere();
  const { code, stdout, stderr } = await cli.run(["rm", `${path}/link/../x`]);
  assertEquals([code, stdout], [0, `rm ${directory.uri("other/x")}\n`], stderr);
  const whole = await cli.run(["rm", "-r", `${path}/link/..`]);
  assertEquals(whole.code, 0, whole.stderr);
  assertEquals(await namesIn(path), ["link", "x"]);
});

Deno.test("lade rm -r removes a tree with links as links, and never leaves it", async () => {
  await using directory = await TemporaryDirectory.make({
    "kept/f": "k",
    "d/bin/real": "1",
    "d/empty/z": "",
  });
  const { path } = directory;
  const links = {
    "bin/alias": "real",
    zlink: "bin",
    loop: ".",
    up: "..",
    self: "self",
    broken: "nowhere",
    outside: "../kept",
    file: "../kept/f",
  };
  for (const [name, target] of Object.entries(links)) await Deno.symlink(target, `${path}/d/${name}`);
  await Deno.remove(`${path}/d/empty/z`);
  const made = await new Deno.Command("mkfifo", { args: [`${path}/d/pipe`] }).output();
  assert(made.success);
  const dry = await runLade(["rm", "-r", "--dry-run", "d"], { cwd: path });
  const { code, stdout, stderr } = await runLade(["rm", "-r", "d"], { cwd: path });
  const lines = [...Object.keys(links), "bin/real", "pipe"].map((name) => `rm ${directory.uri(`d/${name}`)}`);
  assertEquals([code, stdout.trim().split("\n").sort()], [0, lines.sort()], stderr);
  const inOrder = (text: string) => text.split("\n").sort();
  assertEquals(inOrder(dry.stdout.replaceAll("(dry run) ", "")), inOrder(stdout));
  assertEquals(await directory.tree(), { "kept/f": "k" });
});

Deno.test("lade rm -r removes nothing where part of the tree may not be read", async () => {
  const files = { "d/a": "1", "d/m-closed/f": "2", "d/z": "3" };
  await using directory = await TemporaryDirectory.make(files);
  const permissions = [`--deny-read=${directory.path}/d/m-closed`];
  for (const args of [["rm", "-r", "d"], ["rm", "-r", "--dry-run", "d"], ["rb", "-f", "d"]]) {
    const { code, stdout, stderr } = await runLade(args, { cwd: directory.path, permissions });
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, directory.uri("d/m-closed/"));
  }
  assertEquals(await directory.tree(), files);
});

Deno.test("lade rm -r tells what it removed also where the rest fails", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1", "d/keep/f": "2", "d/z": "3" });
  const permissions = [`--deny-write=${directory.path}/d/keep`];
  const { code, stdout, stderr } = await runLade(["rm", "-r", "d"], { cwd: directory.path, permissions });
  // Two are removed concurrently, and told as they are gone.
  const told = stdout.split("\n").sort();
  assertEquals([code, told], [1, ["", `rm ${directory.uri("d/a")}`, `rm ${directory.uri("d/z")}`]]);
  assertStringIncludes(stderr, `Cannot remove "${directory.uri("d/keep/f")}"`);
  assertStringIncludes(stderr, "rm did 2 objects, 1 failed");
  assertEquals(await directory.tree(), { "d/keep/f": "2" });
});

Deno.test("lade rm and rb refuse the working directory and those above it", async () => {
  await using directory = await TemporaryDirectory.make({ "d/sub/f": "1" });
  const { path } = directory;
  await Deno.symlink("d", `${path}/way`);
  for (const name of [".", "..", `${path}/d`, "../../d/", `${path}/way/sub`]) {
    for (const command of [["rm", "-r"], ["rb", "-f"]]) {
      const options = {
        cwd: `${path}/d/sub`,
        permissions: [`--allow-read=${path}`, `--allow-write=${path}`],
      };
      const { code, stdout, stderr } = await runLade([...command, name], options);
      assertEquals([code, stdout, /the working directory/.test(stderr)], [1, "", true], stderr);
    }
  }
  assertEquals(await directory.tree("d/"), { "d/sub/f": "1" });
});

Deno.test("lade rm takes what is named twice, or lies in what is, once", async () => {
  await using directory = await TemporaryDirectory.make({ a: "1", "d/sub/f": "2", "d/g": "3" });
  const { path } = directory;
  await Deno.symlink("d", `${path}/way`);
  for (const dryRun of [["--dry-run"], []]) {
    const names = ["a", "./a", "way/sub", "d", "d/sub", "way/g"];
    const { code, stdout, stderr } = await runLade(["rm", "-r", ...dryRun, ...names], { cwd: path });
    const lines = stdout.replaceAll("(dry run) ", "").trim().split("\n").sort();
    assertEquals(
      [code, lines],
      [0, ["a", "d/g", "d/sub/f"].map((name) => `rm ${directory.uri(name)}`)],
      stderr,
    );
    assertStringIncludes(stderr, `skipped ${directory.uri("a")}: it is named twice`);
    assertStringIncludes(stderr, `skipped ${directory.uri("d/sub/")}: it goes with`);
  }
  assertEquals(await namesIn(path), ["way"]);
});

Deno.test("lade rm -r that is interrupted tells all that it has removed", async () => {
  const files = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`d/${index}`, ""]));
  await using directory = await TemporaryDirectory.make(files);
  await using lade = new Lade();
  const stop = new AbortController();
  const terminal = new FakeTerminal();
  const write = terminal.stdout.write.bind(terminal.stdout);
  terminal.stdout.write = (bytes) => {
    stop.abort(new InterruptError("SIGINT", 130));
    return write(bytes);
  };
  const code = await runCli(["rm", "-r", `${directory.path}/d`], { terminal, lade, signal: stop.signal });
  const left = (await namesIn(`${directory.path}/d`)).length;
  assert(left > 0 && left < 3000, `${left} are left`);
  assertEquals([code, terminal.stdout.text.trim().split("\n").length], [130, 3000 - left]);
  assertStringIncludes(terminal.stderr.text, `lade: rm did ${3000 - left} objects in `);
  assertStringIncludes(terminal.stderr.text, "lade: Interrupted by SIGINT");
});

Deno.test("lade rm -r of a whole container needs --all", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/a": "1" });
  for (const name of ["memory://m", "memory://m/"]) {
    for (const flags of [["-rf"], ["-r", "--dry-run"], [], ["-f"], ["--versions"], ["-r", "--versions"]]) {
      const { code, stderr } = await cli.run(["rm", ...flags, name]);
      const told = /it is a whole container; use -r --all to remove all that is in it/.test(stderr);
      assertEquals([code, told], [1, true], stderr);
    }
  }
  assertEquals((await cli.run(["rm", "-r", "--all", "memory://m"])).stdout, "rm memory://m/a\n");
});

Deno.test("lade rm of a key that ends in a slash removes the object of that very name", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/d/a": "1" });
  await (await cli.lade.locate("memory://m")).store.put("d/", new Uint8Array(1));
  assertEquals((await cli.run(["rm", "memory://m/d/"])).stdout, "rm memory://m/d/\n");
  assertEquals(await cli.contents("memory://m/"), { "memory://m/d/a": "1" });
  assertEquals((await cli.run(["rm", "memory://m/d/"])).code, 1);
});

Deno.test("lade rb -f of a URI that names a prefix or key of a bucket asks the service nothing", async () => {
  await using cli = await S3Cli.start();
  for (const name of ["s3://bucket/pre/", "s3://bucket/top"]) {
    const { code, operations, stderr } = await cli.watch(["rb", "-f", name]);
    assertEquals([code, operations], [1, []]);
    assertStringIncludes(stderr, "a container is needed");
  }
});

Deno.test("lade rm -f never takes a bucket that is not there, or may not be listed, for an empty prefix", async () => {
  await using here = await S3Here.start({
    objects: { "d/a": "1" },
    allowed: ["s3:GetObject", "s3:DeleteObject"],
  });
  for (const uri of ["s3://bucket/d/", "s3://bucket/d", "s3://missing/d/", "s3://missing/d"]) {
    const { code, stdout, stderr } = await here.run(["rm", "-rf", uri]);
    assertEquals([code, stdout], [1, ""], `${uri}: ${stderr}`);
  }
  assertEquals(here.texts(), { "d/a": "1" });
  await using other = await S3Here.start();
  for (const uri of ["s3://missing/d/", "s3://missing/d"]) {
    for (const flags of ["-r", "-rf"]) {
      const { code, stderr } = await other.run(["rm", flags, uri]);
      assertEquals([code, /no such bucket/i.test(stderr)], [1, true], `${flags} ${uri}: ${stderr}`);
    }
  }
});
