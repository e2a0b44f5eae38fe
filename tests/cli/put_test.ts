import { assertEquals } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade put uploads files, trees and standard input", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1", "d/b/c": "2" });
  const options = { cwd: directory.path };
  assertEquals(await runLade(["put", "d/a", directory.uri("to/")], options), {
    code: 0,
    stdout: `put ${directory.uri("d/a")} ${directory.uri("to/a")}\n`,
    stderr: "",
  });
  assertEquals(await runLade(["put", "-r", "-q", "d", "to/tree"], options), {
    code: 0,
    stdout: "",
    stderr: "",
  });
  const piped = await runLade(["put", "--json", "-", "to/input"], { ...options, stdin: "piped" });
  assertEquals(JSON.parse(piped.stdout), {
    type: "operation",
    operation: "put",
    source: "-",
    destination: directory.uri("to/input"),
    size: 5,
    dryRun: false,
  });
  assertEquals(await directory.tree("to/"), {
    "to/a": "1",
    "to/input": "piped",
    "to/tree/a": "1",
    "to/tree/b/c": "2",
  });
});

Deno.test("lade put stores attributes, and says where a store keeps none", async () => {
  await using directory = await TemporaryDirectory.make({ a: "1" });
  await using cli = new CliHere();
  const attributes = ["--content-type", "text/plain", "--cache-control", "no-store", "--metadata", "k=v"];
  assertEquals(
    (await cli.run(["put", "--no-mtime", ...attributes, `${directory.path}/a`, "memory://m/"])).code,
    0,
  );
  const { contentType, cacheControl, metadata } = await cli.lade.stat("memory://m/a");
  assertEquals([contentType, cacheControl, metadata], ["text/plain", "no-store", { k: "v" }]);
  const refused = await cli.run([
    "put",
    "--content-type",
    "text/plain",
    `${directory.path}/a`,
    `${directory.path}/b`,
  ]);
  assertEquals([refused.code, /files keep no contentType/.test(refused.stderr)], [1, true], refused.stderr);
  assertEquals(await directory.tree(), { a: "1" });
});

Deno.test("lade put refuses a source that is not local, with exit code 2", async () => {
  await using cli = new CliHere();
  const { code, stderr } = await cli.run(["put", "memory://m/x", "memory://n/x"]);
  assertEquals([code, stderr], [2, 'lade: put takes local files: use cp to copy "memory://m/x".\n']);
});

Deno.test("lade put --no-clobber leaves an object that exists, from standard input too", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/x": "old" });
  const { code, stdout, stderr } = await cli.run(["put", "-n", "-", "memory://m/x"], { stdin: ["new"] });
  assertEquals([code, stdout, stderr], [0, "", "skipped memory://m/x: its destination exists\n"]);
  assertEquals(await cli.contents("memory://m/"), { "memory://m/x": "old" });
});

Deno.test("lade put -r of what holds links that lead out says what it left out, and exits with 1", async () => {
  await using directory = await TemporaryDirectory.make({ "blobs/x": "blob", "d/real": "1", "d/sub/a": "2" });
  const { path } = directory;
  Deno.symlinkSync("../blobs/x", `${path}/d/model`);
  Deno.symlinkSync("nowhere", `${path}/d/broken`);
  await using cli = new CliHere();
  const { code, stderr } = await cli.run(["put", "-r", `${path}/d`, "memory://m/set/"]);
  assertEquals(code, 1);
  const lines = stderr.split("\n");
  const uri = directory.uri("d/model");
  assertEquals(
    lines.find((line) => line.includes("Cannot")),
    `lade: Cannot put "${uri}": it is a symbolic link that leads out of the directory; set symlinks to "follow" (--config file.symlinks=follow) to follow it`,
  );
  assertEquals(
    lines.find((line) => line.includes("broken")),
    `skipped ${directory.uri("d/broken")}: it is a symbolic link that leads nowhere`,
  );
  assertEquals(lines.at(-2)?.replace(/ in .*/, ""), "lade: put did 2 objects, 1 failed, 1 skipped, 2 B");
  assertEquals(await cli.contents("memory://m/"), {
    "memory://m/set/real": "1",
    "memory://m/set/sub/a": "2",
  });

  const followed = await runLade(["put", "-r", "-q", "--config", "file.symlinks=follow", "d", "all"], {
    cwd: path,
  });
  assertEquals(followed, { code: 0, stdout: "", stderr: "" });
  assertEquals(await directory.tree("all/"), { "all/model": "blob", "all/real": "1", "all/sub/a": "2" });
});

Deno.test("lade cp -r of what holds pipes and broken links alone besides notes them and exits with 0", async () => {
  await using directory = await TemporaryDirectory.make({ "d/real": "1" });
  Deno.symlinkSync("nowhere", `${directory.path}/d/broken`);
  Deno.symlinkSync(".", `${directory.path}/d/circle`);
  await using cli = new CliHere();
  const { code, stderr } = await cli.run(["cp", "-r", "--json", `${directory.path}/d`, "memory://m/"]);
  assertEquals(code, 0);
  const skipped = stderr.trim().split("\n").map((line) => JSON.parse(line)).filter(({ type }) =>
    type === "skipped"
  );
  assertEquals(skipped.map(({ uri }) => uri).sort(), [directory.uri("d/broken"), directory.uri("d/circle")]);
});
