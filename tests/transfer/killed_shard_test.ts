import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { listShardedTransfers } from "../../packages/transfer/jobs/mod.ts";
import { journalPrefixOf } from "../../packages/transfer/journal/mod.ts";
import { shardOf } from "../../packages/transfer/shard/mod.ts";
import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { ladeArguments } from "../cli/run_lade.ts";
import { S3Cli } from "../cli/s3_cli.ts";
import { fakeConfig } from "../s3/open_fake.ts";

const COUNT = 4;
const KILLED = 2;
const JOBS = "s3://jobs/";

const FILES = Object.fromEntries(
  Array.from(
    { length: 120 },
    (_, i) => [`data/${i % 2 ? "größe" : "x y"}/${i}.bin`, `content ${i} `.repeat(i)],
  ),
);
const NAMES = Object.keys(FILES).map((path) => path.slice("data/".length)).sort();
const OF_KILLED = NAMES.filter((name) => shardOf(name, COUNT) === KILLED);

/** Four processes that an engine started on machines with one file system, and the store that they upload to. */
class Machines implements AsyncDisposable {
  private constructor(readonly cli: S3Cli, readonly lade: Lade) {}

  static async start(): Promise<Machines> {
    const cli = await S3Cli.start(FILES, { buckets: ["bucket", "jobs"] });
    return new Machines(cli, new Lade({ config: { s3: { ...fakeConfig(cli.fake) } } }));
  }

  /** Starts the process of a share, as Slurm does. */
  spawn(number: number): Deno.ChildProcess {
    const { cli } = this;
    const options = cli.options();
    const flags = ladeArguments([
      "put",
      "-j",
      "2",
      "-r",
      "--shard",
      "auto",
      "--journal",
      JOBS,
      "data",
      "s3://bucket/copy",
    ], options)
      .filter((flag) => !flag.startsWith("--allow-"));
    return new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ...flags.slice(1)],
      cwd: cli.directory.path,
      env: {
        ...options.env,
        NO_COLOR: "1",
        SLURM_STEP_ID: "0",
        SLURM_PROCID: `${number - 1}`,
        SLURM_NTASKS: `${COUNT}`,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Waits for a process: its exit code, and what it said. */
  async outcome(process: Deno.ChildProcess): Promise<{ code: number; stderr: string; stdout: string }> {
    const { code, stdout, stderr } = await process.output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  }

  /** What `lade jobs status` says, as JSON, and its exit code. */
  async status(): Promise<{ code: number; rows: Record<string, unknown>[]; stderr: string }> {
    const terminal = new FakeTerminal();
    const code = await runCli(["jobs", "status", "--json", JOBS], { terminal, lade: this.lade });
    const rows = terminal.stdout.text.trim().split("\n").map((line) => JSON.parse(line));
    return { code, rows, stderr: terminal.stderr.text };
  }

  copied(): Record<string, string> {
    const { fake } = this.cli;
    return Object.fromEntries(
      fake.objects("bucket").map(({ key }) => [key, new TextDecoder().decode(fake.bytes("bucket", key))]),
    );
  }

  /** How often each object was uploaded, by its name. */
  uploads(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { operation, key, status } of this.cli.fake.requests) {
      if (operation !== "PutObject" || status !== 200 || !key.startsWith("copy/")) continue;
      const name = key.slice("copy/".length);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lade[Symbol.asyncDispose]();
    await this.cli[Symbol.asyncDispose]();
  }
}

Deno.test("of four processes one is killed and started again: together they have copied everything once", async () => {
  await using machines = await Machines.start();
  const { fake } = machines.cli;
  // Two late objects of the share get no answer, so that its process is killed in the middle of it.
  const late = OF_KILLED.slice(-2);
  assert(OF_KILLED.length > 10);
  const stalls = late.map((name) =>
    fake.faults.add({
      match: { operation: "PutObject", key: `copy/${name}`, times: 1 },
      action: { kind: "stall", at: "answer" },
    })
  );
  const others = [1, 3, 4].map((number) => machines.spawn(number));
  const killed = machines.spawn(KILLED);
  for (const outcome of await Promise.all(others.map((each) => machines.outcome(each)))) {
    assertEquals(outcome.code, 0, outcome.stderr);
  }
  await Promise.all(stalls.map(({ reached }) => reached));
  // What it has done so far is in the second segment of its journal, or in its next sign of life at the latest.
  const kept = fake.faults.add({
    match: { operation: "PutObject", key: /^[0-9a-f]{16}\//, times: 1 },
    action: { kind: "before", run: () => {} },
  });
  const before = await machines.status();
  assertEquals(before.rows.slice(1).map(({ state }) => state), ["done", "running", "done", "done"]);
  assertEquals([before.code, JSON.parse(before.stderr).message.split(": ")[1]], [1, "shard 2 is running"]);
  const segments = () =>
    fake.objects("jobs").filter(({ key }) => /^[0-9a-f]{16}\/(?!owner)/.test(key)).length;
  if (segments() < 2) await kept.reached;
  while (segments() < 2) await machines.status();
  killed.kill("SIGKILL");
  await machines.outcome(killed);
  // A minute later nobody has heard of it.
  const { store, key } = await journalPrefixOf(machines.lade, JOBS);
  const clock = { ...machines.lade.context.clock, now: () => Date.now() + 61_000 };
  const [later] = await listShardedTransfers(store, key, clock as typeof machines.lade.context.clock);
  assertEquals(later?.shards.map(({ state }) => state), ["done", "dead", "done", "done"]);

  const again = await machines.outcome(machines.spawn(KILLED));
  assertEquals(again.code, 0, again.stderr);
  assertStringIncludes(again.stderr, "goes on where an earlier run stopped");
  assertEquals(
    machines.copied(),
    Object.fromEntries(NAMES.map((name) => [`copy/${name}`, FILES[`data/${name}`]])),
  );
  const uploads = machines.uploads();
  const twice = [...uploads].filter(([, count]) => count > 1).map(([name]) => name);
  assertEquals([...uploads.keys()].sort(), NAMES);
  assertEquals(twice.filter((name) => !OF_KILLED.includes(name)), []);
  // What was under way when it was killed is all that may be done again.
  assert(twice.length <= 2, `${twice}`);
  const after = await machines.status();
  assertEquals([after.code, after.rows[0]?.["objects"], after.rows[0]?.["states"]], [
    0,
    NAMES.length,
    { done: 4, running: 0, failed: 0, interrupted: 0, dead: 0, missing: 0 },
  ]);
  // Journals of what is done are gone, and nothing is left half done.
  assertEquals(fake.objects("jobs").map(({ key }) => key.split("/")[0]), [
    "shards",
    "shards",
    "shards",
    "shards",
  ]);
  assertEquals(fake.uploads("bucket"), []);
});
