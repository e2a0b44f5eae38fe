import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { NotFoundError } from "@lade/core/errors";
import { CliHere } from "./run_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const TREE = {
  "a.gz": "1",
  "b.txt": "22",
  "d/a.gz": "3",
  "d/e/c.gz": "4",
  "d/e/.h.gz": "5",
  "tmp/x.gz": "6",
};

/** A store and a directory that hold the same. */
async function filled(): Promise<{ cli: CliHere; directory: TemporaryDirectory } & AsyncDisposable> {
  const cli = new CliHere();
  await cli.fill(
    Object.fromEntries(Object.entries(TREE).map(([name, text]) => [`memory://m/p/${name}`, text])),
  );
  const directory = await TemporaryDirectory.make(TREE);
  return {
    cli,
    directory,
    async [Symbol.asyncDispose]() {
      await directory[Symbol.asyncDispose]();
      await cli[Symbol.asyncDispose]();
    },
  };
}

async function namesIn(cli: CliHere, uri: string): Promise<string[]> {
  try {
    return Object.keys(await cli.contents(uri)).map((name) => name.slice(uri.length));
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    return [];
  }
}

const CASES: readonly (readonly [options: string, names: readonly string[]])[] = [
  ["--include *.gz", ["a.gz", "d/a.gz", "d/e/.h.gz", "d/e/c.gz", "tmp/x.gz"]],
  ["--exclude tmp/ --include *.gz --exclude .h*", ["a.gz", "d/a.gz", "d/e/c.gz"]],
  ["--include /d/*", ["d/a.gz"]],
  ["--include /d/ --include /b*", ["b.txt", "d/a.gz", "d/e/.h.gz", "d/e/c.gz"]],
  ["--include-regex ^d/.*/c --exclude-regex x", ["d/e/c.gz"]],
  ["--min-size 2", ["b.txt"]],
  ["--max-size 1B --exclude /d/", ["a.gz", "tmp/x.gz"]],
  ["--max-age 1h --include b*", ["b.txt"]],
  ["--min-age 1h", []],
  ["--min-age 2001-01-01", []],
];

Deno.test("lade cp, get and put -r take what the filters choose, from a store and from a directory", async () => {
  for (const [options, names] of CASES) {
    await using world = await filled();
    const { cli, directory } = world;
    const given = options.split(" ");
    for (const source of ["memory://m/p/", `${directory.path}/`]) {
      const { code, stderr } = await cli.run(["cp", "-r", ...given, source, "memory://to/x/"]);
      assertEquals(
        [code, await namesIn(cli, "memory://to/x/")],
        [0, names],
        `${options} ${source} ${stderr}`,
      );
      await cli.run(["rm", "-r", "-f", "memory://to/x/"]);
    }
    await cli.run(["get", "-r", ...given, "memory://m/p/", `${directory.path}/got/`]);
    assertEquals(await namesIn(cli, directory.uri("got/")), names, options);
  }
});

Deno.test("lade mv -r with filters moves what they choose, and leaves the rest and its directories", async () => {
  await using world = await filled();
  const { cli, directory } = world;
  for (
    const [source, to] of [["memory://m/p/", "memory://m/q/"], [
      `${directory.path}/`,
      "memory://m/r/",
    ]] as const
  ) {
    const { code } = await cli.run(["mv", "-r", "--include", "*.gz", "--exclude", "/d/e/", source, to]);
    assertEquals([code, await namesIn(cli, to)], [0, ["a.gz", "d/a.gz", "tmp/x.gz"]]);
  }
  assertEquals(await namesIn(cli, "memory://m/p/"), ["b.txt", "d/e/.h.gz", "d/e/c.gz"]);
  assertEquals(await directory.tree(), { "b.txt": "22", "d/e/.h.gz": "5", "d/e/c.gz": "4", "tmp/": "" });
});

Deno.test("lade mv -r with filters between local places moves nothing as a tree", async () => {
  await using world = await filled();
  const { cli, directory } = world;
  await cli.run(["mv", "-r", "--include", "b*", `${directory.path}/`, `${directory.path}-to/`]);
  try {
    assertEquals(
      await namesIn(cli, directory.uri("")),
      Object.keys(TREE).filter((name) => name !== "b.txt").sort(),
    );
    assertEquals(await namesIn(cli, `file://${directory.path}-to/`), ["b.txt"]);
  } finally {
    await Deno.remove(`${directory.path}-to`, { recursive: true });
  }
});

