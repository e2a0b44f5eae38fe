import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const TREE = { "a.gz": "1", "b.txt": "22", "d/a.gz": "3", "d/e/c.gz": "4", "d/e/.h": "5", "z\nz": "6" };

async function filled(): Promise<CliHere> {
  const cli = new CliHere();
  await cli.fill(
    Object.fromEntries(Object.entries(TREE).map(([name, text]) => [`memory://m/p/${name}`, text])),
  );
  return cli;
}

Deno.test("lade find prints the URIs that filters choose, and names that --files-from takes", async () => {
  await using cli = await filled();
  const found = async (...args: string[]) => {
    const { code, stdout } = await cli.run(["find", ...args]);
    return [code, stdout];
  };
  const uris = (...names: string[]) => names.map((name) => `memory://m/p/${name}\n`).join("");
  assertEquals(await found("--include", "*.gz", "memory://m/p/"), [0, uris("a.gz", "d/a.gz", "d/e/c.gz")]);
  assertEquals(await found("--include", "*.gz", "-d", "2", "memory://m/p"), [0, uris("a.gz", "d/a.gz")]);
  assertEquals(await found("--exclude", "z*", "-d", "1", "memory://m/p/"), [0, uris("a.gz", "b.txt")]);
  assertEquals(await found("--glob", "memory://m/p/d/**/c*"), [0, uris("d/e/c.gz")]);
  assertEquals(await found("--names", "--exclude", "/d/", "memory://m/p/"), [0, "a.gz\nb.txt\nz\\nz\n"]);
  assertEquals(await found("--names", "--print0", "--include", "z*", "memory://m/p/"), [0, "z\nz\0"]);
  assertEquals(await found("memory://m/p/b.txt"), [0, uris("b.txt")]);
  assertEquals(await found("--include", "*.gz", "memory://m/p/b.txt"), [0, ""]);
  assertEquals(await found("--include", "*.zip", "memory://m/p/"), [0, ""]);
  const json = await cli.run(["find", "--json", "--include", "b*", "memory://m/p/"]);
  const { type, uri, size } = JSON.parse(json.stdout);
  assertEquals([type, uri, size], ["object", "memory://m/p/b.txt", 2]);
});

Deno.test("lade find fails where nothing has the name, or matches the pattern", async () => {
  await using cli = await filled();
  for (
    const [args, problem] of [
      [["memory://m/q/"], 'Cannot find "memory://m/q/": no such prefix'],
      [["--glob", "memory://m/p/*.zip"], 'Cannot find "memory://m/p/*.zip": nothing matches'],
    ] as const
  ) {
    const { code, stderr } = await cli.run(["find", ...args]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, problem);
  }
});

Deno.test("what lade find --print0 prints, lade cp --files-from takes", async () => {
  await using cli = await filled();
  const { stdout } = await cli.run(["find", "--names", "--print0", "--min-size", "1", "memory://m/p/"]);
  const list = [new TextEncoder().encode(stdout)];
  const args = ["cp", "-r", "--files-from", "-", "--from0", "memory://m/p/", "memory://n/"];
  assertEquals((await cli.run(args, { stdin: list })).code, 0);
  assertEquals(Object.values(await cli.contents("memory://n/")).sort(), Object.values(TREE).sort());
});

Deno.test("lade tree shows levels, sizes and what lies deeper", async () => {
  await using cli = await filled();
  await using directory = await TemporaryDirectory.make(TREE);
  for (const [place, uri] of [["memory://m/p", "memory://m/p/"], [directory.path, directory.uri("")]]) {
    const whole = await cli.run(["tree", place ?? ""]);
    assertEquals([whole.code, whole.stdout], [
      0,
      [
        uri,
        "  a.gz  1",
        "  b.txt  2",
        "  d/",
        "    a.gz  1",
        "    e/",
        "      .h  1",
        "      c.gz  1",
        "  z\\nz  1",
        "2 prefixes, 6 objects, 7\n",
      ].join("\n"),
    ]);
    const level = await cli.run(["tree", "-d", "1", "-H", "--exclude", "*.txt", place ?? ""]);
    assertEquals(
      level.stdout,
      [
        uri,
        "  a.gz  1 B",
        "  d/  3 B, 3 objects",
        "  z\\nz  1 B",
        "2 prefixes, 5 objects, 5 B\n",
      ].join("\n"),
    );
  }
  const json = await cli.run(["tree", "--json", "--glob", "memory://m/p/d/*"]);
  assertEquals(json.stdout.trim().split("\n").map((line) => JSON.parse(line)), [
    { type: "prefix", uri: "memory://m/p/d/", depth: 0 },
    { type: "object", uri: "memory://m/p/d/a.gz", depth: 1, size: 1 },
    { type: "usage", uri: "memory://m/p/d/", directories: 0, objects: 1, size: 1 },
  ]);
  assertEquals((await cli.run(["tree", "memory://m/none/"])).code, 1);
});

Deno.test("lade ls and du take what filters and wildcards choose", async () => {
  await using cli = await filled();
  const names = async (...args: string[]) =>
    (await cli.run(["ls", ...args])).stdout.split("\n").filter((line) => line !== "").map((line) =>
      line.slice(34)
    );
  assertEquals(await names("-r", "--include", "*.gz", "memory://m/p/"), ["a.gz", "d/a.gz", "d/e/c.gz"]);
  assertEquals(await names("--glob", "memory://m/p/d/e/*"), [".h", "c.gz"]);
  const du = await cli.run(["du", "--exclude", "*.gz", "-d", "1", "memory://m/p/"]);
  assertEquals(du.stdout.split("\n").map((line) => line.trim().split(/\s+/)), [
    ["1", "1", "memory://m/p/d/"],
    ["4", "3", "memory://m/p/"],
    [""],
  ]);
  const list = [new TextEncoder().encode("b.txt\nnone\n")];
  const listed = await cli.run(["ls", "-r", "--files-from", "-", "memory://m/p/"], { stdin: list });
  assertEquals([listed.code, listed.stdout.slice(34)], [1, "b.txt\n"]);
  for (const args of [["--include", "*"], ["-r", "--versions", "--include", "*"], ["--versions", "--glob"]]) {
    assertEquals((await cli.run(["ls", ...args, "memory://m/p/"])).code, 2, args.join(" "));
  }
});
