import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ForwardingStore, type GetOptions, type GetResult, type PutResult } from "@lade/core";
import { Lade } from "@lade/lade";
import { readResult } from "@lade/workload/run";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { S3Here } from "./s3_here.ts";

const SPEC = `
version: 1
objects: { small: { count: 30, size: 3KiB, shards: 2 }, big: { count: 2, size: 9MiB } }
phases:
  - { name: fill, put: [small, big], concurrency: 4 }
  - { name: mixed, mix: { get: 5, get-range: { weight: 1, on: big, length: 1MiB }, stat: 2, list: 1,
      put: { weight: 2, on: small }, delete: { weight: 2, on: small } }, ops: 150 }
verify: all
`;
const SPEC_FILE = "s3://other/spec.yaml";
const RUN = ["workload", "run", SPEC_FILE, "--target", "s3://bucket/w"];

async function withSpec(options: Parameters<typeof S3Here.start>[0] = {}, spec = SPEC): Promise<S3Here> {
  const cli = await S3Here.start(options);
  cli.fake.putObject("other", "spec.yaml", spec);
  return cli;
}

const keysOf = (cli: S3Here) => cli.fake.objects("bucket").map(({ key }) => key).sort();

Deno.test("lade workload run does what a spec says on S3, tells what it came to, and clean removes it", async () => {
  await using cli = await withSpec({ objects: { mine: "1" } });
  const { code, stdout, stderr } = await cli.run(RUN, { columns: 140 });
  assertEquals(code, 0, stdout + stderr);
  assertMatch(stdout, /^phase +load +op +ops +errors +bytes +ops\/s +bytes\/s +p50 +p99 +max +answer p50\n/);
  assertMatch(stdout, /\nfill +×4 +put +32 +0 +18\.1 MiB /);
  assertMatch(stdout, /\nmixed +×16 +get +\d+ +0 /);
  assertMatch(stdout, /\nverified \d+ reads, 0 with wrong content\n/);
  assertMatch(stdout, /\n182 operations in .* at s3:\/\/bucket\/w\/\n$/);
  assertEquals(
    stderr,
    'lade: objects stay below s3://bucket/w/: lade workload clean "s3://other/spec.yaml" --target "s3://bucket/w/" removes them\n',
  );
  const keys = keysOf(cli);
  assert(keys.length > 18 && keys.length <= 34, `${keys.length}`);
  assert(
    keys.every((key) =>
      key === "mine" || /^w\/(lade-workload\.json|small\/0[01]\/\d{7}|big\/\d{7})$/.test(key)
    ),
  );
  cli.fake.putObject("bucket", "w/small/note", "of somebody");
  const cleaned = await cli.run(["workload", "clean", SPEC_FILE, "--target", "s3://bucket/w/"]);
  assertEquals([cleaned.code, cleaned.stderr], [0, ""]);
  assertMatch(
    cleaned.stdout,
    /^deleted \d+ objects below s3:\/\/bucket\/w\/; 1 other object stays, such as "w\/small\/note"\n$/,
  );
  assertEquals(keysOf(cli), ["mine", "w/small/note"]);
});

Deno.test("lade workload run writes nothing where there is data of others", async () => {
  await using cli = await withSpec({ objects: { "w/small/00/0000000": "of somebody" } });
  for (const action of ["run", "clean"]) {
    const { code, stderr } = await cli.run(["workload", action, SPEC_FILE, "--target", "s3://bucket/w/"]);
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /Cannot (run|clean) a workload in "s3:\/\/bucket\/w\/": it has objects, and no lade-workload/,
    );
  }
  assertEquals(cli.texts(), { "w/small/00/0000000": "of somebody" });
});

