import { assert, assertEquals, assertMatch } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { ladeArguments, runLade } from "./run_lade.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const HOSTILE = [
  "😀",
  "tab\there",
  "line\nfeed",
  "back\\slash",
  "%00",
  "a b",
  "ctrl\x01",
  "-r",
  "é☃",
  "per%06dcent",
];

function files(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      [`d/${String(i).padStart(4, "0")}.txt`, `text ${i} `.repeat(i % 7 + 1)],
      [`d/${String(i).padStart(4, "0")}.cls`, `${i % 10}`],
    ]).flat(),
  );
}

/** Every shard, index and manifest below a directory, but for the tags that the manifest has. */
async function packed(directory: TemporaryDirectory, below: string): Promise<Record<string, string>> {
  const tree = await directory.tree(below);
  const manifest = tree[`${below}lade-manifest.tsv`] ?? "";
  return { ...tree, [`${below}lade-manifest.tsv`]: manifest.replaceAll(/\t.*\t/g, "\t\t") };
}

Deno.test("lade loader pack writes shards of hostile names that read back in the loader's order, on S3 and on disk", async () => {
  await using cli = await S3Here.start();
  await using directory = await TemporaryDirectory.make();
  for (const name of HOSTILE) {
    await cli.lade.put(`s3://bucket/in/${name}.txt`, `text of ${name}`);
    await cli.lade.put(`s3://bucket/in/${name}.cls`, "1");
  }
  for (const place of ["s3://other/out/", `${directory.path}/out/`, "memory://m/out/"]) {
    for (const format of ["tar", "tfrecord"]) {
      const to = place + format + "/";
      const { code, stdout, stderr } = await cli.run([
        ...[
          "loader",
          "pack",
          "--json",
          "--shuffle=full",
          "--seed=3",
          "--shard-size=6000",
          `--format=${format}`,
        ],
        ...["s3://bucket/in/", to],
      ]);
      assertEquals([code, stderr], [0, ""]);
      const { type, samples, shards, resumed } = JSON.parse(stdout);
      assertEquals([type, samples, resumed], ["packed", format === "tar" ? 10 : 20, 0]);
      assert(format === "tfrecord" || shards > 1);
      const plan = await cli.run(["loader", "plan", "--json", to]);
      assertEquals(JSON.parse(plan.stdout).samples, samples, plan.stderr);
      const check = await cli.run(["verify", "-r", to]);
      assertEquals(check.code, 0, check.stderr);
    }
  }
  const one = await cli.run(["get", "-r", "s3://other/out/tar/", `${directory.path}/copy`]);
  assertEquals(one.code, 0, one.stderr);
  assertEquals(
    await packed(directory, "copy/"),
    Object.fromEntries(
      Object.entries(await packed(directory, "out/tar/")).map((
        [name, text],
      ) => [name.replace("out/tar", "copy"), text]),
    ),
  );
});

Deno.test("lade loader pack tells what it does, and does nothing twice", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make(files(20));
  const pack = [
    "loader",
    "pack",
    "--shuffle=full",
    `${directory.path}/d`,
    `${directory.path}/out/train-%04d.tar`,
  ];
  const first = await cli.run([...pack, "--shard-size=20k"]);
  assertEquals([first.code, first.stderr], [0, ""]);
  assertMatch(
    first.stdout,
    /^pack file:\/\/.+\/d\/ file:\/\/.+\/out\/train-%04d\.tar \(20 samples in 3 shards of tar, .+KiB\)\n$/,
  );
  assertEquals(Object.keys(await directory.tree("out/")).map((name) => name.slice(4)), [
    "lade-manifest.tsv",
    ...["0000", "0001", "0002"].flatMap((number) => [`train-${number}.idx`, `train-${number}.tar`]),
  ]);
  const before = await directory.tree("out/");
  const again = await cli.run([...pack, "--shard-size=20k"]);
  assertMatch(again.stdout, /; all of it was there\)\n$/);
  const other = await cli.run([...pack, "--shard-size=30k"]);
  assertEquals([other.code, other.stdout], [1, ""]);
  assertMatch(
    other.stderr,
    /another pack lies there: its shardSize is 20480, not 30720; choose another place, or replace it/,
  );
  assertEquals(await directory.tree("out/"), before);
  const replaced = await cli.run([...pack, "--shard-size=30k", "--replace-pack"]);
  assertMatch(replaced.stdout, /in 2 shards of tar/);
  assertEquals(Object.keys(await directory.tree("out/")).length, 5);
});

