import { assertEquals, assertMatch } from "@std/assert";
import { STREAM_FILES } from "../../packages/loader/testing/stream_files.ts";
import { ascending } from "../../packages/loader/testing/range_dataset.ts";
import { CliHere } from "./run_here.ts";

const kindOf = (suffix: string) =>
  suffix.includes("tfrecord") ? "records" : suffix.includes("tar") ? "samples" : "rows";

for (const { suffix, make } of STREAM_FILES) {
  Deno.test(`lade loader run, stream and pack take ${suffix} from standard input`, async () => {
    await using cli = new CliHere();
    const stdin = [await make(ascending(60))];
    const of = ["-", `--kind=${kindOf(suffix)}`];
    const run = await cli.run(["loader", "run", ...of, "--batch-size=16", "--json"], { stdin });
    assertEquals(run.code, 0, run.stderr);
    const [epoch] = run.stdout.split("\n").map((line) => line && JSON.parse(line));
    assertEquals([epoch.uri, epoch.samples, epoch.steps], ["standard input", 60, 4]);
    const stream = await cli.run(["loader", "stream", ...of, "--batch-size=16"], { stdin });
    assertEquals([stream.code, stream.stderr, stream.stdout.length > 1000], [0, "", true]);
    const shuffled = ["--shuffle=block", "--window=20", "--json"];
    const pack = await cli.run(["loader", "pack", ...of, "memory://m/p/", ...shuffled], { stdin });
    const { source, samples, format } = JSON.parse(pack.stdout);
    assertEquals([pack.code, source, samples], [0, "-", 60], pack.stderr);
    assertEquals(format, kindOf(suffix) === "rows" ? "parquet" : "tfrecord");
    const plan = await cli.run(["loader", "plan", "memory://m/p/", "--shuffle=full", "--rank=1/4", "--json"]);
    assertEquals(JSON.parse(plan.stdout).samples, 60, plan.stderr);
    // Nobody knows whether the same bytes came again.
    const again = await cli.run(["loader", "pack", ...of, "memory://m/p/", ...shuffled], { stdin });
    assertEquals(again.code, 1);
    assertMatch(again.stderr, /another pack lies there: its fingerprint is/);
  });
}

Deno.test("lade loader refuses what standard input cannot do, and says what can", async () => {
  await using cli = new CliHere();
  const refused = async (args: readonly string[], words: RegExp) => {
    const { code, stdout, stderr } = await cli.run(["loader", ...args], { stdin: ["a\n1\n"] });
    assertEquals([code, stdout], [2, ""], stderr);
    assertMatch(stderr, words);
  };
  await refused(["run", "-"], /give --kind records \(TFRecord\), samples \(tar\) or rows/);
  await refused(["run", "-", "--kind=files"], /give --kind records/);
  await refused(["plan", "-", "--kind=rows"], /is of run, stream and pack, not of plan/);
  await refused(["index", "-", "--kind=rows"], /is of run, stream and pack, not of index/);
  await refused(["run", "-", "--kind=rows", "--epochs=2"], /comes once, and --epochs are several/);
  await refused(["stream", "-", "--kind=rows", "--state={}"], /cannot be gone on with/);
  await refused(["run", "-", "--kind=rows", "--rank=0/2"], /pack it, and its shards are shared/);
  await refused(["run", "-", "--kind=rows", "--shuffle=full"], /is shuffled by --shuffle block --window N/);
  await refused(["run", "memory://m/x/", "-", "--kind=rows"], /"-" is not possible here/);
  await refused(["pack", "memory://m/x/", "-"], /"-" is not possible here/);
});

Deno.test("lade loader of standard input that is cut or fails is an error, behind what came before", async () => {
  await using cli = new CliHere();
  const tar = await STREAM_FILES.find(({ suffix }) => suffix === ".tar")?.make(ascending(60)) ??
    new Uint8Array();
  const run = ["loader", "run", "-", "--kind=samples", "--batch-size=1"];
  const cut = await cli.run(run, { stdin: [tar.subarray(0, 20_000)] });
  assertEquals(cut.code, 1);
  assertMatch(
    cut.stderr,
    /Cannot load sample 1\d \("standard input", record 1\d\): Cannot read tar "standard input": .+ cut/,
  );
  const failed = await cli.run(run, {
    stdin: [tar.subarray(0, 20_000)],
    stdinFailure: new Error("no such device"),
  });
  assertEquals(failed.code, 1);
  assertMatch(failed.stderr, /no such device/);
  const more = await STREAM_FILES.find(({ suffix }) => suffix === ".tar")?.make(ascending(300)) ?? tar;
  const pack = await cli.run([
    "loader",
    "pack",
    "-",
    "--kind=samples",
    "--format=tar",
    "--shard-size=9000",
    "memory://m/p/",
  ], {
    stdin: [more.subarray(0, 200_001)],
  });
  assertEquals(pack.code, 1);
  assertMatch(
    pack.stderr,
    /shards? lies? there; --replace-pack begins anew, since standard input comes once/,
  );
  const load = await cli.run(["loader", "run", "memory://m/p/"]);
  assertMatch(load.stderr, /a pack there is not finished/);
});
