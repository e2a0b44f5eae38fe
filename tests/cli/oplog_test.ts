import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { runLade } from "./run_lade.ts";
import { CliHere } from "./run_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** Runs a command line with stores of its own, as a process does. */
async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const terminal = new FakeTerminal();
  const code = await runCli(args, { terminal });
  return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
}

const columnsOf = (line = "") => line.split("\t");

Deno.test("lade --op-log records what a command does, and lade oplog reads it", async () => {
  await using directory = await TemporaryDirectory.make({ "in/a": "1", "in/b": "22" });
  const { path } = directory;
  for (const [at, log] of ["log.tsv", "log.tsv.zst"].entries()) {
    const copied = await run(
      "cp",
      "-r",
      "-q",
      "--op-log",
      `${path}/${log}`,
      `${path}/in/`,
      `${path}/out${at}/`,
    );
    assertEquals(copied, { code: 0, stdout: "", stderr: "" });
    const { stdout, code } = await run("oplog", "cat", "--json", `${path}/${log}`);
    const rows = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals([code, rows.map(({ op, uri }) => `${op} ${uri}`).sort()], [0, [
      `COPY ${directory.uri("in/a")}`,
      `COPY ${directory.uri("in/b")}`,
      `LIST ${directory.uri("in/")}`,
    ]]);
    const analyzed = await run("oplog", "analyze", `${path}/${log}`);
    assertMatch(
      analyzed.stdout,
      /^op +ops +errors .*\nCOPY +2 +0 .*\nLIST +1 +0 .*\n3 operations in .* on\n$/,
    );
  }
  const [columns, first] = (await Deno.readTextFile(`${path}/log.tsv`)).split("\n");
  assertEquals(columnsOf(columns).slice(0, 4), ["idx", "thread", "op", "client_id"]);
  assertEquals(columnsOf(first).length, columnsOf(columns).length);
});

Deno.test("lade --op-log never replaces a file, and nothing is done where no log can be begun", async () => {
  await using directory = await TemporaryDirectory.make({ "a": "1", "log": "kept" });
  const { path } = directory;
  for (const log of ["log", "missing/log"]) {
    const { code, stderr } = await run("mv", "--op-log", `${path}/${log}`, `${path}/a`, `${path}/b`);
    assertEquals(code, 1);
    assertMatch(stderr, log === "log" ? /the file exists; remove it, or choose another name/ : /missing/);
  }
  assertEquals(await directory.tree(), { a: "1", log: "kept" });
  assertEquals((await run("ls", "--op-log", "-", path)).code, 2);
});

Deno.test("lade --op-log ends its log also where the command fails", async () => {
  await using directory = await TemporaryDirectory.make({});
  const { path } = directory;
  assertEquals((await run("cat", "--op-log", `${path}/log`, `${path}/none`)).code, 1);
  const { stdout } = await run("oplog", "analyze", `${path}/log`);
  assertStringIncludes(stdout, "× not-found");
});

Deno.test("lade --op-log needs no permission but for its file", async () => {
  await using directory = await TemporaryDirectory.make({ "a": "1" });
  const { path } = directory;
  const args = ["cp", "-q", "--op-log", "log.tsv.zst", "a", "b"];
  const { code, stderr } = await runLade(args, { cwd: path });
  assertEquals([code, stderr], [0, ""]);
  const read = await runLade(["oplog", "analyze", "log.tsv.zst"], { cwd: path, readOnly: true });
  assertEquals([read.code, read.stderr], [0, ""]);
});

