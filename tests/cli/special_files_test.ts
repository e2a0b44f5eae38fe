import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

async function makePipe(path: string): Promise<void> {
  assert((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
}

Deno.test("lade cp, get, put and pipe write into a pipe, and leave it one", async () => {
  await using here = await S3Here.start({ objects: { k: "content" } });
  await using directory = await TemporaryDirectory.make({ f: "content" });
  const { path } = directory;
  await makePipe(`${path}/pipe`);
  const lines = [
    ["cp", `${path}/f`, `${path}/pipe`],
    ["cp", `${path}/f`, `direct://${path}/pipe`],
    ["put", `${path}/f`, `file://${path}/pipe`],
    ["get", "s3://bucket/k", `${path}/pipe`],
    ["pipe", `${path}/pipe`],
  ];
  for (const args of lines) {
    const reading = Deno.readTextFile(`${path}/pipe`);
    const { code, stderr } = await here.run(args, { stdin: "content" });
    assertEquals([code, stderr, await reading], [0, "", "content"], args.join(" "));
    assert(Deno.lstatSync(`${path}/pipe`).isFifo);
  }
});

Deno.test("lade get to /dev/null leaves the device, and mv refuses it and keeps the source", async () => {
  await using here = await S3Here.start({ objects: { k: "content" } });
  await using directory = await TemporaryDirectory.make({ f: "content" });
  const before = Deno.statSync("/dev/null");
  for (const args of [["get", "s3://bucket/k", "/dev/null"], ["cp", `${directory.path}/f`, "/dev/null"]]) {
    assertEquals((await here.run(args)).code, 0);
  }
  for (const from of ["s3://bucket/k", `${directory.path}/f`]) {
    const { code, stdout } = await here.run(["mv", from, "/dev/null"]);
    assertEquals([code, stdout], [1, ""]);
  }
  assertEquals((await here.run(["cp", "-n", `${directory.path}/f`, "/dev/null"])).code, 0);
  const { isCharDevice, ino } = Deno.statSync("/dev/null");
  assertEquals([isCharDevice, ino], [true, before.ino]);
  assertEquals([here.texts(), await directory.tree()], [{ k: "content" }, { f: "content" }]);
});

Deno.test("lade cp to a socket refuses and leaves it", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ f: "1" });
  using _listener = Deno.listen({ transport: "unix", path: `${directory.path}/socket` });
  for (const command of ["cp", "mv"]) {
    const { code, stderr } = await cli.run([command, `${directory.path}/f`, `${directory.path}/socket`]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "it is a socket");
    assertEquals(Deno.readTextFileSync(`${directory.path}/f`), "1");
  }
});

Deno.test("lade cp to /dev/stdout prints the object and nothing else", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ f: "content" });
  for (const name of ["/dev/stdout", "/dev/fd/1", "-"]) {
    assertEquals((await cli.run(["cp", `${directory.path}/f`, name])).stdout, "content");
  }
});

Deno.test("a link at the destination is followed by every command that writes locally", async () => {
  await using here = await S3Here.start({ objects: { "d/f": "s3" } });
  const lines: (readonly [string[], string])[] = [
    [["cp", "src/f", "dst/f"], "local"],
    [["cp", "src/f", "dst/"], "local"],
    [["cp", "-r", "src", "dst"], "local"],
    [["put", "src/f", "dst/f"], "local"],
    [["mv", "src/f", "dst/f"], "local"],
    [["pipe", "dst/f"], "input"],
    [["get", "s3://bucket/d/f", "dst/f"], "s3"],
  ];
  for (const [args, text] of lines) {
    await using directory = await TemporaryDirectory.make({ "src/f": "local", "real/f": "old" });
    const { path } = directory;
    await Deno.mkdir(`${path}/dst`);
    await Deno.symlink("../real/f", `${path}/dst/f`);
    const places = args.map((each) =>
      each.includes("/") && !each.includes(":") || each === "src" || each === "dst" ? `${path}/${each}` : each
    );
    const { code, stderr } = await here.run(places, { stdin: "input" });
    assertEquals(
      [code, await Deno.readTextFile(`${path}/real/f`)],
      [0, text],
      `${args.join(" ")}: ${stderr}`,
    );
    assert(Deno.lstatSync(`${path}/dst/f`).isSymlink);
  }
});

Deno.test("a download into a directory follows no link that leads out of it, and says so", async () => {
  await using here = await S3Here.start({ objects: { "d/f": "new", "d/in": "new", "d/z": "new" } });
  await using directory = await TemporaryDirectory.make({ "real/f": "old", "dst/inner/f": "old" });
  const { path } = directory;
  await Deno.symlink("../real/f", `${path}/dst/f`);
  await Deno.symlink("inner/f", `${path}/dst/in`);
  const { code, stderr } = await here.run(["get", "-r", "s3://bucket/d/", `${path}/dst`]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "a symbolic link leads out of");
  assertEquals(await directory.tree(), {
    "dst/f": "old",
    "dst/in": "new",
    "dst/inner/f": "new",
    "dst/z": "new",
    "real/f": "old",
  });
  assertEquals((await here.run(["get", "s3://bucket/d/f", `${path}/dst/`])).code, 1);
  assertEquals(await Deno.readTextFile(`${path}/real/f`), "old");
});
