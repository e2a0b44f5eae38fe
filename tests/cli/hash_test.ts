import { assertEquals, assertMatch } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { S3Cli } from "./s3_cli.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const SHA256 = {
  hello: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
  "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
};
const MD5 = "5d41402abc4b2a76b9719d911017c592";

/** Runs a program of coreutils in a directory. */
async function run(program: string, args: string[], cwd: string): Promise<[number, string]> {
  const { code, stdout } = await new Deno.Command(program, { args, cwd, stderr: "null" }).output();
  return [code, new TextDecoder().decode(stdout)];
}

const NAMES = ["a", "with space", "back\\slash", "line\nbreak", "ä🙀", "-x", "*", "d/e", "tab\t"];

Deno.test("sha256sum -c takes what lade hash prints, and lade hash -c what sha256sum prints", async () => {
  await using directory = await TemporaryDirectory.make(
    Object.fromEntries(NAMES.map((name) => [`t/${name}`, name])),
  );
  await using cli = new CliHere();
  const { path } = directory;
  const { code, stdout } = await cli.run(["hash", "-r", `${path}/t/`]);
  assertEquals(code, 0);
  await Deno.writeTextFile(`${path}/ours`, stdout);
  const [checked, lines] = await run("sha256sum", ["-c", "ours"], path);
  assertEquals([checked, lines.split("\n").filter((line) => line.endsWith(": OK")).length], [
    0,
    NAMES.length,
  ]);
  for (const [program, flags] of [["sha256sum", []], ["md5sum", ["-b"]], ["sha1sum", ["--tag"]]] as const) {
    const [, theirs] = await run(program, [...flags, "--", ...NAMES], `${path}/t`);
    await Deno.writeTextFile(`${path}/theirs`, theirs);
    const outcome = await cli.run(["hash", "-c", `${path}/theirs`, `${path}/t`]);
    assertEquals([outcome.code, outcome.stdout.match(/: OK$/gm)?.length, outcome.stderr], [
      0,
      NAMES.length,
      "",
    ]);
  }
  const [, nul] = await run("sha256sum", ["-z", "--", ...NAMES], `${path}/t`);
  const ours = await cli.run(["hash", "-z", "-r", "--format", "rclone", `${path}/t`]);
  assertEquals(ours.stdout.split("\0").sort(), nul.split("\0").sort());
  await Deno.writeTextFile(`${path}/nul`, nul);
  const unread = await cli.run(["hash", "-c", `${path}/nul`, `${path}/t/`]);
  assertMatch(unread.stderr, /it holds a NUL; --zero reads names that end in one/);
  assertEquals((await cli.run(["hash", "-z", "-q", "-c", `${path}/nul`, `${path}/t/`])).code, 0);
});

Deno.test("lade hash prints every kind of checksum of objects and of standard input", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/a": "hello", "memory://m/empty": "" });
  const lines = await cli.run(["hash", "memory://m/a", "memory://m/empty"]);
  assertEquals(lines.stdout, `${SHA256.hello}  memory://m/a\n${SHA256[""]}  memory://m/empty\n`);
  assertEquals((await cli.run(["hash", "-t", "MD5", "-"], { stdin: ["hel", "lo"] })).stdout, `${MD5}  -\n`);
  const crc = async (type: string) =>
    (await cli.run(["hash", "-t", type, "memory://m/a"])).stdout.split(" ")[0];
  assertEquals(await crc("crc32"), "3610a686");
  assertEquals(await crc("crc32c"), "9a71bb4c");
  const { stdout } = await cli.run(["hash", "--json", "memory://m/a"]);
  assertEquals(JSON.parse(stdout), {
    type: "hash",
    name: "memory://m/a",
    uri: "memory://m/a",
    algorithm: "sha256",
    value: SHA256.hello,
    size: 5,
    stored: false,
  });
});