Deno.test("lade workload check shows what a spec comes to, and asks no store", async () => {
  await using cli = await withSpec();
  const { code, stdout, stderr } = await cli.run(["workload", "check", SPEC_FILE], { columns: 120 });
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^set +objects +bytes +least +greatest\nsmall +30 +90\.0 KiB +3\.00 KiB +3\.00 KiB\n/);
  assertMatch(
    stdout,
    /\nfill +×4 +32 +- +put small big\nmixed +×16 +150 +- +get 5, get-range 1, put 2, stat 2, /,
  );
  assertMatch(
    stdout,
    /\n32 objects with 18\.1 MiB; 182 operations; at most \d+ MiB of memory for objects and content\n$/,
  );
  const json = JSON.parse((await cli.run(["workload", "check", SPEC_FILE, "--json"])).stdout);
  assertEquals([json.type, json.objects, json.bytes, json.spec.phases[0].kind], [
    "workloadPlan",
    32,
    30 * 3072 + 2 * 9 * 2 ** 20,
    "put",
  ]);
  const open = SPEC.replace("ops: 150", "rate: 100, ramp: 2s, duration: 10s");
  cli.fake.putObject("other", "spec.yaml", open.replace("mix:", "pick: uniform, mix:"));
  assertMatch((await cli.run(["workload", "check", SPEC_FILE])).stdout, /\nmixed +100\/s +1100 +12 s +get 5/);
});

Deno.test("the spec of docs/benchmarks.md is one, with every key of its tables", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/benchmarks.md", import.meta.url));
  const [, spec = ""] = /```yaml\n(version: 1\n[\s\S]*?)```/.exec(page) ?? [];
  await using cli = await withSpec({}, spec);
  const { code, stdout, stderr } = await cli.run(["workload", "check", SPEC_FILE], { columns: 120 });
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /\nsmall +10000 +[\d.]+ [MG]iB .*\nbig +20 +5\.00 GiB /);
  assertMatch(stdout, /\nmixed +500\/s +32500 +1:10 +get 45, /);
  const cells = [...page.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = ""]) => cell).join(" ");
  const told = new Set([...cells.matchAll(/`(\w+)`/g)].map(([, key]) => key));
  const kinds = ["name", "put", "delete", "mix"];
  // An error names the keys that there are.
  for (const wrong of [`xxxxxxxxxx: 1\n${spec}`, spec.replace("{ name: prefill,", "{ xxxxxxxxxx: 1,")]) {
    cli.fake.putObject("other", "spec.yaml", wrong);
    const { stderr } = await cli.run(["workload", "check", SPEC_FILE, "--json"]);
    const [, keys = ""] = /xxxxxxxxxx: no such key; there are ([^"]+)"/.exec(stderr) ?? [];
    assert(keys !== "", stderr);
    assertEquals(keys.split(", ").filter((key) => !told.has(key) && !kinds.includes(key)), []);
  }
});

Deno.test("lade workload tells what is wrong with a spec or a line, with exit codes", async () => {
  await using cli = await withSpec({}, SPEC.replace("get: 5", "gett: 5"));
  const wrong = await cli.run(RUN);
  assertEquals([wrong.code, wrong.stdout], [1, ""]);
  assertEquals(
    wrong.stderr,
    'lade: Cannot take the workload "s3://other/spec.yaml": phases[1].mix.gett: no such key; did you mean "get"?\n',
  );
  cli.fake.putObject("other", "spec.yaml", SPEC);
  const lines: [string[], RegExp][] = [
    [["run", SPEC_FILE], /A target is needed: write target: in the spec, or give --target/],
    [["run"], /A spec is needed/],
    [["run", SPEC_FILE, SPEC_FILE], /run needs one spec/],
    [["compare", SPEC_FILE], /compare needs two results/],
    [["check", SPEC_FILE, "--target", "s3://bucket/"], /--target is for workload run and clean/],
    [["clean", SPEC_FILE, "--memory", "1M"], /--memory is for workload run and check/],
    [["run", SPEC_FILE, "--tolerance", "1%"], /--tolerance is for workload compare/],
    [["compare", SPEC_FILE, SPEC_FILE, "--tolerance", "1"], /"1" is no share such as 5%/],
    [["walk", SPEC_FILE], /Expected one of "check", "run", "clean" or "compare"/],
  ];
  for (const [args, message] of lines) {
    const { code, stdout, stderr } = await cli.run(["workload", ...args]);
    assertEquals([code, stdout], [2, ""], stderr);
    assertMatch(stderr, message);
  }
  const compared = await cli.run(["workload", "compare", SPEC_FILE, SPEC_FILE]);
  assertMatch(compared.stderr, /it has no result of a workload, of the schema lade-workload-result\/1/);
  assertEquals([compared.code, cli.texts()], [1, {}]);
});

