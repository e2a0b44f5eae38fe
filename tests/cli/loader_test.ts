import { assert, assertEquals, assertMatch } from "@std/assert";
import { InterruptError } from "../../packages/cli/command/interrupt_error.ts";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { TFRECORD } from "./format_files.ts";
import { CliHere } from "./run_here.ts";

async function filled(): Promise<CliHere> {
  const cli = new CliHere();
  for (let i = 0; i < 10; i++) await cli.lade.put(`memory://m/set/${i}`, new Uint8Array(100 + i));
  return cli;
}

Deno.test("lade loader plan shows every setting, where it is from, and what the rank begins with", async () => {
  await using cli = await filled();
  const plan = ["loader", "plan", "memory://m/set/", "--global-batch-size=4", "--rank=1/2"];
  const { code, stdout, stderr } = await cli.run(plan);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^memory:\/\/m\/set\/: 10 samples, fingerprint \S{22}\n/);
  assertMatch(stdout, /\n {2}loader\.globalBatchSize +4 +option\n/);
  assertMatch(stdout, /\n {2}loader\.seed +0 +default\n/);
  assertMatch(stdout, /\n {2}loader\.shuffle +none +default\n/);
  assertMatch(stdout, /\n3 steps in an epoch; rank 1 of 2 begins with sample 1, 3, 5, 7, 9\n$/);
  const json = JSON.parse((await cli.run([...plan, "--json"])).stdout);
  assertEquals([json.type, json.samples, json.first], ["loaderPlan", 10, [1, 3, 5, 7, 9]]);
  assertEquals(json.settings["loader.globalBatchSize"], { value: "4", source: "option" });
});

async function twoSets(): Promise<CliHere> {
  const cli = new CliHere();
  for (let i = 0; i < 10; i++) await cli.lade.put(`memory://m/a/${i}`, new Uint8Array(100 + i));
  for (let i = 0; i < 4; i++) await cli.lade.put(`memory://m/b=1/${i}`, new Uint8Array(1000 + i));
  return cli;
}

Deno.test("lade loader plan of several URIs shows the share of each, and whose the first samples are", async () => {
  await using cli = await twoSets();
  const weighted = ["memory://m/a/", "--weight=3", "memory://m/b=1/", "--weight", "1"];
  const plan = ["loader", "plan", ...weighted, "--samples-per-epoch=8", "--batch-size=3"];
  const { code, stdout, stderr } = await cli.run(plan);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^memory:\/\/m\/a\/ and 1 more: 14 samples, fingerprint \S{22}\n/);
  const [, a = "", b = ""] = stdout.split("\n");
  assertMatch(
    a,
    /^ {2}1: memory:\/\/m\/a\/: 10 samples, weight 3 \(75\.0 %\), drawn \d times? in the first epoch, as they lie$/,
  );
  assertMatch(
    b,
    /^ {2}2: memory:\/\/m\/b=1\/: 4 samples, weight 1 \(25\.0 %\), drawn \d times? in the first epoch, as they lie$/,
  );
  assertMatch(stdout, /\n {2}loader\.samplesPerEpoch +8 +option\n/);
  assertMatch(stdout, /\n3 steps in an epoch; rank 0 of 1 begins with sample (?:[12]:\d, ){7}[12]:\d\n$/);
  const json = JSON.parse((await cli.run([...plan, "--json"])).stdout);
  assertEquals(
    json.parts.map(({ name, samples, share }: Record<string, unknown>) => [name, samples, share]),
    [
      ["memory://m/a/", 10, 0.75],
      ["memory://m/b=1/", 4, 0.25],
    ],
  );
  assertEquals(json.parts[0].draws + json.parts[1].draws, 8);
  const drawn = json.firstOf.map(({ part }: { part: number }) => part);
  assertEquals(drawn.filter((part: number) => part === 1).length, json.parts[1].draws);
  assertEquals(json.firstOf[0].sample, 0);
  // Without weights each is drawn as often as it has samples.
  const plain = JSON.parse(
    (await cli.run(["loader", "plan", "memory://m/a", "memory://m/b=1", "--json"])).stdout,
  );
  assertEquals(plain.parts.map(({ weight }: { weight: number }) => weight), [10, 4]);
});

Deno.test("lade loader run goes through several URIs, each as often as its weight says", async () => {
  await using cli = await twoSets();
  const uris = ["memory://m/a/", "memory://m/b=1/", "--weight=1", "--weight=1"];
  const { code, stdout } = await cli.run([
    ...["loader", "run", ...uris, "--samples-per-epoch=4096", "--batch-size=512", "--shuffle=auto"],
    "--epochs=2",
    "--json",
  ]);
  assertEquals(code, 0);
  const epochs = stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).filter(({ type }) =>
    type === "epoch"
  );
  assertEquals(epochs.map(({ steps, samples }) => [steps, samples]), [[8, 4096], [8, 4096]]);
  // Each of the small ones is drawn 512 times, each of the others 204 or 205.
  const least = 512 * (1000 + 1001 + 1002 + 1003) + 204 * (100 + 109) * 5;
  assert(epochs[0].bytes >= least && epochs[0].bytes <= least + 2200, `${epochs[0].bytes}`);
});