Deno.test("lade hash lists trees in order, with names as given or below the URI, and goes on past failures", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/p/b": "hello", "memory://m/p/a/c": "", "memory://m/q": "" });
  const given = await cli.run(["hash", "-r", "memory://m/none/", "memory://m/p"]);
  assertEquals(given.code, 1);
  assertEquals(given.stdout, `${SHA256[""]}  memory://m/p/a/c\n${SHA256.hello}  memory://m/p/b\n`);
  assertMatch(given.stderr, /^lade: Cannot hash "memory:\/\/m\/none\/": no such prefix/);
  const below = await cli.run(["hash", "-r", "--format", "rclone", "--exclude", "b", "memory://m/p/"]);
  assertEquals(below.stdout, `${SHA256[""]}  a/c\n`);
  const missing = await cli.run(["hash", "memory://m/x", "memory://m/q"]);
  assertEquals([missing.code, missing.stdout], [1, `${SHA256[""]}  memory://m/q\n`]);
  assertMatch(missing.stderr, /^lade: Cannot hash "memory:\/\/m\/x": no such object/);
});

Deno.test("lade hash takes a prefix and a directory without -r, in its place among other objects", async () => {
  await using cli = new CliHere();
  await cli.fill({
    "memory://m/p/b": "hello",
    "memory://m/p/a/c": "",
    "memory://m/q": "",
    "memory://m/q/r": "hello",
  });
  const { code, stdout } = await cli.run(["hash", "memory://m/q", "memory://m/p", "memory://m/q"]);
  const q = `${SHA256[""]}  memory://m/q\n`;
  const p = `${SHA256[""]}  memory://m/p/a/c\n${SHA256.hello}  memory://m/p/b\n`;
  assertEquals([code, stdout], [0, q + p + q], "an object stays an object");
  assertEquals(
    (await cli.run(["hash", "-r", "memory://m/q"])).stdout,
    `${q}${SHA256.hello}  memory://m/q/r\n`,
  );
  assertEquals((await cli.run(["hash", "--exclude", "b", "memory://m/p"])).stdout, p.split("\n")[0] + "\n");
  const one = await cli.run(["hash", "--exclude", "b", "memory://m/q"]);
  assertEquals(one.code, 2);
  assertMatch(one.stderr, /"memory:\/\/m\/q" is one object\. Filters choose/);
  await using directory = await TemporaryDirectory.make({ "d/x": "hello" });
  const path = `${directory.path}/d`;
  assertEquals((await cli.run(["hash", path])).stdout, `${SHA256.hello}  ${path}/x\n`);
});

Deno.test("lade hash and check fail on links that lead out, unless a filter leaves them out", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "d/x": "hello", "e/x": "hello", "out": "1" });
  const { path } = directory;
  await Deno.symlink(`${path}/out`, `${path}/d/link`);
  const listed = await cli.run(["hash", `${path}/d`]);
  assertEquals([listed.code, listed.stdout], [1, `${SHA256.hello}  ${path}/d/x\n`]);
  assertMatch(listed.stderr, /^lade: Cannot hash ".*\/d\/link": it is a symbolic link that leads out/);
  const rest = await cli.run(["hash", "--exclude", "link", `${path}/d`]);
  assertEquals({ code: rest.code, stderr: rest.stderr }, { code: 0, stderr: "" });
  const checked = await cli.run(["check", "-q", `${path}/d`, `${path}/e`]);
  assertEquals([checked.code, checked.stdout], [1, "! link\n"]);
  const same = await cli.run(["check", "-q", "--exclude", "link", `${path}/d`, `${path}/e`]);
  assertEquals(same, { code: 0, stdout: "", stderr: "" });
});

Deno.test("lade hash -c takes names with ./ before them, as find and lade hash write them", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({
    "d/x": "hello",
    "sums": `${SHA256.hello}  ./x\n`,
  });
  await cli.fill({ "memory://m/p/x": "hello" });
  for (const below of [`${directory.path}/d`, "memory://m/p/"]) {
    const { code, stdout, stderr } = await cli.run(["hash", "-c", `${directory.path}/sums`, below]);
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: "./x: OK\n", stderr: "" });
  }
});