Deno.test("lade cp --files-from takes the names of a list as they stand, and says which are missing", async () => {
  await using world = await filled();
  const { cli, directory } = world;
  await cli.fill({ "memory://m/p/# x": "7", "memory://m/p/*": "8" });
  const list = new TextEncoder().encode("d/a.gz\n# x\n*\nmissing\n\nb.txt");
  const { code, stderr } = await cli.run(
    ["cp", "-r", "--files-from", "-", "memory://m/p/", "memory://to/"],
    { stdin: [list] },
  );
  assertEquals([code, await namesIn(cli, "memory://to/")], [1, ["# x", "*", "b.txt", "d/a.gz"]]);
  assertStringIncludes(stderr, 'lade: Cannot cp "memory://m/p/missing": no such object\n');
  const found = new TextEncoder().encode("./d/a.gz\0./b.txt\0");
  const args = [
    "cp",
    "-r",
    "--files-from",
    "-",
    "--from0",
    "--min-size",
    "2",
    directory.path,
    "memory://found/",
  ];
  assertEquals((await cli.run(args, { stdin: [found] })).code, 0);
  assertEquals(await namesIn(cli, "memory://found/"), ["b.txt"]);
});

Deno.test("lade cp says what names of a list are, where none of them is there", async () => {
  await using world = await filled();
  const { cli, directory } = world;
  const list = new TextEncoder().encode(`${directory.path}/b.txt\n`.slice(1));
  const args = ["cp", "-r", "--files-from", "-", directory.path, "memory://to/"];
  const { code, stderr } = await cli.run(args, { stdin: [list] });
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    "lade: names of --files-from are those below the source, as find -printf '%P\\n' writes",
  );
});

Deno.test("lade cp --glob takes what matches wildcards, and names are no patterns without it", async () => {
  await using world = await filled();
  const { cli, directory } = world;
  const wild = ["memory://m/p/d/*.gz", `${directory.path}/{a,b}*`];
  const both = await cli.run(["cp", "--glob", ...wild, "memory://to/"]);
  assertEquals(both.code, 1, "two sources bring a.gz");
  assertEquals(await namesIn(cli, "memory://to/"), ["a.gz", "b.txt"]);
  assertEquals((await cli.run(["cp", ...wild, "memory://plain/"])).code, 1);
  assertEquals(await namesIn(cli, "memory://plain/"), []);
  const any = await cli.run(["get", "--glob", "memory://m/p/**/[c-x]*", `${directory.path}/got`]);
  assertEquals([any.code, await namesIn(cli, directory.uri("got/"))], [0, ["d/e/c.gz", "tmp/x.gz"]]);
  const none = await cli.run(["get", "--glob", "memory://m/p/*.zip", directory.path]);
  assertEquals(none.code, 1);
  assertStringIncludes(none.stderr, 'lade: Cannot get "memory://m/p/*.zip": nothing matches\n');
  assertEquals((await cli.run(["mv", "--glob", "memory://m/p/d/**", "memory://moved/"])).code, 0);
  assertEquals(await namesIn(cli, "memory://m/p/"), ["a.gz", "b.txt", "tmp/x.gz"]);
});

Deno.test("lade refuses filters that say nothing clear, before anything is done", async () => {
  await using world = await filled();
  const { cli } = world;
  const mistakes: readonly (readonly [args: string, problem: string])[] = [
    ["-r --include a[ memory://m/p/ memory://to/", 'Cannot use the glob "a[": at 2: "[" is not closed'],
    ["-r --exclude-regex a( memory://m/p/ memory://to/", "Cannot use the regular expression"],
    ["-r --min-size 2 --max-size 1 memory://m/p/ memory://to/", "the least size is above the greatest"],
    ["-r --min-age soon memory://m/p/ memory://to/", '"soon" is neither a time'],
    ["-r --min-age 30 memory://m/p/ memory://to/", '"30" needs a unit: 30s, 30m, 30h or 30d'],
    ["-r --min-age 20260701 memory://m/p/ memory://to/", "needs a unit"],
    ["-r --max-age 6M memory://m/p/ memory://to/", '"6M" is neither a time'],
    ["-r --min-age 2h --max-age 1h memory://m/p/ memory://to/", "nothing changed both"],
    ["-r --from0 memory://m/p/ memory://to/", "--from0 says how --files-from is read"],
    ["--include *.gz memory://m/p/a.gz memory://to/", "add -r"],
    ["--glob -r memory://m/p/* memory://to/", "With --glob there is no -r"],
    ["--glob memory://m/p/[ memory://to/", 'Cannot use the glob "[": at 1'],
  ];
  for (const [args, problem] of mistakes) {
    const { code, stderr } = await cli.run(["cp", ...args.split(" ")]);
    assertEquals(code, 2, args);
    assertStringIncludes(stderr, problem);
  }
  const missing = await cli.run(["cp", "-r", "--files-from", "/nowhere/x", "memory://m/p/", "memory://to/"]);
  assertStringIncludes(missing.stderr, 'Cannot read "/nowhere/x": no such file');
  assertEquals([missing.code, await namesIn(cli, "memory://to/")], [1, []]);
});