Deno.test("lade loader index writes the manifest, and the indexes that are missing", async () => {
  await using cli = await filled();
  const { code, stdout } = await cli.run(["loader", "index", "memory://m/set/"]);
  assertEquals([code, stdout], [
    0,
    "manifest memory://m/set/lade-manifest.tsv (10 objects of files, 1.02 KiB)\n",
  ]);
  await cli.lade.put("memory://m/records/a.tfrecord", TFRECORD);
  const first = await cli.run(["loader", "index", "memory://m/records/"]);
  assertMatch(first.stdout, /^index memory:\/\/m\/records\/a\.tfrecord\.idx \(.+\)\nmanifest /);
  const again = await cli.run(["loader", "index", "memory://m/records/"]);
  assertMatch(again.stdout, /^manifest memory:\/\/m\/records\/lade-manifest\.tsv \(1 object of records, /);
  assertMatch((await cli.run(["loader", "run", "memory://m/records/"])).stdout, /^epoch .+\n +0 /);
});

Deno.test("lade loader index tells what changed, --check and plan see what a manifest hides", async () => {
  await using cli = await filled();
  const index = ["loader", "index", "memory://m/set/"];
  const missing = await cli.run([...index, "--check"]);
  assertEquals(missing.code, 1);
  assertMatch(missing.stderr, /there is no manifest; lade loader index memory:\/\/m\/set\/ writes it/);
  await cli.run(index);
  assertMatch((await cli.run(index)).stdout, /\(10 objects of files, 1\.02 KiB; nothing changed\)\n$/);
  const current = await cli.run([...index, "--check"]);
  assertEquals([current.code, current.stdout], [
    0,
    "current memory://m/set/lade-manifest.tsv (10 objects of files, 1.02 KiB)\n",
  ]);
  await cli.lade.put("memory://m/set/😀\n", new Uint8Array(1));
  await cli.lade.put("memory://m/set/5", new Uint8Array(1));
  await cli.run(["rm", "memory://m/set/3"]);
  const changes = '1 object more, such as "memory://m/set/😀\\n"; ' +
    '1 object gone, such as "memory://m/set/3"; 1 object changed, such as "memory://m/set/5"';
  const stale = await cli.run([...index, "--check"]);
  assertEquals([stale.code, stale.stdout], [
    1,
    `stale memory://m/set/lade-manifest.tsv (10 objects of files, 1.02 KiB; ${changes})\n`,
  ]);
  const json = JSON.parse((await cli.run([...index, "--check", "--json"])).stdout);
  assertEquals([json.state, json.added, json.gone, json.changed], ["stale", 1, 1, 1]);
  const plan = await cli.run(["loader", "plan", "memory://m/set/"]);
  assertEquals(plan.code, 0);
  assertEquals(plan.stderr, `lade: the manifest is not current: ${changes}; lade loader index lists anew\n`);
  const run = await cli.run(["loader", "run", "memory://m/set/", "--batch-size=20"]);
  assertEquals(run.code, 1);
  assertMatch(run.stderr, /and the manifest names it; lade loader index memory:\/\/m\/set\/ lists anew/);
  const renewed = await cli.run(index);
  assertEquals(
    renewed.stdout,
    `manifest memory://m/set/lade-manifest.tsv (10 objects of files, 839 B; ${changes})\n`,
  );
  assertEquals((await cli.run([...index, "--check"])).code, 0);
  assertEquals((await cli.run(["loader", "plan", "memory://m/set/"])).stderr, "");
  assertEquals((await cli.run(["loader", "plan", "memory://m/set/", "--check"])).code, 2);
});

Deno.test("lade loader index of many shards writes every index, tells of each that fails, and then writes no manifest", async () => {
  await using cli = new CliHere();
  for (let shard = 0; shard < 40; shard++) await cli.lade.put(`memory://m/r/${shard}.tfrecord`, TFRECORD);
  await cli.lade.put("memory://m/r/20.tfrecord", TFRECORD.slice(0, -1));
  const { code, stdout, stderr } = await cli.run(["loader", "index", "memory://m/r/"]);
  assertEquals(code, 1);
  assertEquals(stdout.split("\n").filter((line) => line.startsWith("index ")).length, 39);
  assertMatch(stderr, /^lade: Cannot .+20\.tfrecord.+\n$/);
  assertEquals(stdout.includes("manifest"), false);
  const controller = new AbortController();
  controller.abort(new InterruptError("SIGINT", 130));
  await cli.lade.put("memory://m/r/20.tfrecord", TFRECORD);
  const terminal = new FakeTerminal({});
  const interrupted = await runCli(["loader", "index", "memory://m/r/"], {
    ...{ terminal, lade: cli.lade, signal: controller.signal },
  });
  assertEquals(interrupted, 130);
  assertEquals((await cli.run(["stat", "memory://m/r/lade-manifest.tsv"])).code, 1);
  const rest = await cli.run(["loader", "index", "memory://m/r/"]);
  assertMatch(
    rest.stdout,
    /^index memory:\/\/m\/r\/20\.tfrecord\.idx .+\nmanifest .+40 objects of records.+\n$/,
  );
});

Deno.test("lade loader refuses what makes no sense, and says what does", async () => {
  await using cli = await filled();
  const fails = async (args: readonly string[], code: number, words: RegExp) => {
    const { code: got, stderr } = await cli.run(["loader", ...args]);
    assertEquals(got, code, stderr);
    assertMatch(stderr, words);
  };
  await fails(["plan", "memory://m/set/", "--rank=2/2"], 2, /--rank: "2\/2" is no rank/);
  await fails(["plan", "memory://m/set/", "--block=2"], 2, /--shuffle block/);
  await fails(["index", "memory://m/set/1"], 2, /is one object, .+; lade index writes/);
  await fails(["plan", "memory://m/none/"], 1, /no object lies there/);
  await fails(["run", "memory://m/set/", "--global-batch-size=3", "--rank=0/2"], 2, /no multiple/);
  await fails(["plan", "memory://m/set/", "--global-batch-size=4", "--batch-size=2"], 2, /one of them says/);
  for (const option of ["--epochs=2", "--steps=1", "--compute-ms=0", "--au=90"]) {
    await fails(["plan", "memory://m/set/", option], 2, /are of lade loader run, not of plan/);
    await fails(["index", "memory://m/set/", option], 2, /are of lade loader run, not of index/);
  }
  const two = ["memory://m/set/", "memory://m/other/"];
  await cli.lade.put("memory://m/other/1", new Uint8Array(1));
  await fails(["plan", ...two, "--weight=1"], 2, /--weight is there once, and there are 2 URIs/);
  await fails(["plan", "memory://m/set/", "--weight=1"], 2, /are of several URIs/);
  await fails(["plan", "memory://m/set/", "--samples-per-epoch=1"], 2, /are of several URIs/);
  await fails(["plan", ...two, "--weight=0", "--weight=1"], 2, /"0" is no weight/);
  await fails(["plan", ...two, "--weight=1e3", "--weight=1"], 2, /"1e3" is no weight/);
  await fails(["plan", ...two, "--tell"], 2, /--tell is of stream/);
  await fails(["index", ...two], 2, /index takes one URI/);
  await fails(["plan", ...two, "--weight=9999", "--weight=1"], 1, /"memory:\/\/m\/other\/" by weight 1/);
  await fails(["plan", two[0] ?? "", two[0] ?? ""], 1, /two data sets called "memory:\/\/m\/set\/"/);
  await fails(["fly", "memory://m/set/"], 2, /"plan", "index", "pack", "run" or "stream"/);
  const help = await cli.run(["loader", "--help"]);
  assert(help.stdout.includes("--compute-ms"), help.stdout);
});

Deno.test("lade loader takes local paths, and a directory is the same data set with and without a slash", async () => {
  await using cli = new CliHere();
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${directory}/set`);
    await Deno.writeFile(`${directory}/set/a.tfrecord`, TFRECORD);
    const fingerprints = new Set<string>();
    for (const name of ["set", "set/"]) {
      const place = `${directory}/${name}`;
      const written = await cli.run(["loader", "index", place]);
      assertEquals([written.code, written.stderr], [0, ""]);
      assertMatch(written.stdout, /manifest file:\/\/.+\/set\/lade-manifest\.tsv \(1 object of records, /);
      for (const uri of [place, `file://${place}`]) {
        const { code, stdout } = await cli.run(["loader", "plan", "--json", uri]);
        assertEquals(code, 0);
        fingerprints.add(JSON.parse(stdout).fingerprint);
      }
      assertMatch((await cli.run(["loader", "run", place])).stdout, /^epoch .+\n +0 /);
    }
    assertEquals(fingerprints.size, 1);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("lade loader refuses a directory with a link that it may not follow, and tells of one that leads nowhere", async () => {
  await using cli = new CliHere();
  const root = await Deno.makeTempDir();
  try {
    Deno.mkdirSync(`${root}/set`);
    Deno.writeTextFileSync(`${root}/b.txt`, "b");
    Deno.writeTextFileSync(`${root}/set/a.txt`, "a");
    Deno.symlinkSync("nowhere", `${root}/set/c.txt`);
    const passed = await cli.run(["loader", "run", `${root}/set/`]);
    assertEquals(passed.code, 0);
    assertMatch(passed.stderr, /^skipped \S+\/set\/c\.txt: it is a symbolic link that leads nowhere\n$/);
    Deno.symlinkSync(`${root}/b.txt`, `${root}/set/b.txt`);
    for (const given of [["plan"], ["run"], ["stream"], ["index"], ["pack", "memory://m/packed/"]]) {
      const [action = "", ...more] = given;
      const { code, stderr } = await cli.run(["loader", action, `${root}/set/`, ...more]);
      assertEquals(code, 1, action);
      assertMatch(
        stderr,
        /set\/b\.txt": it is a symbolic link that leads out of the directory; .*symlinks=follow/,
      );
    }
    assertEquals([...Deno.readDirSync(`${root}/set`)].map(({ name }) => name).toSorted(), [
      "a.txt",
      "b.txt",
      "c.txt",
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
