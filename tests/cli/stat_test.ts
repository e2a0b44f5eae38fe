import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade stat prints what the store knows of a file, as text and as JSON", async () => {
  await using directory = await TemporaryDirectory.make({ "a.bin": new Uint8Array(1536) });
  await Deno.utime(`${directory.path}/a.bin`, 0, new Date("2026-07-01T12:00:01.250Z"));
  const options = { cwd: directory.path, readOnly: true };
  const json = await runLade(["stat", "--json", "a.bin"], options);
  const { etag, statusChanged, ...known } = JSON.parse(json.stdout);
  assertEquals(statusChanged, (await Deno.stat(`${directory.path}/a.bin`)).ctime?.toISOString());
  assertEquals([json.code, json.stderr, known], [0, "", {
    type: "stat",
    uri: directory.uri("a.bin"),
    key: `${directory.path.slice(1)}/a.bin`,
    size: 1536,
    lastModified: "2026-07-01T12:00:01.250Z",
    metadata: {},
  }]);
  assertEquals(await runLade(["stat", "a.bin"], options), {
    code: 0,
    stdout: [
      directory.uri("a.bin"),
      "  size      1536 (1.50 KiB)",
      "  modified  2026-07-01T12:00:01.250Z",
      `  etag      ${etag}`,
      "",
    ].join("\n"),
    stderr: "",
  });
});

Deno.test("lade stat prints attributes and metadata", async () => {
  await using cli = new CliHere();
  const attributes = { contentType: "text/plain", cacheControl: "no-store", metadata: { owner: "me" } };
  await cli.lade.put("memory://a/x", "12", attributes);
  const text = (await cli.run(["stat", "memory://a/x"])).stdout;
  for (const line of ["content type   text/plain", "cache control  no-store", "metadata owner  me"]) {
    assertStringIncludes(text.replaceAll(/ +/g, " "), line.replaceAll(/ +/g, " "));
  }
  const json = JSON.parse((await cli.run(["stat", "--json", "memory://a/x"])).stdout);
  assertEquals([json.contentType, json.cacheControl, json.metadata], ["text/plain", "no-store", {
    owner: "me",
  }]);
});

Deno.test("lade stat says what a missing name is, and goes on to the next", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/d/x": "1" });
  const { code, stdout, stderr } = await cli.run([
    "stat",
    "memory://a/d",
    "memory://a/d/",
    "memory://a/y",
    "memory://a/d/x",
  ]);
  assertEquals(code, 1);
  assertEquals(stderr.trim().split("\n"), [
    'lade: Cannot stat "memory://a/d": it is a prefix; use du or ls',
    'lade: Cannot stat "memory://a/d/": it is a prefix; use du or ls',
    'lade: Cannot stat "memory://a/y": no such object',
  ]);
  assertStringIncludes(stdout, "memory://a/d/x\n  size      1\n");
});
