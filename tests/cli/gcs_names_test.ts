import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { GcsHere } from "./gcs_here.ts";
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
  "#1",
  "&alt=media",
  "..a",
  "a/..b/c",
  "ä/ö",
  "dot.",
];

/** Keys of objects that no file below a directory may have, or can. */
const NO_FILES = [
  "/lead",
  "//",
  "e//b",
  "f/",
  "../x",
  "e/../../y",
  "e/./x",
  "back\\slash",
  "tab\tor\x01",
  "k".repeat(1024),
];

/** Keys that the service has rules against. */
const NO_KEYS = [".", "..", "line\nfeed", "return\r", ".well-known/acme-challenge/x", "k".repeat(1025)];

const KEYS = [...FILES, ...NO_FILES];

function objects(): Record<string, string> {
  return Object.fromEntries(KEYS.map((key) => [key, `content of ${JSON.stringify(key)}`]));
}

async function start(): Promise<GcsHere> {
  const here = await GcsHere.start({}, { buckets: ["photos", "other"] });
  for (const [key, text] of Object.entries(objects())) here.fake.putObject("photos", key, text);
  return here;
}

for (const transport of ["auto", "fetch"] as const) {
  Deno.test(`every key of an object is read, told and removed by its very name, and no other (${transport})`, async () => {
    await using here = await GcsHere.start({ gs: { transport } });
    for (const [key, text] of Object.entries(objects())) here.fake.putObject("photos", key, text);
    const left = objects();
    for (const key of KEYS) {
      const cat = await here.run(["cat", "--", `gs://photos/${key}`]);
      assertEquals([key, cat.code, cat.stdout], [key, 0, left[key]], cat.stderr);
      const stat = await here.run(["stat", "--json", `gs://photos/${key}`]);
      assertEquals(JSON.parse(stat.stdout).key, key);
      const rm = await here.run(["rm", `gs://photos/${key}`]);
      assertEquals([key, rm.code], [key, 0], rm.stderr);
      delete left[key];
      assertEquals(here.texts(), left);
    }
  });
}

Deno.test("a key in a URL is decoded once, by either API, and in gs:// not at all", async () => {
  await using here = await start();
  for (const key of KEYS.filter((key) => key.length < 99)) {
    const paths = [
      `photos/${key.split("/").map(encodeURIComponent).join("/")}`,
      `storage/v1/b/photos/o/${encodeURIComponent(key)}`,
    ];
    for (const path of paths) {
      const cat = await here.run(["cat", `${here.fake.url}/${path}`]);
      assertEquals([path, cat.code, cat.stdout], [path, 0, objects()[key]], cat.stderr);
    }
  }
});

Deno.test("a key that the service has a rule against is refused by every command, before a request", async () => {
  await using here = await GcsHere.start();
  await using directory = await TemporaryDirectory.make({ f: "new" });
  for (const key of NO_KEYS) {
    const place = `gs://photos/${key}`;
    const lines = [
      ...["cat", "stat", "rm", "presign"].map((command) => [command, place]),
      ["get", place, "-"],
      ["mv", place, `${directory.path}/moved`],
      ["put", `${directory.path}/f`, place],
      ["pipe", place],
    ];
    for (const args of lines) {
      const { code, stdout, stderr } = await here.run(args, { stdin: ["x"] });
      assertEquals([args, code > 0, stdout], [args, true, ""]);
      assertStringIncludes(stderr.replace(/\s+/g, " "), "key", `${args}`);
    }
  }
  assertEquals(here.fake.requests.length, 0);
});

Deno.test("lade cp -r, mv -r and rm -r between buckets keep every key as it is", async () => {
  await using here = await start();
  assertEquals((await here.run(["cp", "-r", "gs://photos", "gs://other"])).code, 0);
  assertEquals(here.texts("other"), objects());
  const below = KEYS.filter((key) => key.length < 1000);
  assertEquals((await here.run(["rm", `gs://photos/${"k".repeat(1024)}`])).code, 0);
  assertEquals((await here.run(["mv", "-r", "gs://photos", "gs://other/p/"])).code, 0);
  assertEquals(here.texts(), {});
  assertEquals(
    Object.keys(here.texts("other")).filter((key) => key.startsWith("p/")).sort(),
    below.map((key) => `p/${key}`).sort(),
  );
  assertEquals((await here.run(["rm", "-r", "--all", "gs://other"])).code, 0);
  assertEquals(here.texts("other"), {});
});

Deno.test("lade get -r of objects writes the names that files can have, tells of the others, and nothing outside", async () => {
  await using here = await start();
  await using directory = await TemporaryDirectory.make({ "in/here": "" });
  const { code, stderr } = await here.run(["get", "-r", "--json", "gs://photos", `${directory.path}/in/out`]);
  assertEquals(code, 1);
  const told = stderr.trim().split("\n").map((line) => JSON.parse(line)).filter(({ type }) =>
    type === "error"
  );
  const content = objects();
  const tree = await directory.tree();
  for (const key of FILES) assertEquals(tree[`in/out/${key}`], content[key], key);
  const outside = Object.keys(tree).filter((path) => !path.startsWith("in/out/"));
  assertEquals([outside, Object.keys(tree).length + told.length], [["in/here"], KEYS.length + 1], stderr);
});

Deno.test("lade put -r and get -r take a tree there and back", async () => {
  await using here = await GcsHere.start();
  await using directory = await TemporaryDirectory.make(
    Object.fromEntries(FILES.map((key) => [`d/${key}`, key])),
  );
  assertEquals((await here.run(["put", "-q", "-r", `${directory.path}/d`, "gs://photos"])).stderr, "");
  assertEquals(here.texts(), Object.fromEntries(FILES.map((key) => [key, key])));
  assertEquals((await here.run(["get", "-q", "-r", "gs://photos", `${directory.path}/e`])).stderr, "");
  const tree = await directory.tree();
  for (const key of FILES) assertEquals(tree[`e/${key}`], key);
});

Deno.test("names of objects and buckets steer no terminal", async () => {
  await using here = await GcsHere.start();
  const { fake } = here;
  for (const key of ["ok", "esc\x1b[31m\u202ex"]) fake.putObject("photos", key, "content");
  const listed = await here.run(["ls", "-r", "gs://photos"]);
  assertEquals(listed.code, 0);
  assert(listed.stdout.includes("esc\\u001b[31m\\u202ex"), listed.stdout);
  fake.createBucket("evil\x1b[31m\nx");
  const buckets = await here.run(["ls", "gs://"]);
  for (const { stdout, stderr } of [listed, buckets]) {
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(stdout + stderr), false, stdout + stderr);
  }
});
