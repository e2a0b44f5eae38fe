import { assert, assertEquals } from "@std/assert";
import { type Bandwidth, createStoreContext } from "@lade/core/backend";
import { Lade } from "@lade/lade";
import { InterruptError } from "../../packages/cli/command/interrupt_error.ts";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { CliHere } from "./run_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** Runs a file of these lines. */
async function runLines(cli: CliHere, lines: readonly string[], args: readonly string[] = []) {
  return await cli.run(["run", ...args, "-"], { stdin: [lines.join("\n")] });
}

Deno.test("lade run executes commands of a file, with or without the word lade", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "a": "1", "b c": "22", "list": "" });
  const { path } = directory;
  await cli.fill({ "memory://run/old": "old" });
  await Deno.writeTextFile(
    `${path}/list`,
    [
      `\ufeffcp ${path}/a memory://run/a`,
      "# a comment",
      "",
      `  lade put "${path}/b c" memory://run/b  # why\r`,
      `rm memory://run/old`,
      `cp -r ${path}/ memory://all/`,
    ].join("\n"),
  );
  const { code, stdout, stderr } = await cli.run(["run", `${path}/list`]);
  assertEquals([code, stdout.split("\n").sort()], [
    0,
    [
      "",
      `cp file://${path}/a memory://all/a`,
      `cp file://${path}/a memory://run/a`,
      `cp 'file://${path}/b c' 'memory://all/b c'`,
      `cp file://${path}/list memory://all/list`,
      `put 'file://${path}/b c' memory://run/b`,
      "rm memory://run/old",
    ].sort(),
  ]);
  assert(/^lade: run did 4 commands in \d/m.test(stderr), stderr);
  assert(stderr.includes(`${path}/list:6: cp did 3 objects`), stderr);
  assertEquals(await cli.contents("memory://run/"), { "memory://run/a": "1", "memory://run/b": "22" });
});

Deno.test("lade run says of each failure in which line it is, and does the others", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://f/a": "1" });
  const lines = ["cp memory://f/none memory://f/x", "cp memory://f/a memory://f/b", "rm memory://f/none"];
  const { code, stderr } = await runLines(cli, lines);
  assertEquals(code, 1);
  const told = stderr.trim().split("\n").sort();
  assertEquals(told.slice(0, 2), [
    '-:1: Cannot cp "memory://f/none": no such object',
    '-:3: Cannot remove "memory://f/none": no such object',
  ]);
  assert(told[2]?.startsWith("lade: run did 1 command, 2 failed in "), told[2]);
  assertEquals(Object.keys(await cli.contents("memory://f/")), ["memory://f/a", "memory://f/b"]);
});

Deno.test("lade run --json tells the line in every row", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://j/a": "1" });
  const lines = [
    "",
    "cp memory://j/a memory://j/b",
    "stat memory://j/a",
    "rm memory://j/none",
    "ls memory://j/a",
  ];
  const { code, stdout, stderr } = await runLines(cli, lines, ["--json"]);
  assertEquals(code, 1);
  const rows = (stdout + stderr).trim().split("\n").map((row) => JSON.parse(row));
  const { elapsedMs, ...summary } = rows.pop();
  assert(Number.isInteger(elapsedMs));
  assertEquals(summary, { type: "commands", done: 3, failed: 1, skipped: 0 });
  assertEquals(rows.map(({ type, line }) => `${line} ${type}`).sort(), [
    "2 operation",
    "3 stat",
    "4 error",
    "5 object",
  ]);
});

Deno.test("lade run finds every mistake before the first command runs", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/a": "1" });
  const wrong: readonly (readonly [string, string])[] = [
    ["frobnicate a", '"frobnicate" is not a command'],
    ["copy a b", "Did you mean `cp`?"],
    ["rcat a", "Here it is called pipe."],
    ["cp a", "A source and a destination are needed."],
    ["cp --nope a b", "--nope"],
    ["cp 'a b", "A quote is not closed"],
    ["rm memory://m/a | wc", '"|" is for a shell'],
    ["run other", "A file of commands cannot run another one."],
    ["lade run --fail-fast other", "A file of commands cannot run another one."],
    ["pipe memory://m/x", "pipe reads standard input"],
    ["cp - memory://m/x", "cp from - reads standard input"],
    ["put /dev/stdin memory://m/x", "put from - reads standard input"],
    ["rm -r --files-from - memory://m/", "rm from - reads standard input"],
    ["cat memory://m/a", "cat prints bytes"],
    ["get memory://m/a -", "get to - prints bytes"],
    ["cp memory://m/a /dev/stdout", "cp to - prints bytes"],
    ["cp --help", "It prints help, and does nothing."],
    ["--version", "It prints help, and does nothing."],
    ["rm -v memory://m/a", "Options that every command takes are given once, to lade run."],
    ["rm --op-log x memory://m/a", "Options that every command takes are given once, to lade run."],
    ["rm --no-endpoint-cache memory://m/a", "Options that every command takes are given once, to lade run."],
    ["rm --json memory://m/a", "Options that every command takes are given once"],
    ["rm --bwlimit 1M memory://m/a", "Options that every command takes are given once"],
    ["rm --config file.sync=full memory://m/a", "Options that every command takes are given once"],
    ["rm --endpoint-url http://127.0.0.1:9 memory://m/a", "Options that every command takes are given once"],
    [
      "mv -r memory://m/a memory://m/b memory://m/c/",
      "With -r there is one source, since what lies below it goes below DEST: give one command for each.",
    ],
    ["cp -r --version 1 memory://m/a memory://m/c/", "With --version there is one object, and no -r."],
    ["put memory://m/a memory://m/b", "put takes local files"],
    ["get memory://m/a memory://m/b", "get writes local files"],
    ["rm -r --version 1 memory://m/a", "With --version there is neither -r nor --versions."],
    ["rb --versions memory://m", "--versions goes with -f."],
  ];
  for (const [line, problem] of wrong) {
    const { code, stdout, stderr } = await runLines(cli, ["rm memory://m/a", line]);
    assertEquals([line, code, stdout], [line, 2, ""]);
    assert(stderr.startsWith("lade: Nothing was done: not every line is a command.\n  -:2: "), stderr);
    assert(stderr.includes(problem), `${line}: ${stderr}`);
  }
  assertEquals(await cli.contents("memory://m/"), { "memory://m/a": "1" });
  const many = await runLines(cli, Array.from({ length: 30 }, () => "nope"));
  assert(many.stderr.includes("-:20: ") && !many.stderr.includes("-:21: "), many.stderr);
  assert(many.stderr.includes("and 10 more"), many.stderr);
});

