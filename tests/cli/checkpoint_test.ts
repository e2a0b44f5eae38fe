import { checkpoints } from "@lade/lade";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";

/** Saves steps of runs in `memory://m/c/`. */
async function filled(
  runs: Readonly<Record<string, readonly number[]>> = { a: [100], b: [200, 300] },
): Promise<CliHere> {
  const cli = new CliHere();
  for (const [run, steps] of Object.entries(runs)) {
    await using series = await checkpoints("memory://m/c/", { lade: cli.lade, run });
    for (const step of steps) {
      await series.save(step, {
        tensors: [
          {
            name: "layer.weight",
            dtype: "float32",
            shape: [16, 64],
            data: new Float32Array(1024).fill(step),
          },
          { name: "scale", dtype: "bfloat16", shape: [], data: new Uint8Array(2) },
        ],
        extras: { loader: { position: step } },
        metrics: { loss: step / 1000 },
      }).committed;
    }
  }
  return cli;
}

/** Changes the last byte of the data of the newest checkpoint. */
async function damage({ lade }: CliHere): Promise<void> {
  let newest = "";
  for await (const { uri } of lade.list("memory://m/c/data/")) newest = uri;
  const bytes = await lade.get(newest);
  await lade.put(newest, bytes.with(-1, 99));
}

Deno.test("lade checkpoint ls shows checkpoints as a table, the newest first, and each as a line of JSON", async () => {
  await using cli = await filled();
  await cli.run(["checkpoint", "pin", "memory://m/c/", "--step", "100"]);
  const { code, stdout, stderr } = await cli.run(["checkpoint", "ls", "memory://m/c"]);
  assertEquals([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " | "));
  assertEquals(lines.map((line) => line.replace(/\d+ s/, "0 s")), [
    "step | gen | size | age | ranks | metrics | run",
    "300 | 1 | 4.00 KiB | 0 s | 1 | newest | loss 0.3 | b",
    "200 | 1 | 4.00 KiB | 0 s | 1 | loss 0.2 | b",
    "100 | 0 | 4.00 KiB | 0 s | 1 | pinned | loss 0.1 | a",
  ]);
  const json = await cli.run(["checkpoint", "ls", "--json", "memory://m/c/"]);
  const rows = json.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(rows.map(({ type, step, run, newest, pinned }) => [type, step, run, newest, pinned]), [
    ["checkpoint", 300, "b", true, false],
    ["checkpoint", 200, "b", false, false],
    ["checkpoint", 100, "a", false, true],
  ]);
  assertEquals(rows[0].metrics, { loss: 0.3 });
});

Deno.test("lade checkpoint show tells the tensors and what was kept besides", async () => {
  await using cli = await filled();
  const { code, stdout } = await cli.run(["checkpoint", "show", "memory://m/c/", "--step", "0-100"]);
  assertEquals(code, 0);
  assertMatch(stdout, /^memory:\/\/m\/c: step 100 of generation 0\n {2}run +a\n {2}saved +\S+ by 1 rank\n/);
  assertMatch(stdout, /\ntensor +dtype +shape +size\nlayer\.weight +float32 +\[16, 64\] +4\.00 KiB\n/);
  assertMatch(stdout, /\nextra +kind +of +size\nloader +JSON +1 rank +16 B\n$/);
  const json = JSON.parse((await cli.run(["checkpoint", "show", "--json", "memory://m/c"])).stdout);
  assertEquals([json.step, json.tensors[1]], [300, {
    name: "scale",
    dtype: "bfloat16",
    shape: [],
    bytes: 2,
  }]);
});

Deno.test("lade checkpoint verify finds what is damaged, and exits with 1", async () => {
  await using cli = await filled();
  for (const level of ["size", "chunks", "full"]) {
    const { code, stdout } = await cli.run(["checkpoint", "verify", "memory://m/c/", "--level", level]);
    assertEquals(code, 0);
    assertMatch(stdout, new RegExp(`^1-300: OK \\(${level}: 1 object, `));
  }
  await damage(cli);
  assertEquals((await cli.run(["checkpoint", "verify", "memory://m/c/", "--level=size"])).code, 0);
  const { code, stdout, stderr } = await cli.run(["checkpoint", "verify", "--hold", "memory://m/c/"]);
  assertEquals([code, stdout], [1, "1-300: FAILED, 1 fault (chunks: 1 object, 4.00 KiB by checksum)\n"]);
  assertMatch(
    stderr,
    /^memory:\/\/m\/c\/data\/\S+\.safetensors, tensor "\S+", bytes \d+ to \d+: its bytes do not match their checksum\n$/,
  );
  assertEquals((await Array.fromAsync(cli.lade.list("memory://m/c/holds/"))).length, 0);
});

Deno.test("lade checkpoint copy makes a checkpoint of another series, and is done the second time", async () => {
  await using cli = await filled();
  const copy = ["checkpoint", "copy", "memory://m/c", "memory://other/backup", "--step", "200"];
  const first = await cli.run([...copy, "--level", "full"]);
  assertEquals(first.code, 0, first.stderr);
  assertMatch(
    first.stdout,
    /^copied 1-200 from memory:\/\/m\/c to memory:\/\/other\/backup \(1 object, 4\.\d\d KiB; \d\.\d\d KiB compared by checksum\)\n$/,
  );
  assertStringIncludes(
    (await cli.run(copy)).stdout,
    "(0 objects, 0 B, 1 there already; 4.00 KiB compared by checksum)",
  );
  assertMatch(
    (await cli.run(["checkpoint", "verify", "memory://other/backup/"])).stdout,
    /^1-200: OK/,
  );
  assertEquals((await cli.run(["checkpoint", "copy", "memory://m/c"])).code, 2);
});

