import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { ladeArguments, runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

async function statsOf(directory: TemporaryDirectory, name = "stats.json") {
  return JSON.parse(await Deno.readTextFile(`${directory.path}/${name}`));
}

const namesOf = (directory: TemporaryDirectory) =>
  Array.from(Deno.readDirSync(directory.path), ({ name }) => name).sort();

Deno.test("--stats-file tells what came of a command that did all", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make();
  await cli.fill({ "memory://a/x": "1", "memory://a/y": "22" });
  const stats = `${directory.path}/stats.json`;
  const run = await cli.run(["cp", "-r", "-j", "3", "--stats-file", stats, "memory://a", "memory://b"]);
  assertEquals(run.code, 0, run.stderr);
  const { startedAt, endedAt, elapsedMs, bytesPerSecond, settings, ...rest } = await statsOf(directory);
  assertEquals(rest, {
    command: "cp",
    outcome: "done",
    objects: 2,
    bytes: 3,
    failed: 0,
    skipped: 0,
    before: 0,
    deleted: 0,
    plannedObjects: 2,
    plannedBytes: 3,
    failures: {},
    dropped: [],
  });
  assert(Date.parse(endedAt) >= Date.parse(startedAt) && elapsedMs >= 0 && bytesPerSecond >= 0);
  assertEquals([settings.sources, settings.destination, settings.recursive, settings.jobs], [
    ["memory://a"],
    "memory://b",
    true,
    3,
  ]);
  assertEquals("statsFile" in settings, false);
  // It takes the place of the one before, and leaves nothing else.
  await cli.run(["cp", "--stats-file", stats, "memory://a/x", "memory://b/z"]);
  assertEquals([(await statsOf(directory)).objects, namesOf(directory)], [1, ["stats.json"]]);
});

Deno.test("--stats-file counts failures by kind, what was skipped, converted and dropped", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "to/x.txt/in": "the way" });
  await cli.lade.put("memory://a/x.txt", "1", { contentType: "text/odd" });
  await cli.lade.put("memory://a/y", "22", { contentType: "text/odd" });
  await cli.lade.put("memory://a/../up", "no");
  const stats = `${directory.path}/stats.json`;
  const run = await cli.run(["mv", "-r", "--stats-file", stats, "memory://a/", `${directory.path}/to`]);
  assertEquals(run.code, 1, run.stderr);
  const told = await statsOf(directory);
  assertEquals([told.outcome, told.error, told.failed], ["failed", undefined, 2]);
  const kinds = Object.values(told.failures as Record<string, number>);
  assertEquals([kinds.reduce((sum, count) => sum + count, 0), told.failures["invalid-name"] > 0], [2, true]);
  assertEquals(told.dropped, [
    { attribute: "contentType", reason: "the store keeps none", objects: 1, example: "memory://a/y" },
  ]);
  const packed = await cli.run([
    "cp",
    "-n",
    "--zstd",
    "1",
    "--stats-file",
    stats,
    "memory://a/x.txt",
    "memory://b/",
  ]);
  assertEquals(packed.code, 0, packed.stderr);
  const { conversion } = await statsOf(directory);
  assertEquals([conversion.action, conversion.objects, conversion.bytesIn], ["compressed", 1, 1]);
  await cli.run(["cp", "-n", "--zstd", "1", "--stats-file", stats, "memory://a/x.txt", "memory://b/"]);
  assertEquals([(await statsOf(directory)).skipped, (await statsOf(directory)).objects], [1, 0]);
});

Deno.test("--stats-file tells what ended a command, and of sync what was deleted", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ file: "" });
  await cli.fill({ "memory://a/x": "1", "memory://b/y": "2" });
  const stats = `${directory.path}/stats.json`;
  const ended = await cli.run(["cp", "-r", "--stats-file", stats, "memory://a/", `${directory.path}/file`]);
  assertEquals(ended.code, 1);
  const told = await statsOf(directory);
  assertEquals([told.outcome, told.objects], ["failed", 0]);
  assertStringIncludes(told.error, "it is a file, a directory is needed");
  const sync = await cli.run(["sync", "--delete", "--stats-file", stats, "memory://a/", "memory://b/"]);
  assertEquals(sync.code, 0, sync.stderr);
  const { command, objects, deleted, settings } = await statsOf(directory);
  assertEquals([command, objects, deleted, settings.delete], ["sync", 1, 1, true]);
});

Deno.test("--stats-file refuses where it cannot be before anything is done, and says when it could not be written", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make();
  await cli.fill({ "memory://a/x": "1" });
  for (
    const [path, problem] of [
      [`${directory.path}/none/stats.json`, "there is no directory"],
      [directory.path, "it is a directory"],
      ["-", "a file is needed"],
    ] as const
  ) {
    const run = await cli.run(["cp", "--stats-file", path, "memory://a/x", "memory://b/x"]);
    assertEquals(run.code, 2);
    assertStringIncludes(run.stderr, problem);
  }
  assertEquals(await cli.contents("memory://b/"), {});
  const { rename } = Deno;
  try {
    Deno.rename = () => Promise.reject(new Error("the disk is gone"));
    const path = `${directory.path}/stats.json`;
    const run = await cli.run(["cp", "--stats-file", path, "memory://a/x", "memory://b/x"]);
    assertEquals([run.code, run.stderr], [
      1,
      `lade: Cannot write ${JSON.stringify(path)}: the disk is gone\n`,
    ]);
  } finally {
    Deno.rename = rename;
  }
  assertEquals([Object.keys(await cli.contents("memory://b/")), namesOf(directory)], [["memory://b/x"], []]);
});