Deno.test("lade workload compare fails where the second result is slower, and says how sure that is", async () => {
  await using cli = await withSpec();
  const { stdout } = await cli.run([...RUN, "--json"]);
  const result = readResult(stdout);
  const slowed = (factor: number) => ({
    ...result,
    target: "s3://other/",
    phases: result.phases.map((phase) => ({
      ...phase,
      steadyMs: 20_000,
      ops: phase.ops.map((op) => ({
        ...op,
        opsPerSecond: 100 / factor,
        series: Array.from({ length: 20 }, (_, t) => ({ t, ops: 100 / factor, bytes: 0, errors: 0 })),
      })),
    })),
  });
  for (const [name, factor] of [["a", 1], ["b", 1.25], ["c", 1.02]] as const) {
    cli.fake.putObject("other", name, `{"type":"note"}\n${JSON.stringify(slowed(factor))}\n`);
  }
  const compare = (a: string, b: string, ...flags: string[]) =>
    cli.run(["workload", "compare", `s3://other/${a}`, `s3://other/${b}`, ...flags], { columns: 120 });
  const slower = await compare("a", "b");
  assertEquals([slower.code, slower.stderr], [1, ""]);
  assertMatch(slower.stdout, /\nfill +×4 +put +ops\/s +100 +80\.0 +0\.800 +0\.800 – 0\.800 +slower \(!\)\n/);
  assertEquals((await compare("b", "a")).code, 0);
  assertEquals((await compare("a", "c")).code, 0);
  assertEquals((await compare("a", "c", "--tolerance", "1%")).code, 1);
  assertEquals((await compare("a", "b", "--tolerance", "30%")).code, 0);
  for (
    const [name, lacking] of [["less", { phases: [] }], ["cut", { stopped: "too much failed" }]] as const
  ) {
    cli.fake.putObject("other", name, JSON.stringify({ ...slowed(1), ...lacking }));
    const { code, stdout } = await compare("a", name, "--json");
    assertEquals([code, JSON.parse(stdout).slower, JSON.parse(stdout).incomplete], [1, false, true]);
    assertEquals((await compare(name, "a")).code, 0);
  }
  cli.fake.putObject("other", "first", stdout);
  const other = await compare("first", "a");
  assertMatch(other.stdout, /^specs differ in target: "s3:\/\/bucket\/w\/", "s3:\/\/other\/"\n/);
  const json = JSON.parse((await compare("a", "b", "--json")).stdout);
  assertEquals([json.type, json.slower, json.figures[0].verdict], ["workloadComparison", true, "slower"]);
});

Deno.test("lade workload run says that a service asked for fewer requests, which no error shows", async () => {
  await using cli = await withSpec({}, SPEC.replace("9MiB", "9KiB"));
  cli.fake.faults.add({
    match: { operation: "GetObject", key: "w/big/0000001", times: 2 },
    action: { kind: "status", status: 503, code: "SlowDown" },
  });
  const { code, stdout } = await cli.run([...RUN, "--json"]);
  const { phases, advice } = readResult(stdout);
  assertEquals(code, 0);
  assertEquals(phases.map(({ throttled, ops }) => [throttled, ops.flatMap(({ errors }) => errors)]), [
    [0, []],
    [2, []],
  ]);
  assertEquals(advice.filter(({ code }) => code === "throttled").map(({ text }) => text), [
    "mixed with 16 at a time: the service asked for fewer requests 2 times: it limits, and fewer at a time are as fast",
  ]);
});