Deno.test("lade oplog sort merges logs by their starts, and names processes; what exists is not replaced", async () => {
  await using cli = new CliHere();
  const head = "thread\top\tclient_id\tfile\tstart\tduration_ns";
  const row = (thread: number, second: number, file: string) =>
    `${thread}\tGET\t\tb/${file}\t2026-01-01T00:00:0${second}Z\t5`;
  await cli.fill({
    "memory://l/one": [head, row(0, 3, "d"), row(7, 1, "b")].join("\n"),
    "memory://l/two": [head, row(0, 2, "c"), row(0, 0, "a")].join("\n"),
  });
  const sort = async (...args: string[]) => await cli.run(["oplog", "sort", ...args]);
  const sorted = await sort("memory://l/one", "memory://l/two", "memory://l/all.tsv");
  assertEquals(sorted, { code: 0, stdout: "memory://l/all.tsv  4 operations\n", stderr: "" });
  const { stdout } = await cli.run(["oplog", "cat", "--json", "memory://l/all.tsv"]);
  const rows = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(rows.map(({ uri, clientId, thread }) => `${uri} ${clientId} ${thread}`), [
    "s3://b/a two 2",
    "s3://b/b one 1",
    "s3://b/c two 2",
    "s3://b/d one 0",
  ]);
  assertEquals((await sort("--to", "warp", "memory://l/one", "memory://l/warp.csv.zst")).code, 0);
  assertEquals((await cli.run(["oplog", "cat", "memory://l/warp.csv.zst"])).stdout.split("\n").length, 3);
  const again = await sort("memory://l/one", "memory://l/all.tsv");
  assertEquals(again.code, 1);
  assertStringIncludes(again.stderr, "exists");
  assertEquals(Object.keys(await cli.contents("memory://l/")).length, 4);
  assertEquals((await sort("memory://l/one")).code, 2);
});

Deno.test("lade oplog says where a log is wrong or cut off, and what it passed over", async () => {
  await using cli = new CliHere();
  const good = "GET\tb/a\t2026-01-01T00:00:00Z\t5";
  await cli.fill({
    "memory://l/bad": `op\tfile\tstart\tduration_ns\n${good}\nGET\tb/b\tnever\t5\n${good}\n`,
    "memory://l/cut": `op\tfile\tstart\tduration_ns\tlade_op\n${good}\tget\nGET\tb/`,
    "memory://l/none": "no log at all\n",
  });
  const analyze = async (...args: string[]) => await cli.run(["oplog", "analyze", ...args]);
  const bad = await analyze("memory://l/bad");
  assertEquals([bad.code, bad.stdout], [1, ""]);
  assertStringIncludes(bad.stderr, '"memory://l/bad": line 3: start "never" is no time');
  const skipped = await analyze("--skip-bad", "memory://l/bad");
  assertEquals(skipped.code, 0);
  assertStringIncludes(skipped.stdout, "\n2 operations in");
  assertStringIncludes(skipped.stderr, "passed over 1 row without meaning");
  const cut = await analyze("memory://l/cut");
  assertEquals([cut.code, cut.stdout], [1, ""]);
  assertStringIncludes(cut.stderr, "it was cut off");
  const partial = await analyze("--partial", "memory://l/cut");
  assertEquals(partial.code, 0);
  assertStringIncludes(partial.stderr, '"memory://l/cut" was cut off after 1 operation');
  assertStringIncludes((await analyze("memory://l/none")).stderr, "there is no column");
  for (
    const args of [["cat", "--by", "size", "x"], ["analyze", "--to", "warp", "x"], ["analyze"], ["sum", "x"]]
  ) {
    assertEquals((await cli.run(["oplog", ...args])).code, 2, args.join(" "));
  }
  assert((await analyze("--by", "size", "memory://l/bad", "--skip-bad")).stdout.includes("GET  0"));
});

Deno.test("lade --op-log fails where the command took its log away, and says so", async () => {
  await using directory = await TemporaryDirectory.make({ "in/a": "1", "out/b": "2", "moved/c": "3" });
  const { path } = directory;
  for (
    const command of [
      ["sync", "--delete", "--op-log", `${path}/out/log.tsv`, `${path}/in/`, `${path}/out/`],
      ["rm", "-r", "--op-log", `${path}/out/log.tsv`, `${path}/out/`],
      ["mv", "-r", "--op-log", `${path}/moved/log.tsv`, `${path}/moved/`, `${path}/elsewhere/`],
    ]
  ) {
    const { code, stderr } = await run(...command, "-q");
    assertEquals(code, 1);
    assertStringIncludes(stderr, "it was removed, renamed or replaced while it was written");
  }
});
