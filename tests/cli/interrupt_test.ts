import { assert, assertEquals } from "@std/assert";
import { ladeArguments, type RunLadeOptions } from "./run_lade.ts";
import { S3Cli } from "./s3_cli.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";
import { withoutProgress } from "./without_progress.ts";

function spawn(
  args: readonly string[],
  cwd: string,
  stdin: "piped" | "null",
  options: RunLadeOptions = { cwd },
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ladeArguments(args, options),
    cwd,
    env: { NO_COLOR: "1", ...options.env },
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Resolves once something new appears in a directory. */
async function somethingIn(watcher: Deno.FsWatcher): Promise<void> {
  for await (const { kind } of watcher) if (kind === "create" || kind === "modify") return;
}

/** All of a stream, but for lines of progress. */
async function text(stream: ReadableStream<Uint8Array>): Promise<string> {
  return withoutProgress(await new Response(stream).text());
}

async function sparseFile(path: string, size: number): Promise<void> {
  using file = await Deno.create(path);
  await file.truncate(size);
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`lade put of an endless input ends with ${code} on ${signal} and leaves nothing behind`, async () => {
    await using directory = await TemporaryDirectory.make();
    const watcher = Deno.watchFs(directory.path);
    const process = spawn(["put", "-", "big"], directory.path, "piped");
    const input = process.stdin.getWriter();
    const feeding = (async () => {
      const zeros = new Uint8Array(2 ** 20);
      try {
        for (;;) await input.write(zeros);
      } catch {
        // The process has ended.
      }
    })();
    await somethingIn(watcher);
    watcher.close();
    process.kill(signal);
    const [status, stdout, stderr] = await Promise.all([
      process.status,
      text(process.stdout),
      text(process.stderr),
    ]);
    await feeding;
    assertEquals([status.code, stdout, stderr], [code, "", `lade: Interrupted by ${signal}\n`]);
    assertEquals(await directory.tree(), {});
  });
}

for (const flags of [[], ["--zstd", "1"]]) {
  Deno.test(`lade cp ${flags.join(" ")} of a large file ends with 130 on SIGINT and keeps what was there`, async () => {
    await using directory = await TemporaryDirectory.make({ "to/big": "old", "to/big.zst": "old" });
    await sparseFile(`${directory.path}/big`, 16 * 2 ** 30);
    const watcher = Deno.watchFs(`${directory.path}/to`);
    const process = spawn(["cp", ...flags, "big", `direct://${directory.path}/to/`], directory.path, "null");
    await somethingIn(watcher);
    watcher.close();
    process.kill("SIGINT");
    const [status, stdout, stderr] = await Promise.all([
      process.status,
      text(process.stdout),
      text(process.stderr),
    ]);
    assertEquals([status.code, stdout, stderr], [130, "", "lade: Interrupted by SIGINT\n"]);
    assertEquals(await directory.tree("to/"), { "to/big": "old", "to/big.zst": "old" });
  });
}

for (const kind of ["tar", "jsonl"] as const) {
  Deno.test(`lade convert to ${kind} ends with 130 on SIGINT and keeps what was there`, async () => {
    const before = { [`to/x.${kind}`]: "old", "to/x.idx": "v1.2 0\n" };
    await using cli = await S3Cli.start(before);
    const { fake, directory } = cli;
    await Deno.mkdir(`${directory.path}/from`);
    await sparseFile(`${directory.path}/from/big`, 16 * 2 ** 30);
    // Rows of which the last never come.
    fake.putObject("bucket", "rows.csv", `id,text\n${"1,some text of a row\n".repeat(1e6)}`);
    const match = { operation: "GetObject", times: Infinity } as const;
    fake.faults.add({ match, action: { kind: "stall", at: "body", afterBytes: 4 * 2 ** 20 } });
    const watcher = Deno.watchFs(`${directory.path}/to`);
    const from = kind === "tar" ? "from/" : "s3://bucket/rows.csv";
    const process = spawn(["convert", from, `to/x.${kind}`], directory.path, "null", cli.options());
    await somethingIn(watcher);
    watcher.close();
    process.kill("SIGINT");
    const [status, stdout, stderr] = await Promise.all([
      process.status,
      text(process.stdout),
      text(process.stderr),
    ]);
    assertEquals([status.code, stdout, stderr.split("\n").at(-2)], [130, "", "lade: Interrupted by SIGINT"]);
    assertEquals(await directory.tree("to/"), before);
  });
}

Deno.test("lade cp -r ends with 130 on SIGINT and leaves whole objects only", async () => {
  await using directory = await TemporaryDirectory.make();
  await Deno.mkdir(`${directory.path}/from`);
  await Deno.mkdir(`${directory.path}/to`);
  for (let i = 0; i < 40; i++) await sparseFile(`${directory.path}/from/${i}`, 2 ** 30);
  const watcher = Deno.watchFs(`${directory.path}/to`);
  const process = spawn(["cp", "-r", "from", `direct://${directory.path}/to`], directory.path, "null");
  await somethingIn(watcher);
  watcher.close();
  process.kill("SIGINT");
  const [status, stdout, stderr] = await Promise.all([
    process.status,
    text(process.stdout),
    text(process.stderr),
  ]);
  assertEquals([status.code, stderr], [130, "lade: Interrupted by SIGINT\n"]);
  const left = await Array.fromAsync(Deno.readDir(`${directory.path}/to`));
  assertEquals(left.length, stdout.split("\n").filter(Boolean).length);
  for (const { name } of left) assertEquals((await Deno.stat(`${directory.path}/to/${name}`)).size, 2 ** 30);
});

Deno.test("lade cat ends on SIGINT although nobody reads its output", async () => {
  await using directory = await TemporaryDirectory.make();
  await sparseFile(`${directory.path}/big`, 2 ** 30);
  const process = spawn(["cat", "big"], directory.path, "null");
  const reader = process.stdout.getReader();
  assert(!(await reader.read()).done);
  process.kill("SIGINT");
  assertEquals((await process.status).code, 130);
  await reader.cancel();
  assertEquals(await text(process.stderr), "lade: Interrupted by SIGINT\n");
});

Deno.test("watchSignals() ends the process at once on the second signal, which is none that was passed on", async () => {
  const module = new URL("../../packages/cli/program/watch_signals.ts", import.meta.url).href;
  const code = `
    import { watchSignals } from ${JSON.stringify(module)};
    const controller = new AbortController();
    let nowMs = 5000;
    let signals = 0;
    watchSignals(controller, Deno.exit, () => nowMs);
    controller.signal.addEventListener("abort", () => console.log("aborted"));
    for (const name of ["SIGINT", "SIGTERM"]) {
      Deno.addSignalListener(name, () => {
        if (++signals === 1) return;
        console.log("passed on");
        if (signals === 3) nowMs += 250;
      });
    }
    setInterval(() => {}, 1000);
    console.log("ready");
  `;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await lines.read()).value, "ready\n");
  process.kill("SIGINT");
  assertEquals((await lines.read()).value, "aborted\n");
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.kill(signal);
    assertEquals((await lines.read()).value, "passed on\n");
  }
  process.kill("SIGINT");
  assertEquals((await process.status).code, 130);
  await lines.cancel();
});
