import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

import { createOpLog, recordOpLog } from "@lade/workload";
import { DataSource } from "@lade/workload/data";
import { ForwardingStore, type GetResult } from "@lade/core";
import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const LOG = "s3://other/log.tsv.zst";
const MAP = ["--map", "s3://bucket=s3://other/bench"];

/** A bucket on which something was done, and the log of it. */
async function recorded(options: Parameters<typeof S3Here.start>[0] = {}): Promise<S3Here> {
  const cli = await S3Here.start({ objects: { old: "o".repeat(500), production: "p" }, ...options });
  const { store } = await cli.lade.locate("s3://bucket/");
  const log = createOpLog(await (await cli.lade.locate(LOG)).store.createWriter("log.tsv.zst"));
  const observed = recordOpLog(store, log);
  const read = async (key: string) => await (await observed.get(key)).readInto(new Uint8Array(1e6));
  await Promise.all(["a/1", "a/2"].map((key) => observed.put(key, new Uint8Array(70_000))));
  await Promise.all(["a/1", "old", "a/2", "a/1"].map(read));
  await read("missing").catch(() => {});
  await observed.copy("a/1", "b");
  await observed.delete("a/2");
  await Array.fromAsync(observed.list("a/"));
  await log.close();
  return cli;
}

Deno.test("lade replay does what a log has once more, elsewhere, and compares", async () => {
  await using cli = await recorded();
  const before = cli.texts();
  const { code, stdout, stderr } = await cli.run(["replay", LOG, ...MAP, "--write", "--prepare", "--asap"]);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^prepared 1 object with 500 B; 0 were there\nop +of +ops +errors +bytes/);
  assertMatch(stdout, /\nGET +log +5 +1 +206 KiB .*\n +replay +5 +1 +206 KiB /);
  assertMatch(
    stdout,
    /\nGET: 1 × not-found, such as: Cannot get "s3:\/\/other\/bench\/missing": no such object/,
  );
  assertMatch(stdout, /\n10 operations in .*, in the log .*; at most \d+ at a time\n$/);
  assertEquals(cli.texts(), before);
  const keys = cli.fake.objects("other").map(({ key }) => key).sort();
  assertEquals(keys, ["bench/a/1", "bench/b", "bench/lade-workload.json", "bench/old", "log.tsv.zst"]);
  const bytes = await cli.lade.get("s3://other/bench/b");
  assertEquals([bytes.length, new DataSource().verify("bench/a/1", 0, bytes)], [70_000, undefined]);
});

Deno.test("lade replay tells what fails now and did not then, and exits with 1", async () => {
  await using cli = await recorded();
  const args = ["replay", LOG, ...MAP, "--read-only", "--asap"];
  const { code, stdout } = await cli.run(args);
  assertEquals(code, 1);
  assertMatch(stdout, /\nGET: 1 as in the log, 0 recovered, 4 with a new error, 0 with another\n/);
  assertMatch(stdout, /\npassed over 2 × PUT: it writes\n/);
  const { stdout: json } = await cli.run([...args, "--json"]);
  const { type, ops, errors } = JSON.parse(json);
  assertEquals([type, ops[0].operation, ops[0].newErrors, ops[0].recorded.bytes], [
    "replay",
    "GET",
    4,
    210_500,
  ]);
  assertEquals(errors.map(({ kind, count }: Record<string, unknown>) => [kind, count]), [["not-found", 5]]);
  // Where it was recorded, but for what was deleted since.
  const there = await cli.run(["replay", LOG, "--read-only", "--ops", "get,list", "--asap", "--json"]);
  const [get, list] = JSON.parse(there.stdout).ops;
  assertEquals([there.code, get.same, get.newErrors, list.replayed.objects], [1, 4, 1, 1]);
});

