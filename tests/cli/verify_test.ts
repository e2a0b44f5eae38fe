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

Deno.test("lade verify -r takes a prefix whose name ends in .zarr for one object", async () => {
  await using cli = new CliHere();
  const array = { zarr_format: 2, shape: [2], chunks: [2], dtype: "<i2", order: "C", fill_value: 7 };
  const metadata = JSON.stringify({ ...array, compressor: null, filters: null });
  await cli.fill({ "memory://m/a.zarr/.zarray": metadata, "memory://m/a.zarr/0": "abcd" });
  for (const given of ["memory://m/a.zarr/", "memory://m/a.zarr"]) {
    const { code, stdout } = await cli.run(["verify", "-r", given]);
    assertEquals([code, stdout], [0, `${given}: UNCHECKED, zarr without checksums\n`]);
  }
  const { stdout } = await cli.run(["verify", "-r", "memory://m/"]);
  assertEquals(stdout, "a.zarr/: UNCHECKED, zarr without checksums\n");
  await cli.fill({ "memory://m/no.zarr/a.bin": "text" });
  const none = await cli.run(["verify", "-r", "memory://m/no.zarr/"]);
  assertEquals(none.stdout, "a.bin: UNCHECKED, of no format that is known\n");
});
