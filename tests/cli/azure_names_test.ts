import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { AzureHere } from "./azure_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** Keys that lead nowhere else, whatever a file system or a URL makes of them; those of a file of that name. */
const FILES = [
  "%2F",
  "%2e%2e",
  "😀",
  "-r",
  "~",
  "a b",
  "+",
  "a+b c%20d",
  "a*[b]?",
  "#x",
  "&sig=1",
  "..a",
  "a/..b/c",
  "ä/ö",
];

/** Keys of blobs that no file below a directory may have, or can. */
const NO_FILES = ["/lead", "//", "e//b", "f/", "k".repeat(1024)];

/** Keys that the service would make others of. */
const NO_KEYS = [
  ".",
  "..",
  "../x",
  "e/../../x",
  "e/./x",
  "dot.",
  "a./b",
  "back\\slash",
  "ctrl\x01",
  "line\nfeed",
  "nul\0",
];

const KEYS = [...FILES, ...NO_FILES];

function objects(): Record<string, string> {
  return Object.fromEntries(KEYS.map((key) => [key, `content of ${JSON.stringify(key)}`]));
}

async function start(): Promise<AzureHere> {
  const here = await AzureHere.start({}, { containers: ["photos", "other"] });
  for (const [key, text] of Object.entries(objects())) here.fake.putBlob("photos", key, text);
  return here;
}

Deno.test("every key of a blob is read, told and removed by its very name, and no other", async () => {
  await using here = await start();
  const left = objects();
  for (const key of KEYS) {
    const cat = await here.run(["cat", "--", `az://photos/${key}`]);
    assertEquals([key, cat.code, cat.stdout], [key, 0, left[key]], cat.stderr);
    const stat = await here.run(["stat", "--json", `az://photos/${key}`]);
    assertEquals(JSON.parse(stat.stdout).key, key);
    const rm = await here.run(["rm", `az://photos/${key}`]);
    assertEquals([key, rm.code], [key, 0], rm.stderr);
    delete left[key];
    assertEquals(here.texts(), left);
  }
});

Deno.test("a key in a URL is decoded once, and in az:// not at all", async () => {
  await using here = await start();
  for (const key of KEYS.filter((key) => !/^\/|\/\/|.{99}/.test(key))) {
    const path = key.split("/").map(encodeURIComponent).join("/");
    const cat = await here.run(["cat", `${here.fake.endpoint()}/photos/${path}`]);
    assertEquals([key, cat.code, cat.stdout], [key, 0, objects()[key]], cat.stderr);
  }
});

Deno.test("a key that the service would take for another one is refused by every command", async () => {
  await using here = await start();
  await using directory = await TemporaryDirectory.make({ f: "new" });
  const { length } = here.fake.requests;
  for (const key of NO_KEYS) {
    const place = `az://photos/${key}`;
    const lines = [
      ...["cat", "stat", "rm", "presign"].map((command) => [command, place]),
      ...["get", "cp"].map((command) => [command, place, "-"]),
      ["mv", place, `${directory.path}/moved`],
      ["put", `${directory.path}/f`, place],
      ["pipe", place],
      ["rm", "-r", place],
    ];
    for (const args of lines) {
      const { code, stdout, stderr } = await here.run(args, { stdin: ["x"] });
      assertEquals([args, code > 0, stdout], [args, true, ""]);
      assertStringIncludes(stderr.replace(/\s+/g, " "), "the key ", `${args}`);
    }
  }
  assertEquals(here.fake.requests.length, length);
  assertEquals(here.texts(), objects());
});

Deno.test("lade cp -r, mv -r and rm -r between containers keep every key as it is", async () => {
  await using here = await start();
  assertEquals((await here.run(["cp", "-r", "az://photos", "az://other"])).code, 0);
  assertEquals(here.texts("other"), objects());
  const below = KEYS.filter((key) => key.length < 1000);
  assertEquals((await here.run(["rm", `az://photos/${"k".repeat(1024)}`])).code, 0);
  assertEquals((await here.run(["mv", "-r", "az://photos", "az://other/p/"])).code, 0);
  assertEquals(here.texts(), {});
  assertEquals(
    Object.keys(here.texts("other")).filter((key) => key.startsWith("p/")).sort(),
    below.map((key) => `p/${key}`).sort(),
  );
  assertEquals((await here.run(["rm", "-r", "--all", "az://other"])).code, 0);
  assertEquals(here.texts("other"), {});
});

Deno.test("lade get -r of blobs writes the names that files can have, tells of the others, and nothing outside", async () => {
  await using here = await start();
  await using directory = await TemporaryDirectory.make({ "in/here": "" });
  const { code, stderr } = await here.run(["get", "-r", "--json", "az://photos", `${directory.path}/in/out`]);
  assertEquals(code, 1);
  const told = stderr.trim().split("\n").map((line) => JSON.parse(line)).filter(({ type }) =>
    type === "error"
  );
  assertEquals(told.length, NO_FILES.length, stderr);
  const content = objects();
  assertEquals(await directory.tree(), {
    "in/here": "",
    ...Object.fromEntries(FILES.map((key) => [`in/out/${key}`, content[key] ?? ""])),
  });
});

Deno.test("lade put -r tells of files whose names no blob can have, and stores the others", async () => {
  await using here = await AzureHere.start();
  await using directory = await TemporaryDirectory.make({
    ...Object.fromEntries(FILES.map((key) => [`d/${key}`, key])),
    "d/dot.": "1",
    "d/back\\slash": "2",
    "d/dir./x": "3",
  });
  const { code, stderr } = await here.run(["put", "-r", `${directory.path}/d`, "az://photos"]);
  assertEquals(code, 1, stderr);
  assertEquals(here.texts(), Object.fromEntries(FILES.map((key) => [key, key])));
  for (const name of ["dot.", "back", "dir."]) assert(stderr.includes(name), stderr);
  assertEquals(stderr.match(/^lade: Cannot/gm)?.length, 3, stderr);
});

Deno.test("names that no service of Azure gives steer no terminal and lead nowhere", async () => {
  await using here = await AzureHere.start();
  await using directory = await TemporaryDirectory.make({ "in/here": "" });
  const { fake } = here;
  for (const key of ["ok", "a/../../etc", "back\\..\\x", "esc\x1b[31m\u202ex", "dot."]) {
    fake.putBlob("photos", key, "content");
  }
  const listed = await here.run(["ls", "-r", "az://photos"]);
  assertEquals([listed.code, listed.stdout.trim().split("\n").length], [0, 5]);
  assert(listed.stdout.includes("esc\\u001b[31m\\u202ex"), listed.stdout);
  const got = await here.run(["get", "-r", "az://photos", `${directory.path}/in/out`]);
  assertEquals([got.code, got.stderr.match(/^lade: Cannot get/gm)?.length], [1, 4], got.stderr);
  assertEquals(await directory.tree(), { "in/here": "", "in/out/ok": "content" });
  const removed = await here.run(["rm", "-r", "--all", "az://photos"]);
  assertEquals([removed.code, Object.keys(here.texts()).length], [1, 4], removed.stderr);
  fake.createContainer("evil\x1b[31m\nx");
  const containers = await here.run(["ls", "az://"]);
  assertEquals([containers.code, containers.stdout.includes("\x1b")], [1, false]);
  for (const { stdout, stderr } of [listed, got, removed, containers]) {
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(stdout + stderr), false, stdout + stderr);
  }
});
