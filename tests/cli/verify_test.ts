import { assertEquals, assertMatch } from "@std/assert";
import { safetensorsFile } from "./format_files.ts";
import { CliHere } from "./run_here.ts";

const MODEL = safetensorsFile([["t", "F32", [2], new Uint8Array(8)]]);

Deno.test("lade verify says what bears no checksum, and fails for what is damaged", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/a.safetensors", MODEL);
  await cli.lade.put("memory://m/b.safetensors", MODEL.slice(0, -1));
  await cli.fill({ "memory://m/c.txt": "text" });
  const one = await cli.run(["verify", "memory://m/a.safetensors"]);
  assertEquals(one, {
    code: 0,
    stdout: "memory://m/a.safetensors: UNCHECKED, safetensors without checksums\n",
    stderr: "",
  });
  const all = await cli.run(["verify", "-r", "memory://m"]);
  assertEquals([all.code, all.stdout.split("\n")], [1, [
    "a.safetensors: UNCHECKED, safetensors without checksums",
    "b.safetensors: FAILED, 1 fault",
    "c.txt: UNCHECKED, of no format that is known",
    "",
  ]]);
  assertMatch(all.stderr, /^lade: Cannot read safetensors "memory:\/\/m\/b\.safetensors": /);
  assertMatch(all.stderr, /lade: 1 faulty or unread, 2 without a checksum to compare\n$/);
  const json = await cli.run(["verify", "--json", "memory://m/b.safetensors"]);
  const { type, outcome, faults } = JSON.parse(json.stdout);
  assertEquals([json.code, type, outcome, faults.length], [1, "verified", "failed", 1]);
  assertEquals((await cli.run(["verify", "memory://m/none"])).code, 1);
});
