import { Lade } from "@lade/lade";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { fakeConfig } from "../s3/open_fake.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { refuseParts } from "./refuse_parts.ts";
import type { Outcome } from "./run_here.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";
import { withoutProgress } from "./without_progress.ts";

const SIZE = 64 * 2 ** 20;

/** A server, and a directory of files, plans and journals. */
class PlansHere implements AsyncDisposable {
  readonly server: S3Here;
  readonly directory: TemporaryDirectory;

  private constructor(server: S3Here, directory: TemporaryDirectory) {
    this.server = server;
    this.directory = directory;
  }

  static async start(): Promise<PlansHere> {
    const files = { "d/large": "1", "d/small": "2", "d/sub/third": "3" };
    const here = new PlansHere(await S3Here.start(), await TemporaryDirectory.make(files));
    await Deno.truncate(`${here.directory.path}/d/large`, SIZE);
    return here;
  }

  get fake() {
    return this.server.fake;
  }

  get path(): string {
    return this.directory.path;
  }

  get keys(): string[] {
    return this.fake.objects("bucket").map(({ key }) => key).sort();
  }

  /** Runs a command line as a process of its own would: on stores of its own, of which nothing is on its way then. */
  async run(...args: string[]): Promise<Outcome> {
    const terminal = new FakeTerminal({ env: { LADE_STATE_DIR: `${this.path}/state` } });
    const code = await this.#runAlone(args, terminal);
    while (this.fake.openConnections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    return { code, stdout: terminal.stdout.text, stderr: withoutProgress(terminal.stderr.text, args) };
  }

  async #runAlone(args: string[], terminal: FakeTerminal): Promise<number> {
    await using lade = new Lade({ config: { s3: { ...fakeConfig(this.fake), conditions: "trust" } } });
    return await runCli(args, { terminal, lade });
  }

  refuse(operation: "DeleteObject" | "DeleteObjects"): void {
    const action = { kind: "status", status: 403, code: "AccessDenied" } as const;
    this.fake.faults.add({ match: { operation, times: Infinity }, action });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.directory[Symbol.asyncDispose]();
  }
}

for (const [command = "", ...flags] of [["put"], ["mv"], ["put", "--shard", "1/1"]]) {
  const what = [command, ...flags].join(" ");
  Deno.test(`a plan of ${what} that was interrupted goes on: what is done is passed over, what is half done is gone on with`, async () => {
    await using here = await PlansHere.start();
    const plan = `${here.path}/plan`;
    const names = ["large", "small"].map((name) => `${here.path}/d/${name}`);
    assertEquals((await here.run(command, "--save-plan", plan, ...names, "s3://bucket/")).code, 0);
    refuseParts(here.fake, 3);
    const args = ["run", "--plan", plan, ...flags];
    const failed = await here.run(...args);
    assertEquals([failed.code, here.keys], [1, ["small"]]);
    assertMatch(failed.stderr, /the same command goes on from here \(1 done and 1 half done\)/);
    const listed = await here.run("jobs", "list");
    assertStringIncludes(listed.stdout, `lade run --plan ${plan}`);
    here.fake.faults.clear();
    const stored = here.fake.uploads("bucket")[0]?.parts.size ?? 0;
    const before = here.fake.requests.length;
    const resumed = await here.run("jobs", "resume", listed.stdout.slice(0, 16));
    assertEquals([resumed.code, here.keys], [0, ["large", "small"]], resumed.stderr);
    const requests = here.fake.requests.slice(before).map(({ operation }) => operation);
    assert(stored >= 1);
    assertEquals(requests.filter((name) => name === "UploadPart").length, 8 - stored);
    assertEquals(requests.filter((name) => name === "PutObject").length, 0);
    const left = [...Deno.readDirSync(`${here.path}/d`)].map(({ name }) => name).sort();
    assertEquals(left, command === "mv" ? ["sub"] : ["large", "small", "sub"]);
    assertEquals((await here.run("jobs", "list")).stdout, "");
  });
}

Deno.test("a plan of a sync that was interrupted in its deletions deletes the rest, and counts what is gone as deleted", async () => {
  await using here = await PlansHere.start();
  await Deno.remove(`${here.path}/d/large`);
  for (const key of ["old/1", "old/2", "old/3"]) here.fake.putObject("bucket", key, "old");
  const plan = `${here.path}/plan`;
  const saved = await here.run("sync", "--delete", "--save-plan", plan, `${here.path}/d/`, "s3://bucket/");
  assertEquals(saved.code, 0, saved.stderr);
  for (const operation of ["DeleteObject", "DeleteObjects"] as const) here.refuse(operation);
  const failed = await here.run("run", "--plan", plan);
  assertEquals([failed.code, here.keys], [1, ["old/1", "old/2", "old/3", "small", "sub/third"]]);
  here.fake.faults.clear();
  here.fake.removeObject("bucket", "old/2");
  const without = await here.run("run", "--plan", plan, "--no-journal");
  assertEquals([without.code, here.keys.length], [1, 4]);
  const again = await here.run("run", "--plan", plan);
  assertEquals([again.code, here.keys], [0, ["small", "sub/third"]], again.stderr);
  assertStringIncludes(again.stderr, "3 deleted");
  assertEquals((await here.run("jobs", "list")).stdout, "");
});

Deno.test("a plan that was written anew has a journal of its own", async () => {
  await using here = await PlansHere.start();
  const plan = `${here.path}/plan`;
  const save = async () => {
    await Deno.remove(plan).catch(() => {});
    return await here.run("put", "--save-plan", plan, `${here.path}/d/large`, "s3://bucket/");
  };
  assertEquals((await save()).code, 0);
  refuseParts(here.fake, 2);
  assertEquals((await here.run("run", "--plan", plan)).code, 1);
  here.fake.faults.clear();
  await Deno.truncate(`${here.path}/d/large`, SIZE + 1);
  assertEquals((await save()).code, 0);
  const { code, stderr } = await here.run("run", "--plan", plan);
  assertEquals([code, stderr.includes("goes on where")], [0, false], stderr);
  assertEquals((await here.run("jobs", "list")).stdout.split("\n").length, 2);
});

Deno.test("lade run takes a journal with --plan alone", async () => {
  await using here = await PlansHere.start();
  for (const flag of [["--journal", "s3://other/jobs/"], ["--no-journal"]]) {
    const { code, stderr } = await here.run("run", ...flag, `${here.path}/d/small`);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "are for --plan");
  }
});
