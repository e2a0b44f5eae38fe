import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { ladeArguments } from "./run_lade.ts";
import { S3Cli } from "./s3_cli.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";
import { withoutProgress } from "./without_progress.ts";

const BIG = new Uint8Array(3_000_001).map((_, i) => i % 251);

async function makePipe(path: string): Promise<void> {
  assertEquals((await new Deno.Command("mkfifo", { args: [path] }).output()).code, 0);
}

/** Runs a line of shell in which `$L` is the command, with every permission. */
async function shell(line: string, cwd: string, env: Readonly<Record<string, string>> = {}) {
  const command = ladeArguments([], { cwd, permissions: ["-A"] }).filter((flag) =>
    !flag.startsWith("--allow-")
  );
  const quoted = [Deno.execPath(), ...command].map((word) => `'${word}'`).join(" ");
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", line.replaceAll("$L", quoted)],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  return {
    code,
    stdout: new TextDecoder().decode(stdout),
    stderr: withoutProgress(new TextDecoder().decode(stderr)),
  };
}

Deno.test("lade cp, put and cat read a named pipe to its end, also to s3", async () => {
  await using cli = await S3Cli.start();
  const path = `${cli.directory.path}/pipe`;
  await makePipe(path);
  for (
    const args of [["cp", "pipe", "s3://bucket/big"], ["put", "pipe", "s3://bucket/big2"], [
      "cp",
      "pipe",
      "file",
    ]]
  ) {
    const [{ code, stderr }] = await Promise.all([cli.run(args), Deno.writeFile(path, BIG)]);
    assertEquals([code, stderr], [0, ""]);
  }
  for (const key of ["big", "big2"]) {
    assertEquals(cli.fake.objects("bucket").find((o) => o.key === key)?.content.size, BIG.length);
  }
  assertEquals(await Deno.readFile(`${cli.directory.path}/file`), BIG);
  const [{ stdout }] = await Promise.all([cli.run(["cat", "pipe"]), Deno.writeTextFile(path, "text")]);
  assertEquals(stdout, "text");
});

Deno.test("lade cat takes a range out of a pipe", async () => {
  await using directory = await TemporaryDirectory.make();
  await using cli = new CliHere();
  const path = `${directory.path}/pipe`;
  await makePipe(path);
  const [{ code, stdout }] = await Promise.all([
    cli.run(["cat", "--offset", "2", "--length", "3", path]),
    Deno.writeTextFile(path, "0123456789"),
  ]);
  assertEquals([code, stdout], [0, "234"]);
});

Deno.test("lade cp compresses what comes out of a pipe, and decompresses it by the name", async () => {
  await using directory = await TemporaryDirectory.make();
  await using cli = new CliHere();
  const path = `${directory.path}/pipe.zst`;
  await makePipe(path);
  assertEquals((await cli.run(["pipe", "--zstd", "3", "memory://m/a"], { stdin: [BIG] })).code, 0);
  const compressed = await cli.lade.get("memory://m/a.zst");
  const [{ code, stdout }] = await Promise.all([
    cli.run(["get", "--decompress", "--json", path, `${directory.path}/plain`]),
    Deno.writeFile(path, compressed),
  ]);
  assertEquals([code, JSON.parse(stdout).size], [0, BIG.length]);
  assertEquals(await Deno.readFile(`${directory.path}/plain`), BIG);
});

Deno.test("lade reads /dev/stdin, /dev/fd/0 and process substitutions, and writes /dev/stdout", async () => {
  await using directory = await TemporaryDirectory.make({ f: "data" });
  const { path } = directory;
  assertEquals(
    (await shell("echo hi | $L put /dev/stdin a && cat a", path)).stdout,
    `put - ${directory.uri("a")}\nhi\n`,
  );
  assertEquals((await shell("echo hi | $L cat /dev/fd/0", path)).stdout, "hi\n");
  assertEquals((await shell("$L -q cp <(echo hi) b && cat b", path)).stdout, "hi\n");
  assertEquals(await shell("$L get f /dev/stdout", path), { code: 0, stdout: "data", stderr: "" });
  const { code, stderr } = await shell("$L cp <(echo hi) memory://m/", path);
  assertEquals(code, 2);
  assertMatch(stderr, /\/dev\/fd\/\d+ has no name: "memory:\/\/m\/" must be followed by that of an object/);
});

Deno.test("lade reads devices, and files of /proc and /sys whose size the system does not tell", async () => {
  await using directory = await TemporaryDirectory.make();
  const { path } = directory;
  const version = await Deno.readTextFile("/proc/version");
  assertEquals((await shell("$L cat /proc/version", path)).stdout, version);
  assertEquals((await shell("$L -q cp /proc/version a && cat a", path)).stdout, version);
  assertEquals(
    (await shell("$L cat --length 5 /dev/zero | od -An -tx1", path)).stdout.trim(),
    "00 00 00 00 00",
  );
  assertEquals(await shell("$L -q cp /dev/null b && cat b", path), { code: 0, stdout: "", stderr: "" });
});

