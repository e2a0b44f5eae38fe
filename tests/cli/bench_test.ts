import { assert, assertEquals, assertMatch } from "@std/assert";
import { ForwardingStore, type GetOptions, type GetResult, type ObjectStore } from "@lade/core";
import { PermissionDeniedError } from "@lade/core/errors";
import { Lade } from "@lade/lade";
import { readResult } from "@lade/workload/run";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { ladeArguments, runLade } from "./run_lade.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const SPEC = "version: 1\nobjects: { s: { count: 3, size: 3KiB } }\nphases: [{ put: s }]\n";

Deno.test("lade bench measures S3, shows knee and advice, and leaves nothing", async () => {
  await using cli = await S3Here.start({ objects: { "in/mine": "1", other: "2" } });
  const args = [
    "bench",
    "s3://bucket/in",
    "--time",
    "1s",
    "--size",
    "8KiB",
    "--concurrency",
    "1,4",
    "--verify",
  ];
  const { code, stdout, stderr } = await cli.run([...args, "--objects", "20"], { columns: 120 });
  assertEquals([code, stderr], [0, ""], stdout);
  for (const line of ["put +×1 +put", "put +×4 +put", "get +×1 +get", "get +×4 +get"]) {
    assertMatch(stdout, new RegExp(`\\n${line} +\\d+ +0 +\\S+ [KM]iB +[\\d.]+ +\\S+ [KM]iB `));
  }
  assertMatch(stdout, /\nput: \d at a time (reach|are still faster)/);
  assertMatch(stdout, / at s3:\/\/bucket\/in\/lade-bench-[0-9a-f]{8}\/\n$/);
  assertEquals(cli.texts(), { "in/mine": "1", other: "2" });
  const json = readResult((await cli.run([...args, "--json"])).stdout);
  assertEquals(json.phases.map(({ name, concurrency }) => [name, concurrency]), [
    ["put", 1],
    ["put", 4],
    ["get", 1],
    ["get", 4],
  ]);
  assertEquals([json.verify.wrong, json.verify.reads > 0], [0, true]);
});

Deno.test("lade bench that may not write leaves nothing, and one that can not clean says so", async () => {
  await using cli = await S3Here.start({ allowed: ["s3:GetObject", "s3:ListBucket"] });
  const args = ["--time", "1s", "--size", "1KiB", "--concurrency", "2", "--objects", "3"];
  const denied = await cli.run(["bench", "s3://bucket", ...args]);
  assertEquals([denied.code, denied.stdout], [1, ""]);
  assertMatch(denied.stderr, /Cannot put "s3:\/\/bucket\/lade-bench-[0-9a-f]{8}\/lade-workload\.json"/);
  class KeepingStore extends ForwardingStore {
    override async *deleteMany(objects: Parameters<ObjectStore["deleteMany"]>[0]) {
      for await (const object of objects) {
        const key = typeof object === "string" ? object : object.key;
        const error = new PermissionDeniedError({
          operation: "delete",
          uri: `memory://m/${key}`,
          detail: "no",
        });
        yield { key, error };
      }
    }
  }
  await using lade = new Lade({ layer: (store) => new KeepingStore(store) });
  const terminal = new FakeTerminal();
  assertEquals(await runCli(["bench", "memory://m", ...args], { terminal, lade }), 1);
  assertMatch(
    terminal.stderr.text,
    /^lade: objects are left below "(memory:\/\/m\/lade-bench-[0-9a-f]{8}\/)": .*\nlade: Cannot delete "\1bench\/0000000": no\n$/,
  );
  assertMatch(terminal.stdout.text, /\nget +×2 +get +\d+ +0 /);
  const controller = new AbortController();
  const second = new FakeTerminal();
  class Stopping extends KeepingStore {
    override get(key: string, options?: GetOptions): Promise<GetResult> {
      if (!key.endsWith(".json")) controller.abort(new Error("enough"));
      return super.get(key, options);
    }
  }
  await using other = new Lade({ layer: (store) => new Stopping(store) });
  const world = { terminal: second, lade: other, signal: controller.signal };
  assertEquals(await runCli(["bench", "memory://m", ...args], world), 1);
  assertMatch(
    second.stderr.text,
    /^lade: objects are left below "memory:\/\/m\/lade-bench-[0-9a-f]{8}\/": lade rm -r removes them\nlade: enough\n$/,
  );
});