Deno.test("lade checkpoint export writes files with an index, and replaces them only when asked", async () => {
  await using cli = await filled();
  const args = ["checkpoint", "export", "memory://m/c/", "memory://other/hf/"];
  const { code, stdout, stderr } = await cli.run(args);
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^exported memory:\/\/m\/c\/ to memory:\/\/other\/hf\/ \(\d tensors?, 1 file, /);
  const keys = Object.keys(await cli.contents("memory://other/hf/")).map((key) => key.split("/").at(-1));
  assertEquals(keys, ["model-00001-of-00001.safetensors", "model.safetensors.index.json"]);
  assertEquals((await cli.run(args)).code, 1);
  const before = await cli.contents("memory://other/hf/");
  const none = await cli.run([...args, "--replace", "--tensors", "none"]);
  assertEquals([none.code, none.stdout], [1, ""]);
  assertStringIncludes(none.stderr, "no tensor is chosen");
  assertEquals(await cli.contents("memory://other/hf/"), before);
  const replaced = await cli.run([...args, "--replace", "--json"]);
  assertEquals(JSON.parse(replaced.stdout).files.length, 1);
  assertEquals((await cli.run(args.slice(0, 3))).code, 2);
  assertEquals((await cli.run(["checkpoint", "ls", "memory://m/c/", "--replace"])).code, 2);
});

Deno.test("lade checkpoint export writes raw bytes, and an npz of what NumPy has dtypes for", async () => {
  await using cli = await filled();
  const args = ["checkpoint", "export", "memory://m/c/", "memory://other/x/", "--json", "--format"];
  const raw = await cli.run([...args, "raw"]);
  assertEquals(raw.code, 0, raw.stderr);
  const { index, files, tensors } = JSON.parse(raw.stdout);
  assertEquals([index, files, tensors], ["x/model.raw.json", ["x/model.raw"], 2]);
  const refused = await cli.run([...args, "npz"]);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, 'NumPy has no bfloat16, which tensor \\"scale\\" is of');
  const npz = await cli.run([...args, "npz", "--tensors", "layer."]);
  assertEquals(JSON.parse(npz.stdout).files, ["x/model.npz"]);
  assertEquals((await cli.run([...args, "zip"])).code, 2);
  assertEquals((await cli.run(["checkpoint", "show", "memory://m/c/", "--format", "npz"])).code, 2);
});

Deno.test("lade checkpoint gc tells what it would remove, and leaves what is newest, pinned or best", async () => {
  await using cli = await filled({ a: [100, 200, 300, 400, 500] });
  const gc = ["checkpoint", "gc", "memory://m/c/", "--keep-best", "loss=min:1", "--grace", "0"];
  await cli.run(["checkpoint", "pin", "memory://m/c/", "--step", "300"]);
  const before = await cli.contents("memory://m/c/");
  const dry = await cli.run([...gc, "--dry-run"]);
  assertEquals([dry.code, dry.stderr], [0, ""]);
  assertStringIncludes(
    dry.stdout,
    "would retire 0-400: no rule keeps it\nwould retire 0-200: no rule keeps it\n",
  );
  assertEquals(await cli.contents("memory://m/c/"), before);
  const { code, stdout } = await cli.run(gc);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "retired 0-400: no rule keeps it\n");
  await cli.run(gc);
  const left = (await cli.run(["checkpoint", "ls", "--json", "memory://m/c/"])).stdout.trim().split("\n");
  assertEquals(left.map((line) => JSON.parse(line).step), [500, 300, 100]);
  assertEquals(Object.keys(await cli.contents("memory://m/c/data/")).length, 3);
});

Deno.test("lade checkpoint retire, unpin and recover say what they did, and refuse what must not be", async () => {
  await using cli = await filled();
  const run = (...args: string[]) => cli.run(["checkpoint", ...args]);
  const newest = await run("retire", "memory://m/c/", "--step=300");
  assertEquals(newest.code, 1);
  assertStringIncludes(newest.stderr, "it is the newest");
  assertEquals(
    (await run("unpin", "memory://m/c/", "--step=100")).stdout,
    "unpinned 0-100 of memory://m/c\n",
  );
  assertEquals(
    (await run("retire", "memory://m/c/", "--step=0-100")).stdout,
    "retired 0-100 of memory://m/c\n",
  );
  assertStringIncludes(
    (await run("show", "memory://m/c/", "--step=100")).stderr,
    "there is none of step 100",
  );
  assertEquals((await run("recover", "memory://m/c/")).stdout, "nothing to commit\n");
});

Deno.test("lade checkpoint begins no series, and refuses options of other actions", async () => {
  await using cli = await filled();
  for (const action of ["ls", "show", "verify", "gc", "recover"]) {
    const { code, stderr } = await cli.run(["checkpoint", action, "memory://m/none/"]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, 'in "memory://m/none": there are none: it has no lade.json');
  }
  assertEquals(Object.keys(await cli.contents("memory://m/none/")), []);
  for (
    const args of [
      ["ls", "memory://m/c/", "--step", "1"],
      ["ls", "memory://m/c/", "--keep-last", "1"],
      ["verify", "memory://m/c/", "memory://m/d/"],
      ["pin", "memory://m/c/"],
      ["show", "memory://m/c/", "--step", "newest"],
      ["gc", "memory://m/c/", "--keep-best", "loss=less:1"],
    ]
  ) assertEquals((await cli.run(["checkpoint", ...args])).code, 2, args.join(" "));
});
