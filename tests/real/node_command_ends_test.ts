import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { withoutProgress } from "../cli/without_progress.ts";
import { startFakeS3 } from "../fakes/s3/mod.ts";
import { BothRuntimes, commandOf, lacking, type RuntimeName } from "./both_runtimes.ts";

const ignore = lacking !== undefined;
const why = ignore ? ` (skipped: ${lacking})` : "";
const RUNTIMES: readonly RuntimeName[] = ["deno", "node"];
/** More than a pipe holds, and than a command writes before it is looked at. */
const LARGE = 64 * 2 ** 20;

/** Tries something of both runtimes, in a directory that has a large file. */
function testBoth(name: string, run: (both: BothRuntimes, runtime: RuntimeName) => Promise<void>): void {
  for (const runtime of RUNTIMES) {
    Deno.test({
      name: `${name} (${runtime})${why}`,
      ignore,
      async fn() {
        await using both = await BothRuntimes.make({ a: "1", "d/b": "2" });
        using file = await Deno.create(`${both.of(runtime).path}/large`);
        await file.truncate(LARGE);
        await run(both, runtime);
      },
    });
  }
}

type Stdio = "piped" | "null";

async function start(
  both: BothRuntimes,
  runtime: RuntimeName,
  args: readonly string[],
  { stdin = "null", env = {} }: { stdin?: Stdio; env?: Record<string, string> } = {},
): Promise<Deno.ChildProcess> {
  const [path, ...before] = await commandOf(runtime);
  return new Deno.Command(path, {
    args: [...before, ...args],
    cwd: both.of(runtime).path,
    env: { NO_COLOR: "1", ...both.environment(runtime, env) },
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** How a process ends whose streams are read to their ends. */
async function ending(process: Deno.ChildProcess) {
  const [{ code }, stdout, stderr] = await Promise.all([
    process.status,
    process.stdout.locked ? "" : new Response(process.stdout).text(),
    new Response(process.stderr).text(),
  ]);
  return { code, stdout, stderr: withoutProgress(stderr) };
}

/** Feeds zeros until nobody reads any more. */
async function feed(process: Deno.ChildProcess): Promise<void> {
  const input = process.stdin.getWriter();
  try {
    for (;;) await input.write(new Uint8Array(2 ** 20));
  } catch {
    // The process has ended.
  }
}

/** Waits until something is written in a directory. */
async function changeIn(watcher: Deno.FsWatcher): Promise<void> {
  for await (const { kind } of watcher) if (kind === "create" || kind === "modify") return;
}

function namesIn(path: string): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
}

/** Runs a command line of a shell, in which `lade` is the command. */
async function shell(both: BothRuntimes, runtime: RuntimeName, line: string) {
  const words = (await commandOf(runtime)).map((word) => `'${word}'`).join(" ");
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", `lade() { ${words} "$@"; }; ${line}`],
    cwd: both.of(runtime).path,
    env: { NO_COLOR: "1", ...both.environment(runtime) },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: withoutProgress(text(stderr)) };
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  testBoth(`lade put of an endless input ends with ${code} on ${signal}`, async (both, runtime) => {
    const { path } = both.of(runtime);
    using watcher = Deno.watchFs(path);
    const process = await start(both, runtime, ["put", "-", "big"], { stdin: "piped" });
    const feeding = feed(process);
    await changeIn(watcher);
    process.kill(signal);
    assertEquals(await ending(process), { code, stdout: "", stderr: `lade: Interrupted by ${signal}\n` });
    await feeding;
    assertEquals(namesIn(path), ["a", "d", "large"]);
  });
}

testBoth("lade put to s3:// ends with 130 on SIGINT, and no upload stays", async (both, runtime) => {
  await using fake = await startFakeS3({ buckets: ["photos"] });
  const underWay = Promise.withResolvers<void>();
  const action = { kind: "before", run: () => underWay.resolve() } as const;
  fake.faults.add({ match: { operation: "UploadPart", nth: 2 }, action });
  const env = {
    AWS_ACCESS_KEY_ID: fake.accessKeyId,
    AWS_SECRET_ACCESS_KEY: fake.secretAccessKey,
    AWS_ENDPOINT_URL: fake.url,
    AWS_REGION: "us-east-1",
  };
  const process = await start(both, runtime, ["put", "-", "s3://photos/big"], { stdin: "piped", env });
  const feeding = feed(process);
  await underWay.promise;
  process.kill("SIGINT");
  assertEquals(await ending(process), { code: 130, stdout: "", stderr: "lade: Interrupted by SIGINT\n" });
  await feeding;
  assertEquals([fake.objects("photos"), fake.uploads("photos")], [[], []]);
});

testBoth("lade that waits for its input, or for its reader, ends on SIGINT", async (both, runtime) => {
  const { path } = both.of(runtime);
  using watcher = Deno.watchFs(path);
  const waiting = await start(both, runtime, ["put", "-", "big"], { stdin: "piped" });
  const input = waiting.stdin.getWriter();
  const feeding = input.write(new Uint8Array(2 ** 20)).catch(() => {});
  await changeIn(watcher);
  const unread = await start(both, runtime, ["cat", "large"]);
  const reader = unread.stdout.getReader();
  assert(!(await reader.read()).done);
  for (const process of [waiting, unread]) {
    process.kill("SIGINT");
    assertEquals(await ending(process), { code: 130, stdout: "", stderr: "lade: Interrupted by SIGINT\n" });
  }
  assertEquals(namesIn(path), ["a", "d", "large"]);
  await reader.cancel();
  await feeding;
  await input.close().catch(() => {});
});

testBoth("lade ends quietly when its reader has gone", async (both, runtime) => {
  for (const args of [["cat", "large"], ["get", "large", "-"]]) {
    const process = await start(both, runtime, args);
    const reader = process.stdout.getReader();
    assert(!(await reader.read()).done);
    await reader.cancel();
    assertEquals(await ending(process), { code: 0, stdout: "", stderr: "" }, args.join(" "));
  }
  assertEquals(await shell(both, runtime, "lade cat large | head -c 3 | wc -c; echo ${PIPESTATUS[0]}"), {
    code: 0,
    stdout: "3\n0\n",
    stderr: "",
  });
  assertEquals((await shell(both, runtime, "lade --version | true; echo ${PIPESTATUS[0]}")).stdout, "0\n");
});

testBoth("lade fails where its output cannot be written", async (both, runtime) => {
  for (const line of ["--version", "--help", "ls", "cat large", "cp a copy", "hash a", "rm copy"]) {
    const { code, stderr } = await shell(both, runtime, `lade ${line} >/dev/full`);
    assertEquals([line, code], [line, 1]);
    assertStringIncludes(stderr, "lade: Cannot write to standard output: no space left on device\n");
  }
  assertEquals((await shell(both, runtime, "lade ls none 2>/dev/full")).code, 1);
});

testBoth("lade reads and writes whatever a shell gives it as streams", async (both, runtime) => {
  const cases: readonly (readonly [line: string, stdout: string, stderr?: string])[] = [
    ["lade cat a d/b >file; cat file", "12"],
    ["lade cat a >>file; cat file", "121"],
    ["lade put - new <a >/dev/null; cat new", "1"],
    ["{ read -n 1 -r; lade put - rest >/dev/null; } <file; cat rest", "21"],
    ["lade put - closed <&- >/dev/null; cat closed; ls closed", "closed\n"],
    ["lade cat a <&- 2>&-; echo", "1\n", ""],
    ["lade cat a >&-; echo $?", "0\n", ""],
    ["lade put - x <d; echo $?", "1\n", "lade: Cannot read standard input: it is a directory\n"],
    [
      "lade put - x 0>file; echo $?",
      "1\n",
      "lade: Cannot read standard input: it is closed, or open for writing only\n",
    ],
    ["lade cat large | lade put - again >/dev/null; cmp large again && echo same", "same\n", ""],
    ["lade cat large | lade hash - | cut -c 1-8; sha256sum large | cut -c 1-8", "3b6a07d0\n3b6a07d0\n", ""],
    ["mkfifo f; cat large >f & lade put - fifo <f >/dev/null; cmp large fifo && echo same", "same\n", ""],
    ["echo ls d | lade run - 2>&1 | wc -l", "2\n", ""],
  ];
  for (const [line, stdout, stderr] of cases) {
    const told = await shell(both, runtime, line);
    assertEquals([told.stdout, stderr === undefined ? undefined : told.stderr], [stdout, stderr], line);
  }
});
