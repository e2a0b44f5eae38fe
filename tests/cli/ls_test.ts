import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const OBJECTS = {
  "memory://a/both": "o",
  "memory://a/both/in": "i",
  "memory://a/d/e/three": "333",
  "memory://a/d/one": "1",
  "memory://a/dd": "dd",
};

/** Lines without the time, which is now. */
function untimed(stdout: string): string[] {
  return stdout.split("\n").filter(Boolean).map((line) => line.slice(19));
}

Deno.test("lade ls lists one level of a local directory, given as a path or a URI, with or without its slash", async () => {
  await using directory = await TemporaryDirectory.make({
    "data/a.txt": "12345",
    "data/sub/b": "",
    "data/ü x": "1",
  });
  await Deno.utime(`${directory.path}/data/a.txt`, 0, new Date("2026-07-01T12:00:01Z"));
  await Deno.utime(`${directory.path}/data/ü x`, 0, new Date("2026-07-01T12:00:02Z"));
  const expected = [
    "2026-07-01 12:00:01             5 a.txt",
    "                              PRE sub/",
    "2026-07-01 12:00:02             1 ü x",
    "",
  ].join("\n");
  const options = { cwd: directory.path, readOnly: true };
  for (const place of ["data", directory.uri("data/")]) {
    assertEquals(await runLade(["ls", place], options), { code: 0, stdout: expected, stderr: "" });
  }
  const json = await runLade(["ls", "--json", `direct://${directory.path}/data`], options);
  const lines = json.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ etag: _, ...line }) => line), [
    {
      type: "object",
      uri: `direct://${directory.path}/data/a.txt`,
      key: "a.txt",
      size: 5,
      lastModified: "2026-07-01T12:00:01.000Z",
    },
    { type: "prefix", uri: `direct://${directory.path}/data/sub/` },
    {
      type: "object",
      uri: `direct://${directory.path}/data/ü x`,
      key: "ü x",
      size: 1,
      lastModified: "2026-07-01T12:00:02.000Z",
    },
  ]);
});

Deno.test("lade ls lists the working directory when no place is given", async () => {
  await using directory = await TemporaryDirectory.make({ "a.txt": "12345" });
  const { code, stdout } = await runLade(["ls"], { cwd: directory.path, readOnly: true });
  assertEquals([code, untimed(stdout)], [0, ["             5 a.txt"]]);
});

Deno.test("lade ls says why it cannot list, as text and as JSON, and exits with 1", async () => {
  await using directory = await TemporaryDirectory.make();
  const uri = directory.uri("nope");
  const text = await runLade(["ls", "nope"], { cwd: directory.path });
  const message = `Cannot list "${uri}": no such object or prefix`;
  assertEquals(text, { code: 1, stdout: "", stderr: `lade: ${message}\n` });
  const json = await runLade(["--json", "ls", "nope"], { cwd: directory.path });
  assertEquals([json.code, json.stdout, JSON.parse(json.stderr)], [1, "", {
    type: "error",
    code: "not-found",
    operation: "list",
    uri,
    retryable: false,
    message,
  }]);
});

Deno.test("lade ls takes a name for an object, or for the prefix of that name, and never for a pattern", async () => {
  await using cli = new CliHere();
  await cli.fill(OBJECTS);
  const list = async (...args: string[]) => untimed((await cli.run(["ls", ...args])).stdout);
  assertEquals(await list("memory://a/dd"), ["             2 dd"]);
  assertEquals(await list("memory://a/d"), ["           PRE e/", "             1 one"]);
  assertEquals(await list("memory://a/d/"), ["           PRE e/", "             1 one"]);
  assertEquals(await list("memory://a/both"), ["             1 both", "           PRE both/"]);
  assertEquals((await cli.run(["ls", "memory://a/bo"])).code, 1);
  assertEquals((await cli.run(["ls", "memory://a/bo/"])).code, 1);
});

Deno.test("lade ls -r lists every level, with names relative to what is listed", async () => {
  await using cli = new CliHere();
  await cli.fill(OBJECTS);
  const { stdout } = await cli.run(["ls", "-r", "memory://a/d"]);
  assertEquals(untimed(stdout), ["             3 e/three", "             1 one"]);
});

Deno.test("lade ls lists several places by whole URIs, and goes on after one that fails", async () => {
  await using cli = new CliHere();
  await cli.fill(OBJECTS);
  const { code, stdout, stderr } = await cli.run(["ls", "memory://a/dd", "memory://a/x", "memory://a/d"]);
  assertEquals(code, 1);
  assertEquals(untimed(stdout), [
    "             2 memory://a/dd",
    "           PRE memory://a/d/e/",
    "             1 memory://a/d/one",
  ]);
  assertEquals(stderr, 'lade: Cannot list "memory://a/x": no such object or prefix\n');
});

Deno.test("lade ls lists the containers of a scheme", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://one/a": "", "memory://two/a": "" });
  assertEquals((await cli.run(["ls", "memory://"])).stdout, "memory://one\nmemory://two\n");
  assertEquals(
    (await cli.run(["ls", "--json", "memory://"])).stdout,
    '{"type":"container","uri":"memory://one"}\n{"type":"container","uri":"memory://two"}\n',
  );
});

Deno.test("lade ls -H prints sizes for people", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "x".repeat(1536) });
  assertEquals(untimed((await cli.run(["ls", "-H", "memory://a"])).stdout), ["      1.50 KiB x"]);
});

Deno.test("lade ls prints control characters of a name as escapes, and exactly in JSON", async () => {
  await using cli = new CliHere();
  const name = "a\nb\x1b[31m";
  await cli.fill({ [`memory://a/${name}`]: "1" });
  assertEquals(untimed((await cli.run(["ls", "memory://a"])).stdout), ["             1 a\\nb\\u001b[31m"]);
  assertEquals(JSON.parse((await cli.run(["ls", "--json", "memory://a"])).stdout).key, name);
});

Deno.test("lade ls names the known schemes when it does not know one", async () => {
  await using cli = new CliHere();
  const { code, stderr } = await cli.run(["ls", "ftp://x/y"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, 'Cannot open "ftp://x/y": unknown scheme "ftp", known are');
});

Deno.test("lade ls and du note with -v what is no object", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1" });
  Deno.symlinkSync("../..", `${directory.path}/d/outer`);
  await using cli = new CliHere();
  const note = `skipped ${directory.uri("d/outer")}: it is a symbolic link that leads out of the ` +
    'directory; set symlinks to "follow" (--config file.symlinks=follow) to follow it\n';
  for (const command of [["ls"], ["ls", "-r"], ["du"]]) {
    assertEquals((await cli.run([...command, `${directory.path}/d/`])).stderr, "");
    const { code, stderr } = await cli.run([...command, "-v", `${directory.path}/d/`]);
    assertEquals([code, stderr], [0, note]);
  }
});
