import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../packages/cli/deno.json" with { type: "json" };
import { COMMAND_NAMES } from "../../packages/cli/program/commands.ts";
import { getDocPage } from "@optique/core/parser";
import { loadParser } from "../../packages/cli/program/parse_command_line.ts";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade --version tells version, build and runtime, however it is asked for", async () => {
  await using directory = await TemporaryDirectory.make();
  const runtime = `Deno ${Deno.version.deno}, ${Deno.build.target}`;
  const expected = { code: 0, stdout: `lade ${config.version} (from source, ${runtime})\n`, stderr: "" };
  assertEquals(await runLade(["--version"], { cwd: directory.path }), expected);
  await using cli = new CliHere();
  for (const args of [["-V"], ["ls", "--version"], ["--json", "--version"]]) {
    assertEquals(await cli.run(args), expected, args.join(" "));
  }
});

Deno.test("upload and download are other names of put and get", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "d/a": "1", "d/b": "22" });
  const { path } = directory;
  const up = await cli.run(["-q", "upload", "-r", "-j", "4", `${path}/d`, "memory://alias/"]);
  assertEquals([up, await cli.contents("memory://alias/")], [{ code: 0, stdout: "", stderr: "" }, {
    "memory://alias/a": "1",
    "memory://alias/b": "22",
  }]);
  const down = await cli.run(["download", "memory://alias/a", `${path}/x`]);
  assertEquals([down.code, down.stdout], [0, `get memory://alias/a file://${path}/x\n`]);
  assertEquals(await cli.run(["help", "upload"]), await cli.run(["help", "put"]));
  assertStringIncludes((await cli.run(["upload", "--help"])).stdout, "lade put");
  // Behind the name of a command it is a name.
  assertStringIncludes((await cli.run(["stat", `${path}/upload`])).stderr, "/upload");
  assertEquals((await cli.run(["rm", "upload"])).stderr.includes('upload": no such object'), true);
});

Deno.test("what came of bytes that are not UTF-8 names nothing, and in a file of commands U+FFFD is a character", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({
    "x\ufffd": "other",
    commands: "rm 'memory://m/x\ufffd'\n",
  });
  const { path } = directory;
  await cli.fill({ "memory://m/x\ufffd": "other", "memory://m/a": "1" });
  for (
    const args of [
      ["rm", `${path}/x\ufffd`],
      ["rm", "memory://m/x\ufffd"],
      ["put", `${path}/commands`, "memory://m/y\ufffd"],
      ["cp", "-r", "memory://m/", `${path}/out\ufffd/`],
    ]
  ) {
    const { code, stderr } = await cli.run(args);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, "\ufffd stands for bytes that are not UTF-8");
  }
  assertEquals(Object.keys(await cli.contents("memory://m/")), ["memory://m/a", "memory://m/x\ufffd"]);
  assertEquals(Array.from(Deno.readDirSync(path), ({ name }) => name).sort(), ["commands", "x\ufffd"]);
  assertEquals((await cli.run(["run", `${path}/commands`])).code, 0);
  assertEquals(Object.keys(await cli.contents("memory://m/")), ["memory://m/a"]);
});

Deno.test("help and mistakes are told on a terminal of any width", async () => {
  await using cli = new CliHere();
  for (const columns of [1, 2, 5, 13, 39]) {
    for (const args of [["--help"], ...COMMAND_NAMES.map((name) => [name, "--help"])]) {
      assertEquals((await cli.run(args, { columns })).code, 0, `${columns} ${args}`);
    }
    assertEquals((await cli.run(["nosuch"], { columns })).code, 2);
  }
});

Deno.test("a word that begins as options do is never taken for a name beside those that are removed", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "f": "1" });
  for (const word of ["--dry_run", "\u2014dry-run", "\u2013n"]) {
    const { code, stdout, stderr } = await cli.run(["rm", `${directory.path}/f`, word]);
    assertEquals([code, stdout, stderr.includes("Unexpected option or argument")], [2, "", true], word);
  }
  assertEquals(await directory.tree(), { "f": "1" });
});

