import { assertEquals } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade cat prints files byte for byte, one after the other", async () => {
  await using directory = await TemporaryDirectory.make({ a: "first\n", b: "", c: "x".repeat(3_000_000) });
  const places = ["a", directory.uri("b"), `direct://${directory.path}/c`, "a"];
  const outcome = await runLade(["cat", ...places], { cwd: directory.path, readOnly: true });
  assertEquals([outcome.code, outcome.stderr], [0, ""]);
  assertEquals(outcome.stdout === `first\n${"x".repeat(3_000_000)}first\n`, true);
});

Deno.test("lade cat --offset --length prints a range, with units", async () => {
  await using directory = await TemporaryDirectory.make({ a: `${"-".repeat(2048)}0123456789` });
  const cat = (...args: string[]) => runLade(["cat", ...args, "a"], { cwd: directory.path, readOnly: true });
  assertEquals(await cat("--offset", "2KiB", "--length", "4"), { code: 0, stdout: "0123", stderr: "" });
  assertEquals((await cat("--offset=2051b")).stdout, "3456789");
  assertEquals((await cat("--offset", "2056", "--length", "1M")).stdout, "89");
});

Deno.test("lade cat reports an object that fails and prints the others", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "xx", "memory://a/d/y": "yy" });
  const { code, stdout, stderr } = await cli.run([
    "cat",
    "memory://a/x",
    "memory://a/n",
    "memory://a/d",
    "memory://a/d/y",
  ]);
  assertEquals([code, stdout], [1, "xxyy"]);
  assertEquals(stderr.trim().split("\n"), [
    'lade: Cannot get "memory://a/n": no such object',
    'lade: Cannot get "memory://a/d": it is a prefix; use ls',
  ]);
});

Deno.test("lade cat refuses a range past the end", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "xx" });
  assertEquals(await cli.run(["cat", "--offset", "9", "memory://a/x"]), {
    code: 1,
    stdout: "",
    stderr: 'lade: Cannot get "memory://a/x": the range starts at 9, the object has 2 bytes\n',
  });
});

Deno.test("lade cat refuses sizes that are none, with exit code 2", async () => {
  await using cli = new CliHere();
  const mistakes = [["--offset", "-5"], ["--offset", "1.5"], ["--length", "0"], ["--length", "8Mi"], [
    "--length",
  ]];
  for (const mistake of mistakes) {
    const { code, stdout, stderr } = await cli.run(["cat", ...mistake, "memory://a/x"]);
    assertEquals([code, stdout, stderr.startsWith("lade: ")], [2, "", true], mistake.join(" "));
  }
});
