import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("a prefix with nothing under it fails, with or without its slash, except for rm -f", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/data/a": "1" });
  const lines = [["ls"], ["ls", "-r"], ["du"], ["rm", "-r"], ["rm", "-r", "--dry-run"]];
  for (const place of ["memory://m/typo", "memory://m/typo/"]) {
    const transfers = ["cp", "mv"].map((name) => [name, "-r", place, "memory://to/"]);
    for (const args of [...lines.map((line) => [...line, place]), ...transfers]) {
      const { code, stdout, stderr } = await cli.run(args);
      assertEquals([args, code, stdout], [args, 1, ""]);
      assertStringIncludes(stderr, `"${place}": no such `);
    }
    for (const args of [["rm", "-r", "-f", place], ["rm", "-r", "-f", "--dry-run", place]]) {
      const { code, stderr } = await cli.run(args);
      assertEquals([args, code, stderr.includes("no such")], [args, 0, false]);
    }
  }
});

Deno.test("a container and a directory may be empty", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "" });
  await Deno.remove(`${directory.path}/d/a`);
  await using cli = new CliHere();
  await cli.run(["mb", "memory://empty"]);
  for (const place of ["memory://empty", `${directory.path}/d/`]) {
    for (
      const args of [["ls", place], ["du", place], ["cp", "-r", place, "memory://to/"], [
        "rm",
        "-r",
        "--all",
        place,
      ]]
    ) {
      assertEquals([args, (await cli.run(args)).code], [args, 0]);
    }
  }
});

Deno.test("a file whose name is written with a slash is called a file", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1" });
  await using cli = new CliHere();
  const transfers = ["cp", "mv", "get"].map((
    name,
  ) => [name, `${directory.path}/d/a/`, `${directory.path}/b`]);
  for (
    const args of [...["cat", "stat", "rm"].map((name) => [name, `${directory.path}/d/a/`]), ...transfers]
  ) {
    const { code, stderr } = await cli.run(args);
    assertEquals([args, code], [args, 1]);
    assertStringIncludes(stderr, `"${directory.uri("d/a/")}": it is a file; leave out the slash at its end`);
  }
  assertStringIncludes((await cli.run(["cat", `${directory.path}/d/`])).stderr, "it is a directory; use ls");
  assertEquals(await directory.tree(), { "d/a": "1" });
});

Deno.test("a missing bucket is called that by every command, and is no success for rm -rf", async () => {
  await using directory = await TemporaryDirectory.make();
  const file = `${directory.path}/file`;
  await Deno.writeTextFile(file, "1");
  await using cli = await S3Here.start({ objects: { a: "1" } });
  const key = "s3://missing/x";
  const whole = [["ls"], ["ls", "-r"], ["du"], ["stat"], ["cat"], ["rm"], ["rm", "-f"]];
  const trees = [["rm", "-r"], ["rm", "-r", "-f"], ["rm", "-r", "-f", "--dry-run"]];
  const removals = ["--versions", "--version=1"].map((flag) => ["rm", flag]);
  const sent = ["cp", "mv"].flatMap((
    name,
  ) => [[name, key, "s3://bucket/"], [name, "-r", key, "s3://bucket/x/"]]);
  const got = [["get", key, `${directory.path}/x`], ["get", "-r", key, `${directory.path}/y`]];
  const plan = `${directory.path}/plan`;
  // What would fail is not said to be about to be done.
  const received = [[], ["--dry-run"], ["--save-plan", plan], ["--dry-run", "--no-clobber"]].flatMap((
    how,
  ) => [
    ["cp", ...how, "s3://bucket/a", "s3://missing/"],
    ["mv", ...how, "s3://bucket/a", "s3://missing/"],
    ["put", ...how, file, "s3://missing/"],
  ]);
  const lines = [
    ...[...whole, ...trees, ...removals].map((line) => [...line, key]),
    ...sent,
    ...got,
    ...received,
  ];
  for (const args of lines) {
    const { code, stdout, stderr } = await cli.run(args);
    assertEquals([args, code, stdout], [args, 1, ""]);
    assertStringIncludes(stderr, ": no such bucket at ");
  }
  assertEquals(cli.texts(), { a: "1" });
  assertEquals(await directory.tree(), { file: "1" });
});
