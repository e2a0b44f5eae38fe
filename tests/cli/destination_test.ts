import { assertEquals } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** What lies in the directory before each row. */
const FILES = { "a/t.txt": "t", "a/b/u.txt": "u", "v.txt": "v", "old/kept": "k" };

interface Row {
  /** The arguments of `cp`; `@` is the URI of the directory, `m:` a container in memory. */
  readonly args: string;
  /** What is written, by the same names, or the exit code where nothing is. */
  readonly written: Record<string, string> | 1 | 2;
}

const TABLE: readonly Row[] = [
  // An object to a name, a prefix, a container, an existing directory.
  { args: "v.txt new", written: { new: "v" } },
  { args: "v.txt new/", written: { "new/v.txt": "v" } },
  { args: "v.txt old", written: { "old/v.txt": "v" } },
  { args: "v.txt old/", written: { "old/v.txt": "v" } },
  { args: "v.txt old/kept", written: { "old/kept": "v" } },
  { args: "@v.txt @old", written: { "old/v.txt": "v" } },
  { args: "v.txt deep/er/new", written: { "deep/er/new": "v" } },
  { args: "v.txt .", written: 1 },
  { args: "a/t.txt .", written: { "t.txt": "t" } },
  { args: "v.txt m:", written: { "m:v.txt": "v" } },
  { args: "v.txt m:p", written: { "m:p": "v" } },
  { args: "v.txt m:p/", written: { "m:p/v.txt": "v" } },
  // Several objects.
  { args: "v.txt a/t.txt old", written: { "old/v.txt": "v", "old/t.txt": "t" } },
  { args: "v.txt a/t.txt new/", written: { "new/v.txt": "v", "new/t.txt": "t" } },
  { args: "v.txt a/t.txt m:", written: { "m:v.txt": "v", "m:t.txt": "t" } },
  { args: "v.txt a/t.txt new", written: 2 },
  { args: "v.txt a/t.txt m:p", written: 2 },
  { args: "v.txt a/t.txt -", written: 2 },
  // A tree: its own name never matters, nor does any slash, nor whether DEST exists.
  { args: "-r a new", written: { "new/t.txt": "t", "new/b/u.txt": "u" } },
  { args: "-r a/ new", written: { "new/t.txt": "t", "new/b/u.txt": "u" } },
  { args: "-r a new/", written: { "new/t.txt": "t", "new/b/u.txt": "u" } },
  { args: "-r a old", written: { "old/t.txt": "t", "old/b/u.txt": "u" } },
  { args: "-r @a/ @old/", written: { "old/t.txt": "t", "old/b/u.txt": "u" } },
  { args: "-r a m:", written: { "m:t.txt": "t", "m:b/u.txt": "u" } },
  { args: "-r a m:p", written: { "m:p/t.txt": "t", "m:p/b/u.txt": "u" } },
  { args: "-r v.txt new", written: { "new/v.txt": "v" } },
  // Mistakes.
  { args: "a new", written: 1 },
  { args: "a/ new", written: 1 },
  { args: "-r a a", written: 1 },
  { args: "-r a a/b/c", written: 1 },
  { args: "-r a v.txt", written: 1 },
  { args: "-r a old new", written: 2 },
  { args: "-r a -", written: 2 },
  { args: "nope new", written: 1 },
  { args: "v.txt", written: 2 },
  { args: "- -", written: 2 },
  { args: "- v.txt new/", written: 2 },
  { args: "- new/", written: 2 },
  { args: "- old", written: 2 },
];

for (const { args, written } of TABLE) {
  const outcome = typeof written === "number"
    ? `exits with ${written} and writes nothing`
    : `writes ${Object.keys(written).join(" and ")}`;
  Deno.test(`lade cp ${args} ${outcome}`, async () => {
    await using directory = await TemporaryDirectory.make(FILES);
    await using cli = new CliHere();
    const place = (word: string) =>
      /^-./.test(word) || word === "-"
        ? word
        : word.startsWith("m:")
        ? word.replace("m:", "memory://m/")
        : `${word.startsWith("@") ? "file://" : ""}${directory.path}/${
          word.replace("@", "").replace(/^\.$/, "")
        }`;
    const { code, stderr } = await cli.run(["cp", ...args.split(" ").map(place)], { stdin: ["input"] });
    const found = { ...await directory.tree() };
    for (const [uri, text] of Object.entries(await cli.contents("memory://m/"))) {
      found[uri.replace("memory://m/", "m:")] = text;
    }
    const expected = typeof written === "number" ? {} : written;
    assertEquals(found, { ...FILES, ...expected }, stderr);
    assertEquals(code, typeof written === "number" ? written : 0, stderr);
  });
}

Deno.test("lade tells when a file takes the place of an empty directory", async () => {
  for (const command of ["cp", "mv", "put", "get"]) {
    await using directory = await TemporaryDirectory.make({ "from/n": "1", "to/kept": "2" });
    await Deno.mkdir(`${directory.path}/to/n/deeper`, { recursive: true });
    const options = { cwd: directory.path };
    const { code, stderr } = await runLade([command, "-r", "from", directory.uri("to/")], options);
    const told = stderr.includes("to/n: a file takes the place of an empty directory of its name");
    assertEquals([command, code, told], [command, 0, true], stderr);
    assertEquals(await directory.tree(), {
      ...(command !== "mv" && { "from/n": "1" }),
      "to/n": "1",
      "to/kept": "2",
    });
  }
});

Deno.test("lade puts a file into the empty directory that it is given, and leaves one alone that is in its way", async () => {
  await using directory = await TemporaryDirectory.make({ n: "1", "to/n/x": "2" });
  await Deno.mkdir(`${directory.path}/empty`);
  const options = { cwd: directory.path };
  assertEquals((await runLade(["cp", "n", "empty"], options)).code, 0);
  const { code, stderr } = await runLade(["cp", "n", "to/"], options);
  assertEquals([code, /directory that holds other objects/.test(stderr)], [1, true], stderr);
  assertEquals(await directory.tree(), { n: "1", "to/n/x": "2", "empty/n": "1" });
});