Deno.test("lade hash -c says of each name whether it fits, and exits with 1 unless all do", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/a": "hello", "memory://m/b": "other" });
  const list = `${SHA256.hello}  a\n${SHA256.hello}  b\n${SHA256.hello}  c\nno line\n`;
  const { code, stdout, stderr } = await cli.run(["hash", "-c", "-", "memory://m"], { stdin: [list] });
  assertEquals([code, stdout], [1, "a: OK\nb: FAILED\nc: FAILED open or read\n"]);
  assertEquals(stderr.split("\n"), [
    'lade: Cannot hash "memory://m/c": no such object',
    'lade: Cannot check "no line" of standard input: it is no checksum and a name',
    "lade: 1 checksum does not fit",
    "",
  ]);
  const quiet = await cli.run(["hash", "-q", "-c", "-", "memory://m"], { stdin: [`${MD5}  a\n`] });
  assertEquals(quiet, { code: 0, stdout: "", stderr: "" });
  const whole = await cli.run(["hash", "-c", "-"], { stdin: [`${MD5}  memory://m/a\n`] });
  assertEquals(whole.stdout, "memory://m/a: OK\n");
  assertEquals((await cli.run(["hash", "-c", "-", "memory://m"], { stdin: [""] })).code, 1);
  // Each by itself, and behind one that fits.
  for (const line of [`${SHA256.hello}  b\n`, `${SHA256.hello}  c\n`, "no line\n"]) {
    for (const flags of [[], ["-q"]]) {
      const args = ["hash", ...flags, "-c", "-", "memory://m"];
      assertEquals((await cli.run(args, { stdin: [line] })).code, 1, line);
      assertEquals((await cli.run(args, { stdin: [`${SHA256.hello}  a\n${line}`] })).code, 1, line);
    }
  }
});

Deno.test("lade hash -c needs the type where the digits do not tell it, and keeps to it", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/a": "hello" });
  const line = { stdin: ["9a71bb4c  a\n"] };
  assertEquals((await cli.run(["hash", "-c", "-", "memory://m"], line)).code, 2);
  assertEquals((await cli.run(["hash", "-t", "crc32c", "-c", "-", "memory://m"], line)).stdout, "a: OK\n");
  assertEquals((await cli.run(["hash", "-t", "crc32", "-c", "-", "memory://m"], line)).stdout, "a: FAILED\n");
  const md5 = await cli.run(["hash", "-t", "crc32", "-c", "-", "memory://m"], { stdin: [`${MD5}  a\n`] });
  assertEquals([md5.code, md5.stdout], [1, ""]);
});

Deno.test("lade hash reads, and with --stored asks for the checksum that the service has", async () => {
  await using cli = await S3Cli.start({ "a": "hello" });
  await cli.run(["put", "-q", "a", "s3://bucket/a"]);
  const type = ["--type", "crc32c"];
  const read = await cli.watch(["hash", ...type, "s3://bucket/a"]);
  assertEquals(read.operations.includes("GetObject"), true);
  const { operations, stdout } = await cli.watch(["hash", ...type, "--stored", "--json", "s3://bucket/a"]);
  const { value, stored } = JSON.parse(stdout);
  assertEquals([value, stored, operations], [read.stdout.split(" ")[0], true, ["HeadObject"]]);
  const other = await cli.run(["hash", "-t", "sha512", "--stored", "--json", "s3://bucket/a"]);
  assertEquals(JSON.parse(other.stdout).stored, false);
});

Deno.test("lade hash refuses what cannot be meant", async () => {
  await using cli = new CliHere();
  for (
    const args of [
      [],
      ["-r", "-"],
      ["-c", "-", "memory://m", "memory://n"],
      [
        "-r",
        "-c",
        "-",
      ],
      ["-c", "-", "-"],
      ["-t", "md4", "memory://m/a"],
    ]
  ) assertEquals((await cli.run(["hash", ...args])).code, 2, args.join(" "));
});
