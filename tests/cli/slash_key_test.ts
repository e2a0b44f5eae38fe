import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const OBJECTS = { "x/": "hello", "p/": "", "p/a": "1", "p/sub/": "", "p/sub/b": "2", "lone/": "" };

Deno.test("an object whose key ends in a slash and that has bytes is read, told, moved and removed", async () => {
  await using here = await S3Here.start({ objects: OBJECTS });
  await using directory = await TemporaryDirectory.make({});
  const out = directory.path;
  assertEquals(await here.run(["cat", "s3://bucket/x/"]), { code: 0, stdout: "hello", stderr: "" });
  assertEquals((await here.run(["get", "s3://bucket/x/", "-"])).stdout, "hello");
  assertMatch((await here.run(["stat", "s3://bucket/x/"])).stdout, /s3:\/\/bucket\/x\/\n[^]*\b5\b/);
  assertMatch((await here.run(["ls", "s3://bucket/x/"])).stdout, / 5 +\.\/\n$/);
  assertMatch((await here.run(["presign", "s3://bucket/x/"])).stdout, /\/bucket\/x\/\?/);
  for (const args of [["get", "s3://bucket/x/", `${out}/`], ["cp", "s3://bucket/x/", `${out}/y`]]) {
    assertEquals((await here.run(args)).code, 0);
  }
  assertEquals(await directory.tree(), { x: "hello", y: "hello" });
  assertEquals((await here.run(["cp", "s3://bucket/x/", "s3://other/"])).code, 0);
  assertEquals((await here.run(["cp", "s3://bucket/x/", "s3://other/d/z"])).code, 0);
  assertEquals(here.texts("other"), { "d/z": "hello", "x/": "hello" });
  assertEquals((await here.run(["mv", "s3://bucket/x/", "s3://other/moved/"])).code, 0);
  assertEquals(here.texts("other")["moved/x/"], "hello");
  assertEquals(here.texts()["x/"], undefined);
  assertEquals((await here.run(["rm", "s3://other/x/"])).stdout, "rm s3://other/x/\n");
  assertEquals(Object.keys(here.texts("other")), ["d/z", "moved/x/"]);
});

Deno.test("a marker without bytes is a prefix for what takes content, and an object for stat", async () => {
  await using here = await S3Here.start({ objects: OBJECTS });
  for (const args of [["cat"], ["get"], ["cp"], ["mv"]]) {
    const to = args[0] === "cat" ? [] : args[0] === "get" ? ["-"] : ["s3://other/k"];
    for (const place of ["s3://bucket/p/", "s3://bucket/none/"]) {
      const { code, stdout, stderr } = await here.run([...args, place, ...to]);
      assertEquals([code, stdout], [1, ""], stderr);
      assertMatch(stderr, /it is a prefix.*(use ls|add -r)/);
    }
  }
  assertEquals((await here.run(["stat", "s3://bucket/p/"])).code, 0);
  assertStringIncludes((await here.run(["stat", "s3://bucket/none/"])).stderr, "no such object");
  assertEquals(here.texts(), OBJECTS);
  assertEquals(here.texts("other"), {});
});

Deno.test("lade get -r makes directories of markers, that of the prefix itself too", async () => {
  await using here = await S3Here.start({ objects: OBJECTS });
  await using directory = await TemporaryDirectory.make({});
  for (const place of ["s3://bucket/p/", "s3://bucket/p"]) {
    const { code, stdout, stderr } = await here.run(["get", "-r", place, `${directory.path}/out`]);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, `get s3://bucket/p/ ${directory.uri("out/")}\n`);
    assertStringIncludes(stdout, `get s3://bucket/p/sub/ ${directory.uri("out/sub/")}\n`);
    assertMatch(stderr, /get did 4 objects/);
    assertEquals(await directory.tree(), { "out/a": "1", "out/sub/b": "2" });
  }
});

Deno.test("lade get -r fails for a name that ends in a slash and has bytes, and brings the rest", async () => {
  await using here = await S3Here.start({ objects: { "p/a": "1", "p/x/": "hello", "q/": "content" } });
  await using directory = await TemporaryDirectory.make({});
  for (const [place, key] of [["s3://bucket/p/", "p/x/"], ["s3://bucket/q/", "q/"]] as const) {
    const { code, stderr } = await here.run(["get", "-r", place, `${directory.path}/out`]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `"s3://bucket/${key}": its name ends in a slash`);
  }
  assertEquals(await directory.tree(), { "out/a": "1" });
});

