import { assert, assertEquals, assertMatch } from "@std/assert";
import { gzipSync } from "node:zlib";
import { ArrowStreamReader } from "@lade/formats/arrow";
import { BytesSource } from "@lade/formats/source";
import { valueAt } from "@lade/formats/table";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { TFRECORD } from "./format_files.ts";
import { CliHere } from "./run_here.ts";

const ROWS = ["memory://m/rows/", "--batch-size=4"];

/** Three objects of five rows each. */
async function filled(): Promise<CliHere> {
  const cli = new CliHere();
  for (const object of [0, 1, 2]) {
    const lines = [0, 1, 2, 3, 4].map((row) => `${object * 5 + row},row ${row}\n`);
    await cli.lade.put(
      `memory://m/rows/${object}.csv`,
      new TextEncoder().encode(`id,name\n${lines.join("")}`),
    );
  }
  return cli;
}

Deno.test("lade loader plan shows a stream's settings, and that nobody knows its steps", async () => {
  await using cli = await filled();
  const plan = ["loader", "plan", ...ROWS, "--shuffle=auto"];
  const { code, stdout, stderr } = await cli.run(plan);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^memory:\/\/m\/rows\/: a stream of 3 objects, fingerprint \S{22}\n/);
  assertMatch(stdout, /\n {2}loader\.shuffle +stream +option\n/);
  assertMatch(stdout, /\n {2}loader\.shuffle\.window +4096 +data set\n/);
  assertMatch(
    stdout,
    /\nnobody knows how many steps are in an epoch; rank 0 of 1 goes through its own lanes\n$/,
  );
  const json = JSON.parse((await cli.run([...plan, "--json"])).stdout);
  assertEquals([json.objects, json.samples, json.stepsPerEpoch, json.first], [3, undefined, null, undefined]);
  const shared = await cli.run([...plan, "--rank=1/2", "--steps=2"]);
  assertMatch(shared.stdout, /\n {2}loader\.steps +2 +option\n/);
  assertMatch(shared.stdout, /\n2 steps in an epoch; rank 1 of 2/);
  const without = await cli.run([...plan, "--rank=1/2"]);
  assertMatch(without.stderr, /say how many steps all make .+lade loader index/);
});

Deno.test("lade loader run goes through streams, and shards without their indexes", async () => {
  await using cli = await filled();
  await cli.lade.put("memory://m/records/a.tfrecord", TFRECORD);
  const { code, stdout } = await cli.run(["loader", "run", ...ROWS, "--epochs=2", "--json"]);
  assertEquals(code, 0);
  const epochs = stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).filter(({ type }) =>
    type === "epoch"
  );
  assertEquals(epochs.map(({ epoch, steps, samples }) => [epoch, steps, samples]), [[0, 4, 15], [1, 4, 15]]);
  assertEquals(epochs.map(({ reads, bytesRead }) => [reads, bytesRead]), [[3, 149], [3, 149]]);
  assertEquals((await cli.run(["loader", "run", "memory://m/records/"])).code, 1);
  const records = await cli.run(["loader", "run", "memory://m/records/", "--no-index", "--json"]);
  assertMatch(records.stdout, /^\{"type":"epoch",.+"skipped":0,/);
});

Deno.test("lade loader stream gives rows with their types, and goes on from the state of any batch", async () => {
  await using cli = await filled();
  const streamed = async (...more: readonly string[]) => {
    const terminal = new FakeTerminal();
    const args = ["loader", "stream", ...ROWS, "--shuffle=block", "--window=3", ...more];
    assertEquals(await runCli(args, { terminal, lade: cli.lade }), 0, terminal.stderr.text);
    const open = () => ArrowStreamReader.open(new BytesSource(terminal.stdout.bytes, "memory://stream"));
    const [ids, states]: [unknown[][], string[]] = [[], []];
    const reader = await open();
    assertEquals(reader.schema.fields.map(({ name, type }) => [name, type.kind]), [
      ["id", more.length > 1 ? "int32" : "int64"],
      ["name", "string"],
    ]);
    for await (const { rows, columns: [id] } of reader.scan()) {
      assert(id);
      ids.push(Array.from({ length: rows }, (_, row) => Number(valueAt(id, row))));
    }
    for await (const { message } of (await open()).messages()) {
      states.push(message.metadata["lade.state"] ?? "");
    }
    return { ids, states };
  };
  const whole = await streamed();
  assertEquals(whole.ids.flat().map(Number).sort((a, b) => a - b), Array.from({ length: 15 }, (_, id) => id));
  for (const [batch, state] of whole.states.entries()) {
    assertEquals((await streamed(`--state=${state}`)).ids, whole.ids.slice(batch + 1));
  }
  const typed = await streamed("--schema=id: int32, name: string?", "--lanes=3");
  assertEquals(typed.ids.flat().length, 15);
});

Deno.test("lade loader index lists what is compressed, and makes no index of it", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/packed/a.tfrecord.gz", gzipSync(TFRECORD));
  const { code, stdout, stderr } = await cli.run(["loader", "index", "memory://m/packed/"]);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^manifest memory:\/\/m\/packed\/lade-manifest\.tsv \(1 object of records, /);
  const run = await cli.run(["loader", "run", "memory://m/packed/", "--json"]);
  assertEquals(run.code, 0);
});

Deno.test("lade loader reads the --fields that it is told, and refuses those that are not there", async () => {
  await using cli = await filled();
  const table = "memory://m/table/";
  assertEquals((await cli.run(["convert", "memory://m/rows/0.csv", `${table}0.parquet`])).code, 0);
  const terminal = new FakeTerminal();
  const args = ["loader", "stream", "--fields=name", "--batch-size=5", table];
  assertEquals(await runCli(args, { terminal, lade: cli.lade }), 0, terminal.stderr.text);
  const reader = await ArrowStreamReader.open(new BytesSource(terminal.stdout.bytes, "memory://stream"));
  assertEquals(reader.schema.fields.map(({ name }) => name), ["name"]);
  const wrong = await cli.run(["loader", "plan", "--fields=id,none", table]);
  assertEquals([wrong.code, wrong.stdout], [1, ""]);
  assertMatch(wrong.stderr, /no column is called "none"/);
});