Deno.test("lade run does what commands have printed, also with --dry-run, whatever the names", async () => {
  await using cli = new CliHere();
  const names = [
    "a b",
    "it's",
    "new\nline",
    "$HOME",
    "#1",
    "x (version 3)",
    "\u202ebidi",
    "é",
    "q\"u'o\\te",
    "a;b",
  ];
  await cli.fill(Object.fromEntries(names.map((name) => [`memory://names/${name}`, name])));
  const printed = await cli.run(["cp", "-r", "--dry-run", "memory://names/", "memory://copies/"]);
  assertEquals(printed.stdout.trim().split("\n").length, names.length);
  assertEquals(await cli.contents("memory://copies/"), {});
  const done = await cli.run(["run", "-"], { stdin: [printed.stdout] });
  assertEquals(done.code, 0, done.stderr);
  assertEquals(
    await cli.contents("memory://copies/"),
    Object.fromEntries(names.map((name) => [`memory://copies/${name}`, name])),
  );
  const again = await cli.run(["run", "-"], { stdin: [done.stdout.replaceAll("copies", "more")] });
  assertEquals(again.code, 0, again.stderr);
  assertEquals(Object.keys(await cli.contents("memory://more/")).length, names.length);
});

Deno.test("lade run --fail-fast ends all at the first failure", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://ff/a": "1" });
  const lines = [
    "rm memory://ff/none",
    ...Array.from({ length: 50 }, (_, at) => `cp memory://ff/a memory://ff/b${at}`),
  ];
  const { code, stderr } = await runLines(cli, lines, ["--fail-fast", "-j", "1"]);
  assertEquals(code, 1);
  assert(/run did 0 commands, 1 failed, 50 not begun or ended/.test(stderr), stderr);
  assertEquals(Object.keys(await cli.contents("memory://ff/")), ["memory://ff/a"]);
});

Deno.test("lade run is ended as a whole by Ctrl-C, which is told once", async () => {
  await using directory = await TemporaryDirectory.make({ "a": "1" });
  const { path } = directory;
  const controller = new AbortController();
  let waiting = 0;
  const bandwidth: Bandwidth = {
    piece: () => 1,
    take(_direction, _bytes, signal) {
      // With the last of the three that run, all wait.
      if (++waiting === 3) controller.abort(new InterruptError("SIGINT", 130));
      return new Promise((_resolve, reject) => {
        const end = () => reject(signal?.reason);
        if (signal?.aborted) end();
        else signal?.addEventListener("abort", end, { once: true });
      });
    },
  };
  await using lade = new Lade({ context: createStoreContext({ bandwidth }) });
  const terminal = new FakeTerminal({
    stdin: [Array.from({ length: 20 }, (_, at) => `cp ${path}/a ${path}/b${at}`).join("\n")],
  });
  const code = await runCli(["run", "-j", "3", "-"], { terminal, lade, signal: controller.signal });
  const stderr = terminal.stderr.text.trim().split("\n");
  assertEquals([code, waiting, stderr.length], [130, 3, 2], terminal.stderr.text);
  assert(/^lade: run did 0 commands, 20 not begun or ended in /.test(stderr[0] ?? ""), stderr[0]);
  assert(/Interrupted/.test(stderr[1] ?? ""), stderr[1]);
  assertEquals(Array.from(Deno.readDirSync(path), ({ name }) => name), ["a"]);
});

Deno.test("lade run says what is wrong with its file", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "d/x": "1" });
  await Deno.writeFile(`${directory.path}/binary`, new Uint8Array([0x63, 0xff, 0xfe]));
  const none = await cli.run(["run", `${directory.path}/none`]);
  assertEquals([none.code, none.stderr.includes("no such object")], [1, true]);
  const binary = await cli.run(["run", `${directory.path}/binary`]);
  assertEquals([binary.code, binary.stderr.includes("it is not text (UTF-8)")], [2, true]);
  const tree = await cli.run(["run", `${directory.path}/d/`]);
  assertEquals([tree.code, tree.stderr.includes("name a file of commands")], [1, true]);
  const empty = await runLines(cli, ["# nothing"]);
  assertEquals([empty.code, empty.stdout], [0, ""]);
  await cli.fill({ "memory://list/commands": "mb memory://made" });
  assertEquals((await cli.run(["run", "memory://list/commands"])).code, 0);
});