Deno.test("--stats-file replaces what a link leads to, and writes into pipes and devices", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "real/stats.json": "of before" });
  await cli.fill({ "memory://a/x": "1" });
  const inside = (name: string) => `${directory.path}/${name}`;
  await Deno.chmod(inside("real/stats.json"), 0o600);
  await Deno.symlink("real/stats.json", inside("link"));
  await Deno.symlink("nowhere", inside("broken"));
  await Deno.symlink("/dev/null", inside("null"));
  const fifo = await new Deno.Command("mkfifo", { args: [inside("fifo")] }).output();
  assertEquals(fifo.code, 0);
  const run = async (name: string) =>
    await cli.run(["cp", "--stats-file", inside(name), "memory://a/x", "memory://b/x"]);
  assertEquals((await run("link")).code, 0);
  assertEquals(await Deno.readLink(inside("link")), "real/stats.json");
  const { mode } = await Deno.stat(inside("real/stats.json"));
  assertEquals([(await statsOf(directory, "real/stats.json")).objects, (mode ?? 0) & 0o777], [1, 0o600]);
  assertEquals([(await run("null")).code, await Deno.readLink(inside("null"))], [0, "/dev/null"]);
  // Opened for both, so that nobody waits for the other.
  using reader = await Deno.open(inside("fifo"), { read: true, write: true });
  assertEquals((await run("fifo")).code, 0);
  const buffer = new Uint8Array(2 ** 16);
  const count = await reader.read(buffer) ?? 0;
  assertEquals(JSON.parse(new TextDecoder().decode(buffer.subarray(0, count))).objects, 1);
  assertEquals((await Deno.lstat(inside("fifo"))).isFifo, true);
  const broken = await run("broken");
  assertEquals([broken.code, broken.stderr.includes("a symbolic link that leads nowhere")], [2, true]);
  assertEquals(namesOf(directory), ["broken", "fifo", "link", "null", "real"]);
});

Deno.test("--stats-file takes a device whose directory may not be looked at, and tells what may not be", async () => {
  await using directory = await TemporaryDirectory.make();
  await Deno.writeTextFile(`${directory.path}/x`, "1");
  const permissions = ["--allow-read=/dev,/proc", "--allow-write=/dev,/proc"];
  const put = (stats: string) =>
    runLade(["put", "-q", "--no-journal", "--stats-file", stats, "x", "y"], {
      cwd: directory.path,
      permissions,
    });
  const { code, stderr } = await put("/dev/null");
  assertEquals([code, stderr, namesOf(directory)], [0, "", ["x", "y"]]);
  const closed = await put("/proc/self/mem");
  assertEquals(closed.code, 2);
  assertStringIncludes(closed.stderr, '"/proc/self/mem" cannot be looked at: Requires');
});

Deno.test("--stats-file hides what is secret in its settings", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make();
  const stats = `${directory.path}/stats.json`;
  const url = "https://bucket.s3.amazonaws.com/x?X-Amz-Signature=0123456789abcdef&X-Amz-Credential=AKIDKEY";
  await cli.run(["cp", "--dry-run", "--stats-file", stats, url, "memory://b/x"]);
  const text = await Deno.readTextFile(stats);
  assertEquals([text.includes("0123456789abcdef"), text.includes("***")], [false, true], text);
});

Deno.test("--stats-file is written by a command that is interrupted", async () => {
  await using directory = await TemporaryDirectory.make();
  const watcher = Deno.watchFs(directory.path);
  const process = new Deno.Command(Deno.execPath(), {
    args: ladeArguments(["put", "--stats-file", "stats.json", "-", "big"], { cwd: directory.path }),
    cwd: directory.path,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const input = process.stdin.getWriter();
  const feeding = (async () => {
    const zeros = new Uint8Array(2 ** 20);
    try {
      for (;;) await input.write(zeros);
    } catch {
      // The process has ended.
    }
  })();
  for await (const { kind } of watcher) if (kind === "create" || kind === "modify") break;
  process.kill("SIGINT");
  const [status, stderr] = await Promise.all([process.status, new Response(process.stderr).text()]);
  await feeding;
  assertEquals(status.code, 130, stderr);
  const { outcome, error, objects, failed } = await statsOf(directory);
  assertEquals([outcome, objects, failed], ["interrupted", 0, 0]);
  assertMatch(error, /Interrupted by SIGINT/);
  assertEquals(namesOf(directory), ["stats.json"]);
});
