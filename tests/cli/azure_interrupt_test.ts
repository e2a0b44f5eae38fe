import { assert, assertEquals } from "@std/assert";
import { type FakeAzure, type Operation, startFakeAzure } from "../fakes/azure/mod.ts";
import { ladeArguments } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";
import { withoutProgress } from "./without_progress.ts";

/** `lade` in a process of its own, with blocks of 64 KiB. */
function spawn(fake: FakeAzure, args: readonly string[], cwd: string): Deno.ChildProcess {
  const permissions = [`--allow-net=127.0.0.1:${fake.port}`, "--allow-env", "--allow-sys=osRelease"];
  const config = ["--config", "az.blockSize=64KiB"];
  return new Deno.Command(Deno.execPath(), {
    args: ladeArguments([...args, ...config], { cwd, permissions }),
    cwd,
    env: { NO_COLOR: "1", AZURE_STORAGE_CONNECTION_STRING: fake.connectionString },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Resolves when the server has the `nth` request of an operation. */
function reached(fake: FakeAzure, operation: Operation, nth: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  fake.faults.add({ match: { operation, nth }, action: { kind: "before", run: resolve } });
  return promise;
}

/** Feeds zeros until nobody reads any more. */
async function feed(process: Deno.ChildProcess): Promise<void> {
  const input = process.stdin.getWriter();
  const zeros = new Uint8Array(2 ** 16);
  try {
    for (;;) await input.write(zeros);
  } catch {
    // The process has ended.
  }
}

async function ending(process: Deno.ChildProcess) {
  const text = (stream: ReadableStream<Uint8Array>) => new Response(stream).text();
  const [{ code }, stdout, stderr] = await Promise.all([
    process.status,
    text(process.stdout),
    text(process.stderr),
  ]);
  return { code, stdout, stderr: withoutProgress(stderr) };
}

const textOf = (fake: FakeAzure, key: string) => new TextDecoder().decode(fake.bytes("photos", key));

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGKILL", 137]] as const) {
  Deno.test(`lade put to az:// ends with ${code} on ${signal}, and what was there stays`, async () => {
    await using fake = await startFakeAzure({ containers: ["photos"] });
    await using directory = await TemporaryDirectory.make({ small: "new" });
    fake.putBlob("photos", "big", "old");
    const underWay = reached(fake, "PutBlock", 5);
    const process = spawn(fake, ["put", "-", "az://photos/big"], directory.path);
    const feeding = feed(process);
    await underWay;
    process.kill(signal);
    const ended = await ending(process);
    await feeding;
    assertEquals(ended, {
      code,
      stdout: "",
      stderr: signal === "SIGKILL" ? "" : `lade: Interrupted by ${signal}\n`,
    });
    assertEquals([textOf(fake, "big"), fake.blobs("photos").length], ["old", 1]);
    // Blocks that are in no list stand in nobody's way.
    const again = spawn(fake, ["put", "small", "az://photos/big"], directory.path);
    await again.stdin.close();
    assertEquals((await ending(again)).code, 0);
    assertEquals([textOf(fake, "big"), fake.uncommitted("photos")], ["new", 0]);
  });
}

Deno.test("lade get of a blob ends with 130 on SIGINT and leaves no part of a file", async () => {
  await using fake = await startFakeAzure({ containers: ["photos"] });
  await using directory = await TemporaryDirectory.make({ "to/big": "old" });
  fake.putSynthetic("photos", "big", { size: 2 ** 40 });
  const underWay = reached(fake, "GetBlob", 4);
  const process = spawn(fake, ["get", "az://photos/big", "to/"], directory.path);
  await process.stdin.close();
  await underWay;
  process.kill("SIGINT");
  assertEquals(await ending(process), { code: 130, stdout: "", stderr: "lade: Interrupted by SIGINT\n" });
  assertEquals(await directory.tree(), { "to/big": "old" });
});

Deno.test("lade mv -r to az:// ends with 130 on SIGINT, and every file is there or here", async () => {
  await using fake = await startFakeAzure({ containers: ["photos"] });
  const names = Array.from({ length: 200 }, (_, i) => `${i}`);
  await using directory = await TemporaryDirectory.make(
    Object.fromEntries(names.map((name) => [`d/${name}`, name])),
  );
  // Stored, and not answered: what is left stays on its way until the command gives it up.
  const match = { operation: "PutBlob", nth: 20, times: Infinity } as const;
  const underWay = fake.faults.add({ match, action: { kind: "stall", at: "answer" } });
  const process = spawn(fake, ["mv", "-r", "-j", "4", "d", "az://photos/d/"], directory.path);
  await process.stdin.close();
  await underWay.reached;
  process.kill("SIGINT");
  const { code, stdout, stderr } = await ending(process);
  assertEquals([code, stderr], [130, "lade: Interrupted by SIGINT\n"]);
  const here = Object.keys(await directory.tree()).map((path) => path.slice("d/".length));
  const there = fake.blobs("photos").map(({ key }) => key.slice("d/".length));
  assertEquals([...new Set([...here, ...there])].sort(), [...names].sort());
  for (const name of there) assertEquals(textOf(fake, `d/${name}`), name);
  // What was said to be moved, was.
  const moved = stdout.split("\n").filter(Boolean);
  assert(moved.length <= names.length - here.length, `${moved.length} told, ${here.length} left`);
});
