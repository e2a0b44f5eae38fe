import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** Keys that only files with percent signs can have, and what they are then. */
const ODD: Readonly<Record<string, string>> = {
  "q/..": "q/%2E%2E",
  "../x": "%2E%2E/x",
  "e/./x": "e/%2E/x",
  "/lead": "%2Flead",
  "e//b": "e/%2Fb",
  "back\\slash": "back%5Cslash",
  "f/": "f%2F",
  "nul\0": "nul%00",
  "%2F": "%252F",
  ".lade-0123456789abcdef-1~tmp": "%2Elade-0123456789abcdef-1~tmp",
  plain: "plain",
};

function objects(keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, `content of ${JSON.stringify(key)}`]));
}

Deno.test("lade get -r --map-names percent writes every key below DEST, and put brings all back", async () => {
  const given = objects(Object.keys(ODD));
  await using here = await S3Here.start({ objects: given });
  await using directory = await TemporaryDirectory.make({ "in/here": "" });
  const map = ["--map-names", "percent"];
  const dry = await here.run(["get", "-r", "--dry-run", ...map, "s3://bucket", `${directory.path}/in/out`]);
  assertEquals([dry.code, Object.keys(await directory.tree())], [0, ["in/here"]], dry.stderr);
  const { code, stderr } = await here.run(["get", "-r", ...map, "s3://bucket", `${directory.path}/in/out`]);
  assertEquals(code, 0, stderr);
  const files = Object.fromEntries(
    Object.entries(ODD).map(([key, file]) => [`in/out/${file}`, given[key] ?? ""]),
  );
  assertEquals(await directory.tree(), { "in/here": "", ...files });
  for (const file of Object.values(ODD)) {
    assert(dry.stdout.includes(`/in/out/${file}`), file);
  }
  assertEquals((await here.run(["put", "-r", ...map, `${directory.path}/in/out`, "s3://other"])).code, 0);
  assertEquals(here.texts("other"), given);
});

Deno.test("lade put -r --map-names percent refuses the second of two files that come to one key", async () => {
  await using here = await S3Here.start({ objects: {} });
  await using directory = await TemporaryDirectory.make({ "a%41": "1", "aA": "2" });
  const { code, stderr } = await here.run([
    "put",
    "-r",
    "--map-names",
    "percent",
    directory.path,
    "s3://bucket",
  ]);
  assertEquals([code, here.texts()], [1, { aA: "1" }]);
  assertStringIncludes(stderr, "has its name when both are decoded");
});

Deno.test("lade get, cp, mv and sync leave out what needs a file as a directory, and the dry run tells it", async () => {
  const given = objects(["a", "a-b", "a/b", "a/c/d", "b/c", "d"]);
  for (const command of [["get", "-r"], ["cp", "-r"], ["mv", "-r"]]) {
    await using here = await S3Here.start({ objects: given });
    await using directory = await TemporaryDirectory.make({});
    const line = [...command, "s3://bucket", `${directory.path}/out`];
    const dry = await here.run([...line, "--dry-run"]);
    const { code, stderr } = await here.run(line);
    assertEquals([dry.code, code], [1, 1]);
    for (const key of ["a/b", "a/c/d"]) {
      const problem = `"s3://bucket/${key}": there is an object "a", which cannot be a directory too\n`;
      assertStringIncludes(dry.stderr, problem);
      assertStringIncludes(stderr, problem);
    }
    const kept = Object.entries(given).filter(([key]) => !key.startsWith("a/"));
    assertEquals(await directory.tree(), Object.fromEntries(kept.map(([key, text]) => [`out/${key}`, text])));
    const left = command[0] === "mv" ? objects(["a/b", "a/c/d"]) : given;
    assertEquals(here.texts(), left);
  }
});

Deno.test("lade cp -r --dry-run tells keys that the destination cannot hold", async () => {
  const long = "k".repeat(1024);
  await using here = await S3Here.start({ objects: { a: "1", [long]: "2" } });
  const { code, stdout, stderr } = await here.run(["cp", "-r", "--dry-run", "s3://bucket", "s3://other/p/"]);
  assertEquals([code, stdout], [1, "(dry run) cp s3://bucket/a s3://other/p/a\n"]);
  assertStringIncludes(stderr, "the key has 1026 bytes of UTF-8, 1024 is the most");
});