Deno.test("lade moves no pipe, and reads no socket", async () => {
  await using directory = await TemporaryDirectory.make();
  await using cli = new CliHere();
  const pipe = `${directory.path}/pipe`;
  await makePipe(pipe);
  const moved = await cli.run(["mv", pipe, "memory://m/a"]);
  assertEquals([moved.code, moved.stdout], [1, ""]);
  assertStringIncludes(moved.stderr, "it is no file that could be moved, use cp to take what it gives");
  const socket = `${directory.path}/socket`;
  using _ = Deno.listen({ transport: "unix", path: socket });
  const read = await cli.run(["cp", socket, "memory://m/a"]);
  assertEquals(read.code, 1);
  assertStringIncludes(read.stderr, "it is a socket, which only a program that connects to it can read");
  assertEquals(await cli.contents("memory://m/"), {});
});

Deno.test("lade cp -r passes a pipe over, and says so", async () => {
  await using directory = await TemporaryDirectory.make({ f: "1" });
  await using cli = new CliHere();
  await makePipe(`${directory.path}/pipe`);
  const { code, stderr } = await cli.run(["cp", "-r", directory.path, "memory://m/"]);
  assertEquals(code, 0);
  assertStringIncludes(stderr, "skipped");
  assertStringIncludes(stderr, "cp did 1 object, 1 skipped");
  for (
    const args of [["cp", "-r", `${directory.path}/pipe`, "memory://n/"], ["ls", `${directory.path}/pipe`]]
  ) {
    assertStringIncludes(
      (await cli.run(args)).stderr,
      "no such object or prefix, it is a socket, pipe or device",
    );
  }
});

Deno.test("lade pipe says what is wrong with standard input", async () => {
  await using directory = await TemporaryDirectory.make();
  const cases = [["< .", "it is a directory"], [
    "0> /dev/null",
    "it is closed, or open for writing only",
  ]] as const;
  for (const [redirection, detail] of cases) {
    const { code, stdout, stderr } = await shell(`$L pipe a ${redirection}`, directory.path);
    assertEquals([code, stdout, stderr], [1, "", `lade: Cannot read standard input: ${detail}\n`]);
  }
  assertEquals(await directory.tree(), {});
});

Deno.test("lade pipe leaves no object when standard input breaks", async () => {
  await using cli = new CliHere();
  for (
    const args of [["pipe", "memory://m/a"], ["pipe", "--zstd", "1", "memory://m/a"], [
      "cp",
      "-",
      "memory://m/a",
    ]]
  ) {
    const { code, stderr } = await cli.run(args, {
      stdin: [BIG],
      stdinFailure: new Error("Broken (os error 5)"),
    });
    assertEquals([code, stderr], [1, "lade: Cannot read standard input: broken\n"]);
    assertEquals(await cli.contents("memory://m/"), {});
  }
});

Deno.test("lade pipe tells that nothing came, and that it waits for a person", async () => {
  await using cli = new CliHere();
  const empty = await cli.run(["pipe", "memory://m/a"]);
  assertEquals([empty.code, empty.stderr], [
    0,
    'lade: standard input gave no bytes: what is now at "memory://m/a" is empty\n',
  ]);
  const typed = await cli.run(["put", "-", "memory://m/a"], { stdin: ["text"], tty: true });
  assertStringIncludes(
    typed.stderr,
    "lade: reading what is typed here, to its end (Ctrl-D on a line of its own)",
  );
  assertEquals((await cli.run(["pipe", "memory://m/a"], { stdin: ["text"] })).stderr, "");
});

Deno.test("lade cp - ends on SIGINT while it waits for a pipe that nobody writes to", async () => {
  await using directory = await TemporaryDirectory.make();
  await makePipe(`${directory.path}/pipe`);
  const process = new Deno.Command(Deno.execPath(), {
    args: ladeArguments(["cp", "-v", "pipe", "copy"], { cwd: directory.path }),
    cwd: directory.path,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // The pipe can be opened for writing as soon as the command waits for it; what is read then is nothing yet.
  using writer = await Deno.open(`${directory.path}/pipe`, { write: true });
  process.kill("SIGINT");
  const { code, stderr } = await process.output();
  assertEquals(code, 130);
  assertStringIncludes(new TextDecoder().decode(stderr), "lade: Interrupted by SIGINT");
  await writer.write(new Uint8Array(0));
  assertEquals(Array.from(Deno.readDirSync(directory.path), ({ name }) => name), ["pipe"]);
});
