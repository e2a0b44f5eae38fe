import { assertEquals } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade pipe writes standard input to an object, of any size", async () => {
  await using directory = await TemporaryDirectory.make();
  const bytes = new Uint8Array(3_000_001).map((_, i) => i % 251);
  const options = { cwd: directory.path, stdin: bytes };
  assertEquals(await runLade(["pipe", "big"], options), {
    code: 0,
    stdout: `pipe - ${directory.uri("big")}\n`,
    stderr: "",
  });
  assertEquals(await Deno.readFile(`${directory.path}/big`), bytes);
  assertEquals((await runLade(["pipe", "empty"], { cwd: directory.path })).code, 0);
  assertEquals((await Deno.stat(`${directory.path}/empty`)).size, 0);
});

Deno.test("lade pipe --zstd compresses what it reads", async () => {
  await using cli = new CliHere();
  const text = "text ".repeat(50_000);
  const { code, stdout } = await cli.run(["pipe", "--zstd", "3", "memory://m/x"], { stdin: [text, text] });
  assertEquals([code, stdout], [0, "pipe - memory://m/x.zst\n"]);
  assertEquals(
    (await cli.run(["get", "--decompress", "memory://m/x.zst", "-"])).stdout === text + text,
    true,
  );
});

Deno.test("lade pipe --dry-run reads nothing and writes nothing", async () => {
  await using cli = new CliHere();
  const { code, stdout } = await cli.run(["pipe", "--dry-run", "--json", "memory://m/x"], {
    stdin: ["text"],
  });
  assertEquals([code, JSON.parse(stdout)], [0, {
    type: "operation",
    operation: "pipe",
    source: "-",
    destination: "memory://m/x",
    dryRun: true,
  }]);
  assertEquals(await cli.contents("memory://m/"), {});
});

Deno.test("lade pipe refuses a prefix, with exit code 2", async () => {
  await using cli = new CliHere();
  assertEquals((await cli.run(["pipe", "memory://m/p/"], { stdin: ["text"] })).code, 2);
});