Deno.test("lade workload check needs no permission but to read its spec, and bench none but for its directory", async () => {
  await using directory = await TemporaryDirectory.make({ "spec.yaml": SPEC, "d/mine": "1" });
  const check = await runLade(["workload", "check", "spec.yaml"], { cwd: directory.path, readOnly: true });
  assertEquals([check.code, check.stderr], [0, ""]);
  const args = ["bench", "d", "--time", "1s", "--size", "1KiB", "--concurrency", "1,2", "--objects", "9"];
  const bench = await runLade(args, { cwd: directory.path });
  assertEquals([bench.code, bench.stderr], [0, ""]);
  assertEquals(await directory.tree(), { "d/mine": "1", "spec.yaml": SPEC });
  const typo = await runLade(["bench", "dd", "--time", "1s"], { cwd: directory.path });
  assertMatch(typo.stderr, /Cannot bench "file:\/\/.*\/dd\/": there is no such directory\n$/);
  assertEquals([typo.code, await directory.tree()], [1, { "d/mine": "1", "spec.yaml": SPEC }]);
});

function spawn(args: readonly string[], cwd: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ladeArguments(args, { cwd }),
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** The names of the files below a directory, whatever comes and goes meanwhile. */
function namesBelow(path: string): string[] {
  try {
    return Array.from(Deno.readDirSync(path)).flatMap(({ name, isDirectory }) =>
      isDirectory ? namesBelow(`${path}/${name}`) : [name]
    );
  } catch {
    return [];
  }
}

/** Resolves once there are so many files below a directory. */
async function filesIn(directory: TemporaryDirectory, count: number): Promise<void> {
  for (;;) {
    if (namesBelow(directory.path).filter((name) => /^\d{7}$/.test(name)).length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`lade bench removes what it wrote on ${signal}`, async () => {
    await using directory = await TemporaryDirectory.make({ mine: "1" });
    const process = spawn(["bench", ".", "--time", "1h", "--size", "4KiB"], directory.path);
    await filesIn(directory, 5);
    process.kill(signal);
    const { code: exit, stdout, stderr } = await process.output();
    assertEquals([exit, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)], [
      code,
      "",
      `lade: Interrupted by ${signal}\n`,
    ]);
    assertEquals(await directory.tree(), { mine: "1" });
  });
}

Deno.test("lade workload clean removes what a run left that was killed, and nothing else", async () => {
  const spec = `version: 1
target: w/
objects: { s: { count: 100_000, size: 2KiB, shards: 3 }, empty: { count: 5, size: 0 } }
phases: [{ put: [s, empty], concurrency: 8 }]
`;
  await using directory = await TemporaryDirectory.make({ "spec.yaml": spec });
  const process = spawn(["workload", "run", "spec.yaml"], directory.path);
  await filesIn(directory, 30);
  process.kill("SIGKILL");
  await process.output();
  const left = await directory.tree();
  assert(Object.keys(left).length > 30);
  const kept = { "w/s/00/notes": "mine", "w/s/0000003": "mine", "w/data": "mine" };
  for (const [path, text] of Object.entries(kept)) await directory.write(path, text);
  const interrupted = spawn(["workload", "run", "spec.yaml"], directory.path);
  await filesIn(directory, Object.keys(left).length + 50);
  interrupted.kill("SIGINT");
  const { code, stderr } = await interrupted.output();
  assertEquals(code, 130);
  assertMatch(
    new TextDecoder().decode(stderr),
    /^lade: objects stay below file:.*\/w\/: lade workload clean "spec\.yaml" removes them\nlade: Interrupted by SIGINT\n$/,
  );
  const cleaned = await runLade(["workload", "clean", "spec.yaml"], { cwd: directory.path });
  assertEquals(cleaned.code, 0, cleaned.stderr);
  assertMatch(cleaned.stdout, /; 3 other objects stay, such as "data", "s\/00/);
  const { "spec.yaml": _spec, ...rest } = await directory.tree();
  // What a killed write left is removed by lade sweep.
  const objects = Object.entries(rest).filter(([path]) => !/\/\.lade-.*~tmp$|\/$/.test(path));
  assertEquals(Object.fromEntries(objects), kept);
  const again = await runLade(["workload", "run", "spec.yaml"], { cwd: directory.path });
  assertMatch(again.stderr, /it has objects, and no lade-workload\.json/);
});
