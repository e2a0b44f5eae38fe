import { assertEquals, assertMatch } from "@std/assert";
import { CliHere } from "./run_here.ts";

/** Twelve samples as files, and the same as lines of JSON, of each of which two cannot be had. */
async function damaged(): Promise<CliHere> {
  const cli = new CliHere();
  const lines = Array.from({ length: 12 }, (_, i) => i === 0 || i === 7 ? "[]" : `{"id":${i}}`);
  await cli.lade.put("memory://m/lines/a.jsonl", lines.join("\n"));
  for (let i = 0; i < 12; i++) await cli.lade.put(`memory://m/set/${10 + i}`, new Uint8Array(100).fill(i));
  await cli.run(["loader", "index", "memory://m/set/"]);
  for (const name of [10, 17]) await cli.run(["rm", `memory://m/set/${name}`]);
  return cli;
}

const SCHEMA = ["--schema", "id: int64"];
const SETS = [["memory://m/set/"], ["memory://m/lines/", ...SCHEMA]] as const;

Deno.test("lade loader run --on-error skip tells of each sample that is left out, and counts them", async () => {
  await using cli = await damaged();
  for (const set of SETS) {
    const run = ["loader", "run", ...set, "--batch-size=4", "--epochs=2"];
    const failed = await cli.run(run);
    assertEquals(failed.code, 1);
    assertMatch(failed.stderr, /Cannot load sample 0 /);
    const { code, stdout, stderr } = await cli.run([...run, "--on-error=skip"], { columns: 140 });
    assertEquals(code, 0, stderr);
    const [, first, second] = stdout.split("\n");
    for (const row of [first, second]) assertMatch(row ?? "", / 3 +2 +\d+\.\d+ s$/);
    assertMatch(stdout, /\n4 samples could not be had, and were skipped\n/);
    assertEquals(stderr.match(/^lade: skipped: Cannot load sample [07] /gm)?.length, 4, stderr);
    const told = await cli.run([...run, "--on-error=skip", "--json", "-q"]);
    const [one, , summary] = told.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals([one.samples, one.skipped, summary.skipped, told.stderr], [10, 2, 4, ""]);
    const strict = await cli.run([...run, "--on-error=skip", "--max-skipped=1"]);
    assertEquals(strict.code, 1);
    assertMatch(
      strict.stderr,
      /Cannot load sample 7 .+; 1 were skipped before it, and maxSkipped allows no more/,
    );
  }
});

Deno.test("lade loader stream --on-error skip goes on, also where the first sample cannot be had", async () => {
  await using cli = await damaged();
  for (const set of SETS) {
    const stream = ["loader", "stream", ...set, "--batch-size=4"];
    assertEquals((await cli.run(stream)).code, 1);
    const { code, stderr } = await cli.run([...stream, "--on-error=skip"]);
    assertEquals(code, 0, stderr);
    assertMatch(stderr, /lade: 2 samples could not be had, and were left out\n$/);
    assertEquals((await cli.run([...stream, "--on-error=skip", "--max-skipped=0"])).code, 1);
  }
});

Deno.test("lade loader pack --on-error skip packs the rest, and says how many it lacks", async () => {
  await using cli = await damaged();
  for (const [place, set] of SETS.entries()) {
    const pack = ["loader", "pack", ...set, `memory://m/out${place}/`, "--on-error=skip"];
    const first = await cli.run(pack);
    assertEquals(first.code, 0, first.stderr);
    assertMatch(first.stdout, /\(10 samples in 1 shard of .+; 2 samples could not be had\)\n$/);
    const again = await cli.run([...pack, "--json"]);
    const { samples, skipped, resumed } = JSON.parse(again.stdout);
    assertEquals([samples, skipped, resumed], [10, 2, 10]);
  }
});

Deno.test("lade loader plan shows what is done about failures and with how much memory, and other actions refuse it", async () => {
  await using cli = await damaged();
  const plan = ["loader", "plan", "memory://m/set/", "--json"];
  const { settings } = JSON.parse((await cli.run(plan)).stdout);
  assertEquals(settings["loader.onError"], { value: "fail", source: "default" });
  const given = ["--on-error=skip", "--max-skipped=7", "--max-bytes=3MiB"];
  const { settings: other } = JSON.parse((await cli.run([...plan, ...given])).stdout);
  const shown = ["loader.onError", "loader.maxSkipped", "pool.maxBytes"].map((name) => other[name]);
  assertEquals(shown.map(({ value }) => value), ["skip", "7", `${3 * 2 ** 20}`]);
  for (const refused of [["index", given[0]], ["index", given[2]], ["run", given[1]]]) {
    const { code, stdout } = await cli.run(["loader", ...refused as string[], "memory://m/set/"]);
    assertEquals([code, stdout], [2, ""]);
  }
});