Deno.test("lade replay --verify compares what it reads with what it wrote, and never replaces what is there", async () => {
  await using cli = await recorded();
  const unseeded = ["replay", LOG, ...MAP, "--asap", "--verify"];
  const args = [...unseeded, "--seed", "9"];
  const first = await cli.run([...args, "--write", "--prepare"]);
  assertEquals([first.code, first.stderr], [0, ""], first.stdout);
  const reads = ["--read-only", "--prefix", "s3://bucket/old"];
  assertEquals((await cli.run([...args, ...reads])).code, 0);
  // What an earlier seed wrote is not what this one would have written.
  const [wrong] = JSON.parse((await cli.run([...unseeded, ...reads, "--json"])).stdout).errors;
  assertEquals([wrong.kind, wrong.count], ["checksum-mismatch", 1]);
  const bytes = await cli.lade.get("s3://other/bench/old");
  bytes[321] = (bytes[321] ?? 0) ^ 1;
  await cli.lade.put("s3://other/bench/old", bytes);
  const { code, stdout } = await cli.run([...args, ...reads]);
  assertEquals(code, 1);
  assertMatch(
    stdout,
    /checksum-mismatch, such as: Cannot verify "s3:\/\/other\/bench\/old": byte 321 is not/,
  );
  await cli.lade.put("s3://other/bench/old", bytes.subarray(0, 499));
  const refused = await cli.run([...args, "--write", "--prepare"]);
  assertEquals([refused.code, refused.stdout], [1, ""]);
  assertMatch(
    refused.stderr,
    /Cannot prepare "s3:\/\/other\/bench\/old": it has 499 bytes, where 500 are read/,
  );
  assertEquals((await cli.lade.get("s3://other/bench/old")).length, 499);
});

Deno.test("lade replay shows on a terminal how far it is, and removes that at the end", async () => {
  const terminal = new FakeTerminal({ tty: true });
  const row = (op: string) => `${op}\tmemory://m/\tk\t2026-01-01T00:00:00Z\t5\tx`;
  const log = ["op\tendpoint\tfile\tstart\tduration_ns\tlade_op", row("STAT"), row("GET")];
  class WaitingStore extends ForwardingStore {
    override async get(key: string): Promise<GetResult> {
      const isShown = () => key !== "k" || terminal.stderr.text.includes("1 of 2 operations");
      while (!isShown()) await new Promise((resolve) => setTimeout(resolve));
      return await super.get(key);
    }
  }
  await using lade = new Lade({ layer: (store) => new WaitingStore(store) });
  await lade.put("memory://m/k", "1");
  await lade.put("memory://m/log", [...log, "# rows=2 errors=0 dropped=0 complete", ""].join("\n"));
  assertEquals(await runCli(["replay", "memory://m/log"], { terminal, lade }), 0);
  assertEquals(terminal.stderr.text, "1 of 2 operations\r\x1b[K");
});

Deno.test("lade replay --dry-run shows where operations would go, and does nothing", async () => {
  await using cli = await recorded();
  const { code, stdout } = await cli.run(["replay", LOG, ...MAP, "--dry-run", "--prepare"]);
  assertEquals(code, 0);
  assertMatch(
    stdout,
    /\ns3:\/\/bucket\/ +s3:\/\/other\/bench\/ +10 +PUT 2, GET 5, COPY 1, DELETE 1, LIST 1\n/,
  );
  assertMatch(
    stdout,
    /1 object with 500 B would be prepared\n10 operations of .*, 4 of them would write, which needs/,
  );
  assertEquals(cli.fake.objects("other").length, 1);
  assertMatch(stdout, /^\(dry run\) prepare s3:\/\/other\/bench\/old \(500 B\)\nfrom/);
  const json = JSON.parse((await cli.run(["replay", LOG, "--dry-run", "--json"])).stdout);
  assertEquals([json.type, json.writing, json.refused, json.routes[0].to], [
    "replayPlan",
    4,
    true,
    "s3://bucket/",
  ]);
});