Deno.test("lade loader pack refuses what makes no sense, and writes nothing then", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make(files(2));
  const [from, to] = [`${directory.path}/d`, `${directory.path}/out/`];
  const fails = async (args: readonly string[], code: number, words: RegExp) => {
    const got = await cli.run(["loader", ...args]);
    assertEquals([got.code, got.stdout], [code, ""], got.stderr);
    assertMatch(got.stderr, words);
  };
  await fails(["pack", from], 2, /pack needs a URI and a DEST/);
  await fails(["index", from, to], 2, /index takes one URI/);
  await fails(["pack", from, to, "--batch-size=2"], 2, /pack writes every sample once/);
  await fails(["pack", from, to, "--epochs=2"], 2, /are of lade loader run, not of pack/);
  await fails(["plan", from, "--format=tar"], 2, /are of pack/);
  await fails(["pack", from, to, "--max-skipped=2"], 2, /--max-skipped needs --on-error skip/);
  await fails(["pack", from, `${to}x-%06d.parquet`], 1, /no rows of a table, which are what parquet holds/);
  for (
    const given of ["--fields=a", "--no-index", "--schema=a: int8", "--seed=1", "--lanes=2", "--batch-size=2"]
  ) {
    await fails(["index", given, from], 2, /index takes --kind and --check alone/);
  }
  await fails(
    ["pack", from, `${directory.path}/out`],
    2,
    /\/out": a pack has several shards; end it in "\/"/,
  );
  await fails(["pack", from, to, "--format=tar", "--records=bytes"], 2, /--records is of --format tfrecord/);
  await fails(["pack", from, `${to}x-%06d.tar`, "--format=npy"], 2, /has to end in "\.npy"/);
  await fails(
    ["pack", from, to, "--format=npy"],
    1,
    /its samples are not arrays of one shape, which npy needs/,
  );
  await fails(["pack", from, `${from}/in/`], 1, /among the objects that are packed/);
  await fails(["pack", `${directory.path}/none/`, to], 1, /there is no directory/);
  assertEquals(await directory.tree(), files(2));
});

/**
 * Packs in a process of its own, and sends it a signal behind so many changes of the destination, unless it has ended by
 * the time that they are told.
 */
