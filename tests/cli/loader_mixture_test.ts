import { assertEquals, assertMatch } from "@std/assert";
import { BytesSource } from "@lade/formats/source";
import { ArrowStreamReader } from "@lade/formats/arrow";
import { valueAt } from "@lade/formats/table";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { CliHere } from "./run_here.ts";

const URIS = ["memory://m/rows/", "--weight=3", "memory://m/more/", "--weight=1"];

/** Rows of JSON lines in three objects, and of CSV in one. */
async function filled(): Promise<CliHere> {
  const cli = new CliHere();
  for (let object = 0; object < 3; object++) {
    const lines = Array.from({ length: 10 }, (_, row) => `{"id": ${object * 10 + row}}\n`);
    await cli.lade.put(`memory://m/rows/${object}.jsonl`, lines.join(""));
  }
  const rows = Array.from({ length: 7 }, (_, row) => `${100 + row}\n`);
  await cli.lade.put("memory://m/more/0.csv", `id\n${rows.join("")}`);
  return cli;
}

Deno.test("lade loader plan of streams tells how often each is drawn, and what goes through what", async () => {
  await using cli = await filled();
  const plan = ["loader", "plan", ...URIS, "--samples-per-epoch=40", "--batch-size=16", "--shuffle=auto"];
  const { code, stdout, stderr } = await cli.run(plan);
  assertEquals([code, stderr], [0, ""]);
  const [all = "", rows = "", more = ""] = stdout.split("\n");
  assertMatch(
    all,
    /^memory:\/\/m\/rows\/ and 1 more: 2 data sets, of which some can only be gone through, fingerprint/,
  );
  assertMatch(
    rows,
    /^ {2}1: \S+: a stream of 3 objects, weight 3 \(75\.0 %\), drawn \d+ times .+, objects shuffled in 3 lanes, and 4096 samples together$/,
  );
  assertMatch(more, /^ {2}2: \S+: a stream of 1 object, weight 1 \(25\.0 %\), drawn \d+ times? /);
  assertMatch(stdout, /\n3 steps in an epoch; rank 0 of 1 goes through its own lanes\n$/);
  const json = JSON.parse((await cli.run([...plan, "--json"])).stdout);
  assertEquals(json.parts.map(({ objects }: { objects: number }) => objects), [3, 1]);
  const [one, two] = json.parts.map(({ draws }: { draws: number }) => draws);
  assertEquals(one + two, 40);
});

Deno.test("lade loader run goes through streams by weight, and from standard input too", async () => {
  await using cli = await filled();
  const run = ["loader", "run", "--samples-per-epoch=40", "--batch-size=16", "--json"];
  const { code, stdout, stderr } = await cli.run([...run, ...URIS, "--epochs=2", "--shuffle=auto"]);
  assertEquals([code, stderr], [0, ""]);
  const epochs = stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).slice(0, 2);
  assertEquals(epochs.map(({ samples, steps }) => [samples, steps]), [[40, 3], [40, 3]]);
  const lines = (count: number) => Array.from({ length: count }, (_, id) => `{"id": ${id}}\n`).join("");
  const piped = ["-", "--weight=3", "memory://m/more/", "--weight=1", "--kind=rows"];
  const fed = await cli.run([...run, ...piped], { stdin: [lines(40)] });
  assertEquals([fed.code, JSON.parse(fed.stdout.split("\n")[0] ?? "").samples], [0, 40], fed.stderr);
  const short = await cli.run([...run, ...piped], { stdin: [lines(20)] });
  assertEquals(short.code, 1);
  assertMatch(
    short.stderr,
    /Cannot load sample 0 .*Cannot go through standard input again: its bytes came once, with 20 samples/,
  );
});

Deno.test("lade loader stream gives rows of several streams as one table, tells whose a row is, and goes on", async () => {
  await using cli = await filled();
  const args = ["loader", "stream", ...URIS, "--samples-per-epoch=40", "--batch-size=16", "--shuffle=auto"];
  const read = async (more: readonly string[]) => {
    const terminal = new FakeTerminal();
    const code = await runCli([...args, ...more], { terminal, lade: cli.lade });
    assertEquals([code, terminal.stderr.text], [0, ""]);
    const { bytes } = terminal.stdout;
    const reader = await ArrowStreamReader.open(new BytesSource(bytes, "memory://stream"));
    const rows: Record<string, unknown>[] = [];
    for await (const table of reader.scan()) {
      for (let row = 0; row < table.rows; row++) {
        rows.push(
          Object.fromEntries(table.columns.map((column) => [column.field.name, valueAt(column, row)])),
        );
      }
    }
    return { rows, text: new TextDecoder("latin1").decode(bytes) };
  };
  const { rows, text } = await read([]);
  assertEquals(rows.length, 40);
  assertEquals(new Set(rows.map(({ id }) => id)).size > 30, true);
  const told = (await read(["--tell"])).rows;
  assertEquals(told.map(({ part: _, ...row }) => row), rows);
  assertEquals(
    told.every(({ part, id }) => part === ((id as bigint) < 100n ? "memory://m/rows/" : "memory://m/more/")),
    true,
  );
  const [, state = ""] = /lade\.state[^{]*(\{.*?"from":\d+\}\})/s.exec(text) ?? [];
  assertEquals((await read([`--state=${state}`])).rows, rows.slice(16));
});

