import { assertEquals, assertStringIncludes } from "@std/assert";
import { S3Cli } from "./s3_cli.ts";
import { CliHere } from "./run_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("-n leaves what is there alone, and writes the rest, with every command that has it", async () => {
  await using directory = await TemporaryDirectory.make({ f: "new", "tree/a": "new", "tree/b": "new" });
  await using cli = new CliHere();
  const { path } = directory;
  const lines: readonly (readonly [args: readonly string[], taken: string, free: string])[] = [
    [["cp", "-n", `${path}/f`], `${path}/taken`, `${path}/free`],
    [["cp", "-n", `${path}/f`], "memory://m/taken", "memory://m/free"],
    [["put", "-n", `${path}/f`], "memory://m/taken", "memory://m/free2"],
    [["get", "-n", "memory://m/new"], `${path}/taken`, `${path}/free2`],
    [["pipe", "-n"], "memory://m/taken", "memory://m/free3"],
    [["pipe", "-n"], `${path}/taken`, `${path}/free3`],
    [["cp", "-n", "--zstd", "1", `${path}/f`], "memory://m/taken", "memory://m/free4"],
    [["mv", "-n", "memory://m/new"], "memory://m/taken", "memory://m/free5"],
    [["mv", "-n", "memory://m/new2"], `${path}/taken`, `${path}/free6`],
    [["mv", "-n", `${path}/f`], `${path}/taken`, `${path}/free7`],
  ];
  for (const [args, taken, free] of lines) {
    const zstd = args.includes("--zstd") ? ".zst" : "";
    await cli.fill({ "memory://m/new": "new", "memory://m/new2": "new" });
    for (const place of [`${taken}${zstd}`]) {
      await cli.lade.put(place.includes("://") ? place : `file://${place}`, "old");
    }
    const kept = await cli.run([...args, taken], { stdin: ["new"] });
    const source = args.at(-1);
    assertEquals([kept.code, kept.stdout], [0, ""], `${args} ${taken}: ${kept.stderr}`);
    assertStringIncludes(kept.stderr, "its destination exists");
    const left = await cli.lade.get(taken.includes("://") ? `${taken}${zstd}` : `file://${taken}`);
    assertEquals(new TextDecoder().decode(left), "old", `${args} ${taken}`);
    const written = await cli.run([...args, free], { stdin: ["new"] });
    assertEquals([written.code, written.stderr], [0, ""], `${args} ${free} of ${source}`);
  }
});

Deno.test("-n -r counts what it leaves alone", async () => {
  await using directory = await TemporaryDirectory.make({ "tree/a": "new", "tree/b": "new" });
  await using cli = new CliHere();
  await cli.fill({ "memory://m/a": "old" });
  const { code, stdout, stderr } = await cli.run([
    "put",
    "-r",
    "-n",
    `${directory.path}/tree`,
    "memory://m/",
  ]);
  assertEquals([code, stdout], [0, `put ${directory.uri("tree/b")} memory://m/b\n`]);
  assertStringIncludes(stderr, "put did 1 object, 1 skipped");
  assertEquals(await cli.contents("memory://m/"), { "memory://m/a": "old", "memory://m/b": "new" });
});

Deno.test("-n tells once that a store which ignores conditions was only looked at", async () => {
  await using directory = await TemporaryDirectory.make({
    "tree/a": "new",
    "tree/b": "new",
    "tree/c": "new",
  });
  await using cli = new CliHere();
  await cli.fill({ "memory://m/a": "old" });
  const { store } = await cli.lade.locate("memory://m/");
  Object.defineProperty(store, "capabilities", { value: { ...store.capabilities, createOnly: false } });
  const args = ["put", "-r", `${directory.path}/tree`, "memory://m/"];
  const { code, stderr } = await cli.run([...args, "-n"]);
  assertEquals([code, stderr.split("only looked before each write").length], [0, 2], stderr);
  assertStringIncludes(stderr, 'lade: "memory://m" ignores conditions on writes');
  assertEquals((await cli.run([...args, "-n", "--dry-run"])).stderr.includes("looked"), false);
  assertEquals((await cli.run(args)).stderr.includes("looked"), false);
});

Deno.test("-n keeps what a service that ignores If-None-Match would replace, and says that it looked", async () => {
  const big = new Uint8Array(9 * 2 ** 20);
  await using cli = await S3Cli.start({ f: "new", big }, { habits: { ignored: ["* if-none-match"] } });
  for (const key of ["taken", "taken-big"]) cli.fake.putObject("bucket", key, "old");
  cli.fake.putObject("bucket", "source", "new");
  const lines: readonly (readonly [args: readonly string[], to: string])[] = [
    [["put", "-n", "f"], "taken"],
    [["put", "-n", "big"], "taken-big"],
    [["pipe", "-n"], "taken"],
    [["cp", "-n", "s3://bucket/source"], "taken"],
    [["mv", "-n", "s3://bucket/source"], "taken"],
  ];
  for (const [args, to] of lines) {
    const kept = await cli.run([...args, `s3://bucket/${to}`], { stdin: "new" });
    assertEquals([kept.code, kept.stdout], [0, ""], `${args}: ${kept.stderr}`);
    assertStringIncludes(kept.stderr, "its destination exists", args.join(" "));
    assertEquals(cli.fake.objects("bucket").find(({ key }) => key === to)?.content.size, 3);
    const free = await cli.run([...args, `s3://bucket/free-${args[0]}-${to}`], { stdin: "new" });
    assertEquals(free.code, 0, free.stderr);
    assertStringIncludes(free.stderr, "ignores conditions on writes", args.join(" "));
  }
});

Deno.test("-n looks where a service ignores the condition of its own copy alone, which is told", async () => {
  await using cli = await S3Cli.start({ f: "new" }, { habits: { ignored: ["CopyObject if-none-match"] } });
  cli.fake.putObject("bucket", "source", "new");
  cli.fake.putObject("bucket", "taken", "old");
  const kept = await cli.run(["cp", "-n", "s3://bucket/source", "s3://bucket/taken"]);
  assertStringIncludes(kept.stderr, "its destination exists");
  const copied = await cli.run(["cp", "-n", "s3://bucket/source", "s3://bucket/free"]);
  assertStringIncludes(copied.stderr, 'ignores ifNoneMatch "*" on CopyObject');
  assertEquals((await cli.run(["put", "-n", "f", "s3://bucket/free2"])).stderr, "");
});
