import { assert, assertEquals } from "@std/assert";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** Keys that lead nowhere else, whatever a file system makes of them; those of a file of that name. */
const FILES = [
  "%2F",
  "dot.",
  "😀",
  "-r",
  "~",
  "a b",
  "ctrl\x01",
  "line\nfeed",
  "%00",
  "a*[b]?",
  "..a",
  "a/..b/c",
];

/** Keys that no file below a directory may have, or can. */
const NO_FILES = [
  ...[".", "..", "../x", "e/../../x", "e/./x", "/lead", "//", "e//b", "back\\slash", "..\\x", "f/", "nul\0"],
  "k".repeat(1024),
];

const KEYS = [...FILES, ...NO_FILES];

function objects(): Record<string, string> {
  return Object.fromEntries(KEYS.map((key) => [key, `content of ${JSON.stringify(key)}`]));
}

Deno.test("every key is read, told and removed by its very name, and no other", async () => {
  await using here = await S3Here.start({ objects: objects() });
  const left = objects();
  for (const key of KEYS) {
    const cat = await here.run(["cat", "--", `s3://bucket/${key}`]);
    assertEquals([key, cat.code, cat.stdout], [key, 0, left[key]], cat.stderr);
    const stat = await here.run(["stat", "--json", `s3://bucket/${key}`]);
    assertEquals(
      JSON.parse(stat.stdout).key ?? JSON.parse(stat.stdout).uri.slice("s3://bucket/".length),
      key,
    );
    const rm = await here.run(["rm", `s3://bucket/${key}`]);
    assertEquals([key, rm.code], [key, 0], rm.stderr);
    delete left[key];
    assertEquals(here.texts(), left);
  }
});

Deno.test("lade cp -r, mv -r and rm -r between buckets keep every key as it is", async () => {
  await using here = await S3Here.start({ objects: objects() });
  assertEquals((await here.run(["cp", "-r", "s3://bucket", "s3://other"])).code, 0);
  assertEquals(here.texts("other"), objects());
  const below = KEYS.filter((key) => key.length < 1000);
  assertEquals((await here.run(["rm", `s3://bucket/${"k".repeat(1024)}`])).code, 0);
  assertEquals((await here.run(["mv", "-r", "s3://bucket", "s3://other/p/"])).code, 0);
  assertEquals(here.texts(), {});
  assertEquals(
    Object.keys(here.texts("other")).filter((key) => key.startsWith("p/")).sort(),
    below.map((key) => `p/${key}`).sort(),
  );
});

Deno.test("lade get -r writes the names that files can have, tells of the others, and nothing outside", async () => {
  await using here = await S3Here.start({ objects: objects() });
  await using directory = await TemporaryDirectory.make({ "in/here": "" });
  const { code, stderr } = await here.run(["get", "-r", "--json", "s3://bucket", `${directory.path}/in/out`]);
  assertEquals(code, 1);
  const told = stderr.trim().split("\n").map((line) => JSON.parse(line))
    .filter(({ type }) => type === "error").map(({ uri }) => uri.slice("s3://bucket/".length));
  const wanted = NO_FILES.map((key) => key.length > 1000 ? "" : key);
  assertEquals(told.filter((key) => key !== "" && key.length < 1000).sort(), wanted.filter(Boolean).sort());
  assertEquals(told.length, NO_FILES.length);
  const content = objects();
  assertEquals(await directory.tree(), {
    "in/here": "",
    ...Object.fromEntries(FILES.map((key) => [`in/out/${key}`, content[key] ?? ""])),
  });
});

Deno.test("one object alone is never written outside its destination, whatever its name", async () => {
  await using here = await S3Here.start({ objects: objects() });
  await using directory = await TemporaryDirectory.make({ "in/here": "" });
  for (const key of NO_FILES) {
    const before = Object.keys(await directory.tree());
    const { code } = await here.run(["get", `s3://bucket/${key}`, `${directory.path}/in/`]);
    const made = Object.keys(await directory.tree()).filter((path) => !before.includes(path));
    assert(made.every((path) => path.startsWith("in/")), `${JSON.stringify(key)} makes ${made}`);
    assertEquals([key, made.length], [key, code === 0 ? 1 : 0]);
    for (const path of made) await Deno.remove(`${directory.path}/${path}`);
  }
});

Deno.test("a key that is no Unicode is refused by every command", async () => {
  await using here = await S3Here.start({ objects: { a: "1" } });
  const place = "s3://bucket/lone\ud800";
  const lines = [
    ...["cat", "stat", "ls", "du", "rm", "presign"].map((command) => [command, place]),
    ...["get", "cp", "mv"].map((command) => [command, place, "-"]),
    ["pipe", place],
    ["rm", "-r", place],
  ];
  for (const args of lines) {
    const { code, stdout } = await here.run(args, { stdin: ["x"] });
    assert(code > 0, `${args} succeeds`);
    assertEquals(stdout, "");
  }
  assertEquals(here.texts(), { a: "1" });
});