Deno.test("lade replay writes and deletes nothing that it was not told to", async () => {
  await using cli = await recorded();
  const before = [cli.texts(), cli.texts("other")];
  const refused: [string[], RegExp][] = [
    [[], /4 operations of the log write or delete: give --write with --map, or --read-only/],
    [MAP, /give --write with --map/],
    [["--write"], /--write needs --map/],
    [["--write", "--read-only", ...MAP], /exclude each other/],
    [["--prepare", ...MAP], /--prepare needs --write/],
    [["--asap", "--speed", "2"], /exclude each other/],
    [["--map", "s3://bucket"], /not of the form FROM=TO/],
    [["--map", "s3://bucket=there"], /not of the form FROM=TO/],
    [["--verify", "--as-head"], /exclude each other/],
    [["--verify", "--unordered"], /exclude each other/],
    [["--ops", "append"], /"APPEND" can not be replayed/],
    [["--speed", "0"], /is no speed/],
  ];
  for (const [args, message] of refused) {
    const { code, stdout, stderr } = await cli.run(["replay", LOG, ...args]);
    assertEquals([code, stdout], [2, ""], stderr);
    assertMatch(stderr, message);
  }
  // What holds data of others is no target, not even where it says that the log goes where it went.
  for (const map of ["s3://bucket=s3://bucket", "s3://bucket=s3://other"]) {
    const { code, stderr } = await cli.run(["replay", LOG, "--map", map, "--write"]);
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /Cannot replay into "s3:\/\/(?:bucket|other)\/": it has objects.*lade-workload\.json/,
    );
  }
  assertEquals([cli.texts(), cli.texts("other")], before);
});

Deno.test("lade replay of names that lead out of their directory writes nothing there", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "kept": "1" });
  const row = (op: string, file: string) => `${op}\ts3://log/\t${file}\t2026-01-01T00:00:00Z\t5\t10\tput`;
  const files = ["../kept", "a/../../kept", "./../kept", "/../kept"];
  await cli.lade.put(
    "memory://m/log",
    [
      "op\tendpoint\tfile\tstart\tduration_ns\tbytes\tlade_op",
      ...files.flatMap((file) => [row("PUT", file), row("DELETE", file)]),
      `# rows=${2 * files.length} errors=0 dropped=0 complete`,
      "",
    ].join("\n"),
  );
  await Deno.mkdir(`${directory.path}/bench`);
  const map = `s3://log=${directory.uri("bench")}`;
  const { code, stdout, stderr } = await cli.run([
    "replay",
    "memory://m/log",
    "--map",
    map,
    "--write",
    "--asap",
  ]);
  assertEquals([code, stderr], [1, ""]);
  assertStringIncludes(stdout, "invalid-name");
  const { kept, ...rest } = await directory.tree();
  assertEquals([kept, Object.keys(rest)], ["1", ["bench/lade-workload.json"]]);
});

Deno.test("lade replay needs no right but those of what it does", async () => {
  await using reading = await recorded();
  const { secretAccessKey, accessKeyId } = reading.fake;
  const allow = (...allowed: string[]) =>
    reading.fake.credentials.set(accessKeyId, { secretAccessKey, allowed: new Set(allowed) });
  allow("s3:GetObject");
  const args = ["replay", LOG, "--asap", "--prefix", "s3://bucket/old"];
  const read = await reading.run([...args, "--read-only"]);
  assertEquals([read.code, read.stderr], [0, ""], read.stdout);
  allow("s3:GetObject", "s3:ListBucket", "s3:PutObject");
  const written = await reading.run([...args, ...MAP, "--write", "--prepare"]);
  assertEquals([written.code, written.stderr], [0, ""], written.stdout);
});

Deno.test("lade replay that only reads local files needs no permission to write", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1" });
  const { path } = directory;
  const recorded = await runLade(["cat", "-q", "--op-log", "log.tsv", "d/a"], { cwd: path });
  assertEquals(recorded.code, 0);
  const { code, stdout, stderr } = await runLade(["replay", "log.tsv"], { cwd: path, readOnly: true });
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /\n1 operation in /);
});