Deno.test("lade exits with 2 on a wrong command line, says why and where to look, and does nothing", async () => {
  await using cli = new CliHere();
  const mistakes: [args: string[], said: RegExp][] = [
    [[], /^lade: A command is needed\.\n {2}See lade --help\.\n$/],
    [["lss"], /^lade: "lss" is not a command\.\n {2}Did you mean `ls`\?\n {2}See lade --help\.\n$/],
    [["rcat", "a"], /Here it is called pipe\.\n/],
    [["mirror", "a", "b"], /Here it is called sync\.\n/],
    [["cleanup", "s3://photos"], /Here it is called sweep\.\n/],
    [["cp", "--dryrun", "a", "b"], /Here it is given by --dry-run\.\n/],
    [["upload", "--create-bucket", "a", "b"], /Here it is given by lade mb, before\.\n/],
    [["signurl", "gs://photos/a"], /Here it is called presign\.\n/],
    [["mb", "--location", "EU", "gs://photos"], /Here it is given by --config as gs\.location\.\n/],
    [["ls", "--recursiv"], /Did you mean `--recursive`\?\n {2}See lade ls --help\.\n$/],
    [["ls", "--unknown"], /Unexpected option or argument: "--unknown"\./],
    [
      ["ls", "--account-key=x"],
      /\.\n {2}Here it is given by AZURE_STORAGE_KEY, or by --config as az\.accountKey\.\n/,
    ],
    [["--frob"], /Unexpected option or argument: "--frob"\./],
    [["-q", "frobnicate", "x"], /^lade: "frobnicate" is not a command\.\n {2}See lade --help\.\n$/],
    [["cp", "a", "b", "-x"], /Unexpected option or argument: "-x"\./],
    [["cat"], /A URI or path is needed\.\n {2}See lade cat --help\.\n$/],
    [["cp", "a"], /A source and a destination are needed\.\n/],
    [["cp", "--zstd", "23", "a", "b"], /--zstd/],
    [["cp", "--jobs", "0", "a", "b"], /--jobs/],
    [["put", "--metadata", "x", "a", "b"], /"x" is not of the form name=value\./],
    [["ls", "--progress", "x"], /Expected one of "auto", "plain", "limits" or "none"/],
    [["sync", "a"], /^lade: DEST is missing\.\n {2}See lade sync --help\.\n$/],
    [["jobs"], /^lade: list\|show\|resume\|remove\|status is missing\.\n/],
    [["size", "s3://photos"], /^lade: "size" is not a command\.\n {2}Here it is called du\.\n/],
    [["cp", "--update", "a", "b"], /"--update"\.\n {2}Here it is given by sync --update\.\n/],
    [["sync", "-r", "a", "b"], /"-r"\.\n {2}It is not needed: sync takes everything below\.\n {2}See/],
    [["cat", "-z", "a"], /"-z"\.\n {2}See lade cat --help\.\n$/],
    [["ls", "--config", "x"], /"x" is not of the form scheme\.name=value, such as s3\.region=eu-west-1/],
    [["rm", "-"], /"-" is not possible here/],
    [["rm", ""], /cannot be empty/],
    [["help", "nope"], /`nope`/],
    [["man", "nope"], /"nope" is not a command\./],
    [["completion", "tcsh"], /Unsupported shell "tcsh"/],
  ];
  for (const [args, said] of mistakes) {
    const { code, stdout, stderr } = await cli.run(args);
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertMatch(stderr, said);
  }
});

Deno.test("lade prints a wrong command line as JSON when asked for JSON", async () => {
  await using cli = new CliHere();
  const { code, stderr } = await cli.run(["ls", "--json", "--nope"]);
  assertEquals([code, JSON.parse(stderr).type], [2, "error"]);
});

Deno.test("lade takes global options before and after the command, and arguments that look like options after --", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/x": "1" });
  const before = await cli.run(["--json", "-q", "ls", "memory://m"]);
  const after = await cli.run(["ls", "memory://m", "--json", "-q"]);
  assertEquals([before.code, JSON.parse(before.stdout).key], [0, "x"]);
  assertEquals(after, before);
  assertMatch((await cli.run(["ls", "--", "-x"])).stderr, /Cannot list "file:\/\/.*\/-x"/);
});