Deno.test("lade workload run exits with 1 where content is wrong, or too much failed", async () => {
  class WrongStore extends ForwardingStore {
    override get(key: string, options?: GetOptions): Promise<GetResult> {
      return super.get(key.endsWith("/0000005") ? key.replace("5", "6") : key, options);
    }
  }
  await using lade = new Lade({ layer: (store) => new WrongStore(store) });
  await lade.put(
    "memory://m/spec",
    `{"version": 1, "target": "memory://w/", "verify": "all", "maxErrorRate": "50%",
      "objects": {"s": {"count": 9, "size": 100}}, "phases": [{"put": "s"}, {"mix": {"get": 1}, "pick": "once"}]}`,
  );
  const terminal = new FakeTerminal({ columns: 120 });
  assertEquals(await runCli(["workload", "run", "memory://m/spec"], { terminal, lade }), 1);
  const { text } = terminal.stdout;
  assertStringIncludes(
    text,
    'wrong content of "s/0000005" from byte 0 on\nverified 9 reads, 1 with wrong content\n',
  );
  assertStringIncludes(
    text,
    'mix-2 get: 1 × checksum-mismatch, such as: Cannot verify "memory://w/s/0000005": its byte 0',
  );
  const strict = (await lade.get("memory://m/spec").then((bytes) => new TextDecoder().decode(bytes))).replace(
    "50%",
    "5%",
  );
  await lade.put("memory://m/spec", strict);
  const second = new FakeTerminal({ columns: 120 });
  assertEquals(await runCli(["workload", "run", "memory://m/spec"], { terminal: second, lade }), 1);
  assertStringIncludes(
    second.stdout.text,
    'ended early: 1 of 9 operations of phase "mix-2" failed, and maxErrorRate is 5%\n',
  );
});

Deno.test("lade workload needs no right but those of what it does", async () => {
  const spec = SPEC.replace("9MiB", "9KiB");
  await using cli = await withSpec({}, spec);
  const { secretAccessKey, accessKeyId } = cli.fake;
  const allow = (...allowed: string[]) =>
    cli.fake.credentials.set(accessKeyId, { secretAccessKey, allowed: new Set(allowed) });
  allow("s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:DeleteObject");
  const run = await cli.run(RUN);
  assertEquals(run.code, 0, run.stdout + run.stderr);
  const [head = ""] = spec.split("phases:");
  cli.fake.putObject("other", "read.yaml", `${head}phases: [{ mix: { get: 1 }, ops: 5 }]\n`);
  allow("s3:GetObject", "s3:ListBucket");
  const read = await cli.run(["workload", "run", "s3://other/read.yaml", "--target", "s3://bucket/w/"]);
  assertEquals(read.code, 0, read.stdout + read.stderr);
  allow("s3:GetObject", "s3:ListBucket", "s3:DeleteObject");
  const clean = await cli.run(["workload", "clean", SPEC_FILE, "--target", "s3://bucket/w"]);
  assertEquals([clean.code, keysOf(cli)], [0, []], clean.stderr);
});

Deno.test("lade workload run shows on a terminal how far it is, and removes that at the end", async () => {
  const terminal = new FakeTerminal({ tty: true });
  const shown = "fill with 4 at a time: 1 operation";
  class WaitingStore extends ForwardingStore {
    override async put(key: string, data: Uint8Array): Promise<PutResult> {
      const mayGoOn = () => !key.endsWith("/0000004") || terminal.stderr.text.includes(shown);
      while (!mayGoOn()) await new Promise((resolve) => setTimeout(resolve));
      return await super.put(key, data);
    }
  }
  await using lade = new Lade({ layer: (store) => new WaitingStore(store) });
  await lade.put("memory://m/spec", SPEC.replace("9MiB", "9KiB"));
  const args = ["workload", "run", "memory://m/spec", "--target", "memory://w/"];
  assertEquals(await runCli(args, { terminal, lade }), 0);
  assertEquals(terminal.stderr.text.split("\r")[0], shown);
  assertStringIncludes(terminal.stderr.text, "\r\x1b[K");
});
