import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const TEXT = "the same line again\n".repeat(5000);

/** What the last line of JSON, or the one of a type, says. */
function lineOf(text: string, type: string): Record<string, unknown> {
  const lines = text.trim().split("\n").map((line) => JSON.parse(line));
  return lines.findLast((line) => line.type === type);
}

Deno.test("--zstd tells bytes in, bytes out and the ratio, per object and in the total", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({
    "in/a": TEXT,
    "in/b": TEXT,
    "in/c.zst": "as it is",
  });
  const args = ["put", "-r", "--zstd", "3", `${directory.path}/in`, "memory://m/"];
  const json = await cli.run([...args, "--json"]);
  assertEquals(json.code, 0, json.stderr);
  const objects = json.stdout.trim().split("\n").map((line) => JSON.parse(line));
  let [bytesIn, bytesOut] = [0, 0];
  for (const { destination, size, conversion } of objects) {
    assertEquals(size, (await cli.lade.stat(destination)).size);
    if (destination.endsWith("c.zst")) {
      assertEquals(conversion, undefined);
      continue;
    }
    assertEquals([conversion.action, conversion.bytesIn, conversion.bytesOut], [
      "compressed",
      TEXT.length,
      size,
    ]);
    assertEquals(conversion.ratio, Math.round(TEXT.length / size * 1000) / 1000);
    assert(conversion.ratio > 10);
    bytesIn += TEXT.length;
    bytesOut += size;
  }
  const ratio = Math.round(bytesIn / bytesOut * 1000) / 1000;
  const total = { action: "compressed", objects: 2, bytesIn, bytesOut, ratio };
  assertEquals(lineOf(json.stderr, "summary")["conversion"], total);
  const text = await cli.run([...args, "-v"]);
  assertMatch(
    text.stderr,
    /^lade: file:\/\/\S+\/in\/a: 97\.7 KiB compressed to \d+ B \(\d+ : 1\)$/m,
  );
  assertEquals(text.stderr.match(/^lade: file:.*compressed to/gm)?.length, 2);
  assertMatch(text.stderr, /did 3 objects, \d+ B, 195 KiB compressed to \d+ B \(\d+ : 1\) in /);
  const quiet = await cli.run(args);
  assertEquals(quiet.stderr.match(/^lade: file:/gm), null);
});

Deno.test("--decompress tells the ratio of what it read, and pipe that of standard input", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make();
  const piped = await cli.run(["pipe", "--zstd", "3", "--json", "memory://m/log"], { stdin: [TEXT] });
  const { conversion } = lineOf(piped.stdout, "operation") as { conversion: Record<string, number> };
  const { size } = await cli.lade.stat("memory://m/log.zst");
  assertEquals([conversion["bytesIn"], conversion["bytesOut"]], [TEXT.length, size]);
  const get = await cli.run(["get", "-v", "--decompress", "memory://m/log.zst", `${directory.path}/`]);
  assertStringIncludes(get.stderr, `lade: memory://m/log.zst: ${size} B decompressed to 97.7 KiB (`);
  assertEquals(await directory.tree(), { log: TEXT });
  const printed = await cli.run(["get", "--json", "-v", "--decompress", "memory://m/log.zst", "-"]);
  assertEquals(printed.stdout, TEXT);
  const told = lineOf(printed.stderr, "summary")["conversion"];
  const ratio = Math.round(TEXT.length / size * 1000) / 1000;
  assertEquals(told, { action: "decompressed", objects: 1, bytesIn: size, bytesOut: TEXT.length, ratio });
});

Deno.test("a transfer that converts nothing tells of no conversion", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "1" });
  const { stdout, stderr } = await cli.run(["cp", "-r", "--json", "memory://a/", "memory://b/"]);
  assertEquals([lineOf(stdout, "operation")["conversion"], lineOf(stderr, "summary")["conversion"]], [
    undefined,
    undefined,
  ]);
});

Deno.test("lade cp --decompress copies what was compressed to any store, under its name without .zst", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://m/log": TEXT });
  await cli.run(["cp", "--zstd", "3", "memory://m/log", "memory://m/packed/"]);
  const copied = await cli.run(["cp", "-r", "--decompress", "memory://m/packed/", "memory://m/plain/"]);
  assertEquals([copied.code, await cli.contents("memory://m/plain/")], [0, { "memory://m/plain/log": TEXT }]);
  const printed = await cli.run(["cp", "--decompress", "memory://m/packed/log.zst", "-"]);
  assertEquals(printed.stdout, TEXT);
  const both = await cli.run(["cp", "--decompress", "--zstd", "3", "memory://m/log", "memory://m/x"]);
  assertEquals(both.code, 2);
  assertStringIncludes(both.stderr, "With --zstd there is no --decompress.");
});
