import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InvalidNameError } from "@lade/lade";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("what is nearly a URI is refused by every command, before anything is done", async () => {
  await using directory = await TemporaryDirectory.make({ f: "data", "d/1": "1" });
  await using cli = new CliHere();
  const { path } = directory;
  const files = [`${path}/f`, `${path}/d`];
  const lines = [
    ["put", `${path}/f`, "s3:/bucket/f"],
    ["cp", `${path}/f`, "s3:bucket/f"],
    ["mv", "-r", `${path}/d`, "S3:/bucket/d"],
    ["pipe", "gs:/bucket/f"],
    ["get", "file:/x", path],
    ["rm", "-rf", ...files, " s3://bucket/f"],
    ["rb", "-f", "s3//bucket"],
    ["ls", "az:container"],
    ["du", "memory:m"],
    ["mb", "s3:/bucket"],
  ];
  for (const args of lines) {
    const { code, stdout, stderr } = await cli.run(args, { stdin: "x" });
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertStringIncludes(stderr, "it is nearly a URI, write");
  }
  assertEquals(await directory.tree(), { "d/1": "1", f: "data" });
});

Deno.test("a local path like a URI can be named with ./", async () => {
  await using directory = await TemporaryDirectory.make({ "s3:/b/k": "data" });
  const { code, stdout } = await runLade(["cat", "./s3:/b/k"], { cwd: directory.path });
  assertEquals([code, stdout], [0, "data"]);
});

Deno.test("calls by URI tell what to write for what is nearly one", async () => {
  await using cli = new CliHere();
  const { lade } = cli;
  for (
    const call of [
      () => lade.get("s3:/b/k"),
      () => lade.put("s3:b/k", "x"),
      () => lade.remove("s3:/b/k", { recursive: true }),
      () => lade.copy("memory://m/x", "s3:/b/k"),
      () => lade.download("memory://m/", "s3:/b/k"),
      () => lade.upload("s3:/b/k", "memory://m/"),
    ]
  ) {
    await assertRejects(call, InvalidNameError, "it is nearly a URI, write");
  }
});