Deno.test("lade rm -r with filters removes what they choose and nothing else, and the dry run shows exactly that", async () => {
  for (const [options, names] of CASES) {
    await using world = await filled();
    const { cli, directory } = world;
    await Deno.mkdir(`${directory.path}/empty`);
    const rest = Object.keys(TREE).filter((name) => !names.includes(name)).sort();
    for (
      const [place, uri] of [["memory://m/p/", "memory://m/p/"], [directory.path, directory.uri("")]] as const
    ) {
      const args = ["rm", "-r", ...options.split(" "), place];
      const shown = await cli.run([...args, "--dry-run"]);
      assertEquals((await namesIn(cli, uri)).length, Object.keys(TREE).length);
      const { code, stdout } = await cli.run(args);
      const lines = names.map((name) => `rm ${uri}${name}`).sort();
      assertEquals([code, stdout.split("\n").filter((line) => line !== "").sort()], [0, lines], options);
      assertEquals(
        shown.stdout.split("\n").filter((line) => line !== "").sort(),
        lines.map((line) => `(dry run) ${line}`),
      );
      assertEquals(await namesIn(cli, uri), rest, options);
    }
    assertEquals((await Deno.stat(`${directory.path}/empty`)).isDirectory, true);
  }
});

Deno.test("a day that its month does not have is no date", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/p/a": "1" });
  for (const day of ["2023-02-29", "2026-04-31", "Mon, 30 Feb 2026 00:00:00 GMT"]) {
    const { code, stderr } = await cli.run(["rm", "-r", "--max-age", day, "memory://m/p/"]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "nor a date such as");
  }
  for (const day of ["2024-02-29", "2026-04-30T23:59:59-11:00", "Sun, 1 Feb 2026 00:00:00 GMT"]) {
    assertEquals((await cli.run(["rm", "-r", "--dry-run", "--max-age", day, "memory://m/p/"])).code, 0);
  }
  assertEquals(await cli.contents("memory://m/p/"), { "memory://m/p/a": "1" });
});

Deno.test("lade rm with filters takes links as links, by their own size, and leaves directories", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "d/a.tmp": "1", "d/b": "2", "outside/c": "333" });
  await Deno.symlink("../outside", `${directory.path}/d/out.tmp`);
  await Deno.symlink("b", `${directory.path}/d/in.tmp`);
  const { code, stdout } = await cli.run(["rm", "-r", "--include", "*.tmp", `${directory.path}/d`]);
  const lines = ["a.tmp", "in.tmp", "out.tmp"].map((name) => `rm ${directory.uri(`d/${name}`)}`);
  assertEquals([code, stdout.trim().split("\n").sort()], [0, lines]);
  assertEquals(await directory.tree(), { "d/b": "2", "outside/c": "333" });
  assertEquals((await cli.run(["rm", "-r", "--include", "b", `${directory.path}/d/`])).code, 0);
  assertEquals(await directory.tree(), { "d/": "", "outside/c": "333" });
});

Deno.test("lade rm --glob removes what matches, each pattern by itself, and fails where nothing does", async () => {
  await using world = await filled();
  const { cli, directory } = world;
  const patterns = ["memory://m/p/d/**/*.gz", "memory://m/p/t*/*", `${directory.path}/d/*`];
  assertEquals((await cli.run(["rm", "--glob", ...patterns])).code, 0);
  assertEquals(await namesIn(cli, "memory://m/p/"), ["a.gz", "b.txt"]);
  assertEquals(await namesIn(cli, directory.uri("")), ["a.gz", "b.txt", "d/e/.h.gz", "d/e/c.gz", "tmp/x.gz"]);
  const none = await cli.run(["rm", "--glob", "memory://m/p/*.zip", "memory://m/p/a*"]);
  assertEquals([none.code, none.stdout], [1, "rm memory://m/p/a.gz\n"]);
  assertStringIncludes(none.stderr, 'lade: Cannot remove "memory://m/p/*.zip": nothing matches\n');
  assertEquals((await cli.run(["rm", "-f", "--glob", "memory://m/p/*.zip"])).code, 0);
  assertEquals((await cli.run(["rm", "--glob", "memory://m/*/b.txt"])).code, 0);
  assertEquals(await namesIn(cli, "memory://m/"), []);
});