async function signalled(
  directory: TemporaryDirectory,
  args: readonly string[],
  { events, signal }: { readonly events: number; readonly signal: Deno.Signal },
): Promise<{ readonly code: number; readonly stderr: string }> {
  const watch = Deno.watchFs(directory.path);
  const child = new Deno.Command(Deno.execPath(), {
    args: ladeArguments(args, { cwd: directory.path }),
    cwd: directory.path,
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let isOver = false;
  child.status.then(() => isOver = true);
  const output = child.output().finally(() => watch.close());
  let left = events;
  for await (const { paths } of watch) {
    if (paths.some((path) => path.includes("/out/")) && left-- === 0) {
      if (!isOver) child.kill(signal);
      break;
    }
  }
  const { code, stderr } = await output;
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("lade loader pack that is interrupted leaves no manifest, says how to go on, and goes on", async () => {
  await using directory = await TemporaryDirectory.make(files(300));
  const pack = ["loader", "pack", "--format=tar", "--shard-size=9k", "d", "out/"];
  const interrupt = () => signalled(directory, pack, { events: 40, signal: "SIGINT" });
  let { code, stderr } = await interrupt();
  // The signal comes too late where this process was kept from running meanwhile.
  for (let again = 0; code === 0 && again < 9; again++) {
    await Deno.remove(`${directory.path}/out`, { recursive: true });
    ({ code, stderr } = await interrupt());
  }
  assertEquals(code, 130, stderr);
  assertMatch(stderr, /shards? more lies? there; the same command goes on behind them/);
  const left = Object.keys(await directory.tree("out/"));
  assert(left.includes("out/lade-pack.json") && !left.includes("out/lade-manifest.tsv"), `${left}`);
  assertEquals(left.filter((name) => name.includes("/.lade-")), []);
  const load = await runLade(["loader", "plan", "out"], { cwd: directory.path });
  assertEquals(load.code, 1);
  assertMatch(load.stderr, /lade-pack\.json": a pack there is not finished; run lade loader pack once more/);
  const rest = await runLade(pack, { cwd: directory.path });
  assertMatch(rest.stdout, /300 samples in .+ of them were there\)/);
});

Deno.test("lade loader pack that is killed again and again comes to the same objects, and none is lost or doubled", async () => {
  await using directory = await TemporaryDirectory.make(files(300));
  const options = ["--format=tar", "--shuffle=full", "--seed=9", "--shard-size=12k"];
  const pack = (to: string) => ["loader", "pack", ...options, "d", to];
  assertEquals((await runLade(pack("whole/"), { cwd: directory.path })).code, 0);
  const seed = 20_260;
  let random = seed;
  let kills = 0;
  for (let round = 0; round < 3; round++) {
    random = random * 48_271 % 2_147_483_647;
    const kill = () => signalled(directory, pack("out/"), { events: random % 120, signal: "SIGKILL" });
    let { code } = await kill();
    // In the first round there is all to do: the signal came too late.
    for (let again = 0; round === 0 && code === 0 && again < 9; again++) {
      await Deno.remove(`${directory.path}/out`, { recursive: true });
      ({ code } = await kill());
    }
    if (code !== 0) kills++;
    const names = Object.keys(await directory.tree("out/"));
    const isWhole = names.includes("out/lade-manifest.tsv");
    const plan = await runLade(["loader", "plan", "out/"], { cwd: directory.path });
    assertEquals(plan.code === 0, isWhole, `seed ${seed}, round ${round}: ${plan.stdout}${plan.stderr}`);
  }
  assert(kills > 0, `seed ${seed}: it was never killed in time`);
  const { code, stdout, stderr } = await runLade(pack("out/"), { cwd: directory.path });
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /300 samples/);
  // What a killed process was writing is a hidden file, which lade sweep removes, and no object.
  const found = Object.entries(await packed(directory, "out/")).filter(([name]) => !name.includes("/.lade-"));
  const whole = Object.entries(await packed(directory, "whole/"));
  assertEquals(found, whole.map(([name, text]) => [name.replace("whole/", "out/"), text]));
});

Deno.test("lade loader pack makes shuffled shards of tables, and of shards that have no index", async () => {
  await using cli = new CliHere();
  const rows = Array.from({ length: 500 }, (_, i) => `${i},text ${i}\n`);
  await cli.fill({
    "memory://m/t/a.csv": `id,text\n${rows.slice(0, 300).join("")}`,
    "memory://m/t/b.csv": `id,text\n${rows.slice(300).join("")}`,
  });
  const pack = ["loader", "pack", "--json", "--shuffle=block", "--window=64", "--seed=3", "--shard-size=20k"];
  const first = await cli.run([...pack, "memory://m/t/", "memory://m/p/"]);
  assertEquals([first.code, first.stderr], [0, ""]);
  const { format, samples, shards, skipped } = JSON.parse(first.stdout);
  assertEquals([format, samples, skipped, shards > 2], ["parquet", 500, 0, true]);
  // The shards have numbers, so that ranks share them, which those of text have not.
  const plan = await cli.run(["loader", "plan", "--json", "--shuffle=full", "--rank=1/3", "memory://m/p/"]);
  assertEquals([plan.code, JSON.parse(plan.stdout).samples], [0, 500]);
  const records = await cli.run([
    ...pack,
    "--schema=id: int64, text: string",
    "memory://m/t/",
    "memory://m/r/x-%06d.tfrecord",
  ]);
  assertEquals([records.code, JSON.parse(records.stdout).samples], [0, 500], records.stderr);
  const head = await cli.run(["head", "memory://m/r/x-000000.tfrecord"]);
  assertMatch(head.stdout, /text \d+/);
  await cli.run(["rm", "memory://m/r/x-000000.tfrecord.idx"]);
  const by = ["loader", "pack", "--json", "--kind=records", "memory://m/r/x-000000.tfrecord"];
  const without = await cli.run([...by, "memory://m/s/"]);
  assertEquals([without.code, /lade index/.test(without.stderr)], [1, true], without.stderr);
  const streamed = await cli.run([...by, "--no-index", "memory://m/s/"]);
  assertEquals([streamed.code, JSON.parse(streamed.stdout).shards], [0, 1], streamed.stderr);
});