Deno.test("lade cp -r between buckets takes markers along, and names no object after nothing", async () => {
  await using here = await S3Here.start({ objects: { ...OBJECTS, "q/": "content", "q/a": "1" } });
  assertEquals((await here.run(["cp", "-r", "s3://bucket/p/", "s3://other/n/"])).code, 0);
  assertEquals(here.texts("other"), { "n/": "", "n/a": "1", "n/sub/": "", "n/sub/b": "2" });
  const root = await here.run(["cp", "-r", "s3://bucket/p/", "s3://other"]);
  assertEquals(root.code, 0);
  assertStringIncludes(root.stderr, "skipped s3://bucket/p/: it only marks a directory");
  const content = await here.run(["cp", "-r", "s3://bucket/q/", "s3://other/"]);
  assertEquals(content.code, 1);
  assertStringIncludes(content.stderr, '"s3://bucket/q/": its name below the prefix is empty');
  assertEquals(here.texts("other")["a"], "1");
});

Deno.test("lade mv -r and rm -r leave no marker behind", async () => {
  await using here = await S3Here.start({ objects: OBJECTS });
  await using directory = await TemporaryDirectory.make({});
  const dry = await here.run(["mv", "-r", "--dry-run", "s3://bucket/p", `${directory.path}/out`]);
  assertStringIncludes(dry.stdout, "(dry run) mv s3://bucket/p/ ");
  assertEquals(await directory.tree(), {});
  assertEquals(here.texts(), OBJECTS);
  const moved = await here.run(["mv", "-r", "s3://bucket/p", `${directory.path}/out`]);
  assertEquals(moved.code, 0, moved.stderr);
  assertEquals(await directory.tree(), { "out/a": "1", "out/sub/b": "2" });
  assertEquals(Object.keys(here.texts()), ["lone/", "x/"]);
  assertEquals((await here.run(["rm", "-r", "s3://bucket/lone/"])).stdout, "rm s3://bucket/lone/\n");
  assertEquals(Object.keys(here.texts()), ["x/"]);
});

Deno.test("an empty folder of a bucket is an empty directory of a local destination, and none outside it", async () => {
  await using here = await S3Here.start({
    objects: { "p/e/f/": "", "p/../up/": "", "p/x//": "", "p/l/in/": "" },
  });
  await using directory = await TemporaryDirectory.make({ "outside/x": "" });
  const { path } = directory;
  await Deno.mkdir(`${path}/out`);
  await Deno.symlink("../outside", `${path}/out/l`);
  for (const [name, scheme] of [["get", ""], ["cp", "direct://"], ["mv", "file://"]] as const) {
    const { code, stdout, stderr } = await here.run([name, "-r", "s3://bucket/p/", `${scheme}${path}/out/`]);
    assertEquals([code, stdout.split("\n").length], [1, 2], stderr);
    assertStringIncludes(stderr, "a symbolic link leads out of");
    assertStringIncludes(
      stderr,
      "skipped s3://bucket/p/../up/: it only marks a directory, of which none can be made",
    );
    const names = (below: string) =>
      Array.from(Deno.readDirSync(`${path}/${below}`), ({ name }) => name).sort();
    assertEquals([names(""), names("out"), names("out/e"), names("outside")], [
      ["out", "outside"],
      ["e", "l"],
      ["f"],
      ["x"],
    ]);
    if (name !== "mv") await Deno.remove(`${path}/out/e`, { recursive: true });
  }
  assertEquals(Object.keys(here.texts()), ["p/../up/", "p/l/in/", "p/x//"]);
  await Deno.remove(`${path}/out/l`);
  const own = await here.run(["mv", "-r", "s3://bucket/p/l/in/", `${path}/own`]);
  assertEquals([own.code, (await directory.tree())["own/"]], [0, ""], own.stderr);
});

Deno.test("by URI, an object whose key ends in a slash is read, told and removed; a prefix is refused", async () => {
  await using here = await S3Here.start({ objects: OBJECTS });
  const { lade } = here;
  const text = async (uri: string) => new TextDecoder().decode(await lade.get(uri));
  assertEquals(await text("s3://bucket/x/"), "hello");
  assertEquals((await lade.stat("s3://bucket/x/")).size, 5);
  assertEquals(await lade.exists("s3://bucket/x/"), true);
  await lade.copy("s3://bucket/x/", "s3://other/y");
  assertEquals(here.texts("other"), { y: "hello" });
  for (
    const call of [
      () => lade.get("s3://bucket/none/"),
      () => lade.put("s3://bucket/none/", "x"),
      () => lade.remove("s3://bucket/none/"),
      () => lade.copy("s3://bucket/x/", "s3://bucket/none/"),
    ]
  ) {
    const error = await call().then(() => undefined, (error) => error);
    assertEquals(error?.name, "InvalidNameError");
  }
  assertEquals(await lade.remove("s3://bucket/x/"), 1);
  await using directory = await TemporaryDirectory.make({});
  const { objects, bytes } = await lade.download("s3://bucket/p/", `${directory.path}/out`);
  assertEquals([objects, bytes], [3, 2]);
  assertEquals(await directory.tree(), { "out/a": "1", "out/sub/b": "2" });
});