Deno.test("lade loader stream tells whose a row of a table is, where all of them have numbers", async () => {
  await using cli = await filled();
  for (const name of ["rows", "more"]) {
    const pack = ["loader", "pack", `memory://m/${name}/`, `memory://m/packed/${name}/`];
    assertEquals((await cli.run(pack)).code, 0);
  }
  const uris = ["memory://m/packed/rows/", "memory://m/packed/more/"];
  const terminal = new FakeTerminal();
  const args = ["loader", "stream", ...uris, "--tell", "--shuffle=full", "--batch-size=16"];
  assertEquals(await runCli(args, { terminal, lade: cli.lade }), 0, terminal.stderr.text);
  const reader = await ArrowStreamReader.open(new BytesSource(terminal.stdout.bytes, "memory://stream"));
  let rows = 0;
  for await (const { columns: [part, id], rows: count } of reader.scan()) {
    for (let row = 0; row < count; row++, rows++) {
      const isFirst = id !== undefined && (valueAt(id, row) as bigint) < 100n;
      assertEquals(part && valueAt(part, row), uris[isFirst ? 0 : 1]);
    }
  }
  assertEquals(rows, 37);
});

Deno.test("lade loader says what several URIs need of which some can only be gone through", async () => {
  await using cli = await filled();
  const fails = async (args: readonly string[], code: number, words: RegExp) => {
    const failed = await cli.run(["loader", ...args]);
    assertEquals([failed.code, failed.stdout], [code, ""]);
    assertMatch(failed.stderr, words);
  };
  await fails(["run", ...URIS], 2, /--samples-per-epoch is needed: nobody knows/);
  await fails(
    ["run", "memory://m/rows/", "memory://m/more/"],
    1,
    /has no weight, and nobody knows how many samples/,
  );
  const run = ["run", ...URIS, "--samples-per-epoch=40"];
  await fails([...run, "--steps=2"], 2, /--steps are not of several URIs/);
  await fails([...run, "--remainder=pad"], 1, /remainder is short or drop/);
  await fails([...run, "--shuffle=full"], 1, /needs an index or a pack/);
  await fails(
    [...run, "--rank=1/2", "--shuffle=auto"],
    1,
    /each needs objects of its own, and "memory:\/\/m\/more\/" has 1/,
  );
  await cli.lade.put("memory://m/none.csv", "id\n");
  const empty = ["run", "memory://m/rows/", "memory://m/none.csv", "--weight=1", "--weight=1"];
  await fails(
    [...empty, "--samples-per-epoch=40"],
    1,
    /Cannot draw from "memory:\/\/m\/none\.csv": its objects have no/,
  );
});

Deno.test("lade loader of a data set without samples is a failure that says what was looked for, unless it is asked for", async () => {
  await using cli = await filled();
  await cli.lade.put("memory://m/none.csv", "id\n");
  await cli.lade.put("memory://m/none.tar", new Uint8Array(1024));
  const words =
    /^lade: Cannot load "memory:\/\/m\/none\.\w+": it has no samples \(\w+ of 1 object\); allowEmpty \(--allow-empty\)/;
  for (
    const [action, uri] of [["run", "csv"], ["stream", "csv"], ["plan", "tar"], ["run", "tar"], [
      "stream",
      "tar",
    ]]
  ) {
    const { code, stderr } = await cli.run(["loader", action ?? "", `memory://m/none.${uri}`]);
    assertEquals(code, 1, `${action} ${uri}`);
    assertMatch(stderr, words);
    const asked = await cli.run(["loader", action ?? "", `memory://m/none.${uri}`, "--allow-empty"]);
    assertEquals([asked.code, asked.stderr], [0, ""], `${action} ${uri}`);
  }
  const pack = await cli.run(["loader", "pack", "memory://m/none.csv", "memory://m/packed/"]);
  assertMatch(pack.stderr, /it has no samples \(rows of 1 object\)/);
  const dropped = ["loader", "run", "memory://m/more/", "--batch-size=8", "--remainder=drop"];
  assertMatch(
    (await cli.run(dropped)).stderr,
    /its 7 samples are less than a batch of 8, and the remainder is dropped/,
  );
  const other = await cli.run(["loader", "index", "memory://m/none.tar", "--allow-empty"]);
  assertEquals(other.code, 2);
});

Deno.test("lade loader run counts samples that fill up a batch nowhere", async () => {
  await using cli = new CliHere();
  for (let i = 0; i < 10; i++) await cli.lade.put(`memory://m/set/${i}`, new Uint8Array(1000));
  const run = ["loader", "run", "memory://m/set/", "--batch-size=8", "--remainder=pad", "--json"];
  const [epoch] = (await cli.run(run)).stdout.split("\n");
  const { samples, bytes, bytesRead } = JSON.parse(epoch ?? "");
  assertEquals([samples, bytes, bytesRead], [10, 10_000, 16_000]);
});