Deno.test("a name of --files-from that ends in a slash and marks nothing leaves the rest of the list", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "from/a": "1", "from/d/x": "2" });
  await cli.fill({ "memory://m/a": "1", "memory://m/d/x": "2" });
  for (const from of ["memory://m/", `${directory.path}/from/`]) {
    const args = ["cp", "-r", "--files-from", "-", from, "memory://to/"];
    const { code, stderr } = await cli.run(args, { stdin: [new TextEncoder().encode("d/\nd/x\na\n")] });
    assertEquals(code, 1);
    assertMatch(stderr, /^lade: Cannot cp "[^"]+\/d\/": /);
    assertMatch(stderr, /\nlade: cp did 2 objects, 1 failed, /);
    assertEquals(await cli.contents("memory://to/"), { "memory://to/a": "1", "memory://to/d/x": "2" });
    await cli.run(["rm", "-r", "memory://to/"]);
  }
});

Deno.test("lade hash and lade verify fail for names of --files-from that are not there", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/a.json": "{}" });
  for (const command of ["hash", "verify"]) {
    const args = [command, "--files-from", "-", "memory://m/"];
    const { code, stdout, stderr } = await cli.run(args, {
      stdin: [new TextEncoder().encode("gone.json\na.json\n")],
    });
    assertEquals([code, stdout.split("\n").length - 1], [1, 1]);
    assertStringIncludes(stderr, 'memory://m/gone.json": no such object');
  }
});

Deno.test("lade rm --files-from removes listed names, and says which are not there", async () => {
  await using world = await filled();
  const { cli, directory } = world;
  const list = [new TextEncoder().encode("a.gz\nnone\nd/a.gz\n")];
  for (
    const [place, uri] of [["memory://m/p/", "memory://m/p/"], [directory.path, directory.uri("")]] as const
  ) {
    const { code, stdout, stderr } = await cli.run(["rm", "-r", "--files-from", "-", place], { stdin: list });
    assertEquals([code, stdout.trim().split("\n").sort()], [1, [`rm ${uri}a.gz`, `rm ${uri}d/a.gz`]]);
    assertStringIncludes(stderr, `"${uri}none": no such object`);
    assertEquals((await cli.run(["rm", "-r", "-f", "--files-from", "-", place], { stdin: list })).code, 0);
  }
});

Deno.test("lade rm refuses filters where they would not choose", async () => {
  await using world = await filled();
  const { cli, directory } = world;
  const mistakes: readonly (readonly [args: readonly string[], code: number, problem: string])[] = [
    [["--include", "*.gz", "memory://m/p/b.txt"], 2, "add -r"],
    [["--glob", "--include", "*.gz", "memory://m/p/b.txt"], 2, "add -r"],
    [
      ["-r", "--versions", "--include", "*.gz", "memory://m/p/"],
      2,
      "Versions are removed by their names alone",
    ],
    [["--version", "1", "--glob", "memory://m/p/*"], 2, "Versions are removed by their names alone"],
    [["-r", "--glob", "memory://m/p/*"], 2, "With --glob there is no -r"],
    [["-r", "--include", "*.gz", "memory://m/p/b.txt"], 1, "filters choose among what lies below a prefix"],
    [
      ["-r", "--include", "*.gz", `${directory.path}/b.txt`],
      1,
      "filters choose among what lies below a prefix",
    ],
    [["-r", "--include", "*.gz", "memory://m"], 1, "it is a whole container"],
    [["-r", "--include", "*.gz", "/"], 1, "the root directory is not removed"],
  ];
  for (const [args, due, problem] of mistakes) {
    const { code, stderr } = await cli.run(["rm", ...args]);
    assertEquals(code, due, `${args} ${stderr}`);
    assertStringIncludes(stderr, problem);
  }
  assertEquals((await namesIn(cli, "memory://m/p/")).length, Object.keys(TREE).length);
  assertEquals((await cli.run(["rm", "-r", "--all", "--include", "*.gz", "memory://m"])).code, 0);
  assertEquals(await namesIn(cli, "memory://m/p/"), ["b.txt"]);
});