Deno.test("lade --help lists every command, and each command has help and a manual page", async () => {
  await using cli = new CliHere();
  const top = await cli.run(["--help"]);
  assertEquals([top.code, top.stderr], [0, ""]);
  const listed = getDocPage(await loadParser())?.sections.flatMap(({ entries }) =>
    entries.map(({ term }) => term)
  );
  assertEquals(listed?.flatMap((term) => term.type === "command" ? [term.name] : []), [...COMMAND_NAMES]);
  for (const name of COMMAND_NAMES) {
    assertMatch(top.stdout, new RegExp(`^ {2}${name} +[A-Z]`, "m"));
    const help = await cli.run([name, "--help"]);
    assertEquals([help.code, help.stderr], [0, ""]);
    assertStringIncludes(help.stdout, `Usage: lade ${name} [OPTION...]`);
    assertStringIncludes(help.stdout, "\nExamples:\n  ");
    assertEquals((await cli.run(["help", name])).stdout, help.stdout);
    assert(help.stdout.split("\n").every((line) => line.length <= 80 && !line.endsWith(" ")), help.stdout);
    const page = await cli.run(["man", name]);
    assertEquals([page.code, page.stderr], [0, ""]);
    assertMatch(
      page.stdout,
      new RegExp(`^\\.TH "LADE-${name.toUpperCase()}" "1" .*\\n\\.SH NAME\\nlade\\\\-${name} \\\\- `),
    );
    for (const part of ["SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS"]) {
      assertMatch(page.stdout, new RegExp(`^\\.SH ${part}$`, "m"));
    }
  }
  assertStringIncludes(
    top.stdout,
    "Exit codes: 0 done, 1 something failed, 2 wrong command line, 130 interrupted",
  );
  assertStringIncludes(
    top.stdout.replaceAll(/\s+/g, " "),
    "are powers of 1024; KB, MB, GB, TB are powers of 1000",
  );
});

Deno.test("lade man prints a page of the whole program that no line of text can break", async () => {
  await using cli = new CliHere();
  const { stdout } = await cli.run(["man"]);
  const requests = stdout.split("\n").filter((line) => /^[.']/.test(line)).map((line) => line.split(" ")[0]);
  assertEquals([...new Set(requests)].sort(), [".B", ".BR", ".SH", ".TH", ".TP"]);
  assertEquals(JSON.parse((await cli.run(["man", "--json"])).stdout), {
    type: "text",
    text: stdout.trimEnd(),
  });
});

Deno.test("lade completion prints a script for each shell, and completes commands and options", async () => {
  await using cli = new CliHere();
  for (const shell of ["bash", "zsh", "fish", "pwsh", "nu"]) {
    const { code, stdout } = await cli.run(["completion", shell]);
    assertEquals([code, stdout.includes("lade")], [0, true], shell);
  }
  const complete = async (...words: string[]) =>
    (await cli.run(["completion", "bash", ...words])).stdout.split("\n");
  assert((await complete("m")).some((line) => line.startsWith("mv")));
  assert((await complete("cp", "--dry")).some((line) => line.startsWith("--dry-run")));
  assert((await complete("ls", "--progress", "p")).some((line) => line.startsWith("plain")));
});

Deno.test("lade --config configures a backend, and refuses what it does not know", async () => {
  await using directory = await TemporaryDirectory.make({ a: "1" });
  const run = (setting: string) => runLade(["cp", "--config", setting, "a", "b"], { cwd: directory.path });
  assertEquals((await run("file.sync=full")).code, 0);
  const mistakes: [setting: string, said: string][] = [
    ["nope.x=1", 'Cannot configure scheme "nope": known are file, direct'],
    ["file.nope=1", 'unknown configuration "nope", known are sync, symlinks'],
    ["file.symlink=follow", 'unknown configuration "symlink", did you mean "symlinks"?'],
    ["file.sync=maybe", 'sync (--config) has to be one of "auto", "none", "data", "full", not "maybe"'],
    ["memory.x=1", 'unknown configuration "x", known are none'],
  ];
  for (const [setting, said] of mistakes) {
    const outcome = await run(setting);
    assertEquals([outcome.code, outcome.stdout], [2, ""], outcome.stderr);
    assertStringIncludes(outcome.stderr, said);
  }
});

Deno.test("an option before its command, and options without a command, are told as what they are", async () => {
  await using cli = new CliHere();
  const early = await cli.run(["--dry-run", "rm", "memory://m/a"]);
  assertEquals([early.code, early.stderr.split("\n")[1]?.trim()], [
    2,
    "It goes after the name of the command.",
  ]);
  assertStringIncludes(early.stderr, '"--dry-run"');
  assertEquals(await cli.run(["-q"]), {
    code: 2,
    stdout: "",
    stderr: "lade: A command is needed.\n  See lade --help.\n",
  });
});
