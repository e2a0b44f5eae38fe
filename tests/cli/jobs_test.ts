import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { InterruptError } from "../../packages/cli/command/interrupt_error.ts";
import { fakeConfig } from "../s3/open_fake.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { refuseParts } from "./refuse_parts.ts";
import type { Outcome } from "./run_here.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";
import { withoutProgress } from "./without_progress.ts";

const SIZE = 64 * 2 ** 20;
/** Parts of the large file. */
const PARTS = 8;

/** A server, a directory with a file of 64 MiB that is mostly a hole, and journals beside it. */
class JobsHere implements AsyncDisposable {
  readonly server: S3Here;
  readonly directory: TemporaryDirectory;
  readonly file: string;

  private constructor(server: S3Here, directory: TemporaryDirectory) {
    this.server = server;
    this.directory = directory;
    this.file = `${directory.path}/large`;
  }

  static async start(): Promise<JobsHere> {
    const here = new JobsHere(
      await S3Here.start(),
      await TemporaryDirectory.make({ large: "1", small: "2" }),
    );
    await Deno.truncate(here.file, SIZE);
    return here;
  }

  get fake() {
    return this.server.fake;
  }

  /** Runs a command line as a process of its own would: on stores of its own. */
  async run(
    args: readonly string[],
    state = `${this.directory.path}/state`,
    signal?: AbortSignal,
  ): Promise<Outcome> {
    const terminal = new FakeTerminal({ env: { LADE_STATE_DIR: state } });
    await using lade = new Lade({ config: { s3: { ...fakeConfig(this.fake) } } });
    const code = await runCli(args, { terminal, lade, ...(signal && { signal }) });
    return { code, stdout: terminal.stdout.text, stderr: withoutProgress(terminal.stderr.text, args) };
  }

  /** The name of the only journal. */
  async onlyId(): Promise<string> {
    return (await this.run(["jobs", "list"])).stdout.split(" ", 1)[0] ?? "";
  }

  /** Lets the upload fail after some parts, for a reason that may go away. */
  failAfter(parts: number): void {
    refuseParts(this.fake, parts);
  }

  /** Parts that came since the requests before `index`; what an earlier run gave up may come late, and does not count. */
  sentSince(index: number): number {
    const sent = this.fake.requests.slice(index).filter(({ operation, status }) =>
      operation === "UploadPart" && status === 200
    );
    return new Set(sent.map(({ query }) => query["partNumber"])).size;
  }

  get requests(): number {
    return this.fake.requests.length;
  }

  get uploads(): number {
    return this.fake.bucket("bucket").uploads.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.directory[Symbol.asyncDispose]();
  }
}

Deno.test("a put that failed says how it goes on with -q too", async () => {
  await using here = await JobsHere.start();
  here.failAfter(3);
  const { code, stdout, stderr } = await here.run(["put", "-q", here.file, "s3://bucket/"]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /lade: the same command goes on from here .*"lade jobs resume [0-9a-f]{16}"/);
});

Deno.test("a command of a file that failed says how it goes on, with its line, with -q too", async () => {
  await using here = await JobsHere.start();
  here.failAfter(3);
  const file = `${here.directory.path}/commands.txt`;
  await Deno.writeTextFile(file, `# large\nput ${here.file} s3://bucket/\n`);
  const { code, stdout, stderr } = await here.run(["run", "-q", file]);
  assertEquals([code, stdout], [1, ""]);
  const [, id = ""] =
    /commands\.txt:2: the same command goes on from here .*"lade jobs resume (\w+)"/.exec(stderr) ?? [];
  const failed = await here.run(["run", "--json", file]);
  const lines = failed.stderr.trim().split("\n").map((line) => JSON.parse(line));
  const left = lines.find(({ type }) => type === "resumable");
  assertEquals([left.line, left.command], [2, `lade jobs resume ${id}`]);
  here.fake.faults.clear();
  const resumed = await here.run(["jobs", "resume", id]);
  assertEquals([resumed.code, here.uploads], [0, 0]);
});

Deno.test("a put that failed in the middle says how it goes on, and the same command sends the rest alone", async () => {
  await using here = await JobsHere.start();
  here.failAfter(3);
  const args = ["put", here.file, "s3://bucket/"];
  const failed = await here.run(args);
  assertEquals([failed.code, here.uploads], [1, 1]);
  const [, id = ""] = /lade jobs resume ([0-9a-f]{16})/.exec(failed.stderr) ?? [];
  assertStringIncludes(failed.stderr, "0 done and 1 half done");
  const listed = await here.run(["jobs", "list"]);
  assertMatch(listed.stdout, new RegExp(`^${id}  failed {7}.*1 half done, 1 failed  lade put `));
  const shown = await here.run(["jobs", "show", id.slice(0, 4)]);
  assertStringIncludes(shown.stdout, `half done    file://${here.file} to s3://bucket/large, 64.0 MiB`);
  assert(!shown.stdout.includes("upload-"), "no token is shown");
  here.fake.faults.clear();
  const [before, stored] = [here.requests, here.fake.uploads("bucket")[0]?.parts.size ?? 0];
  const resumed = await here.run(args);
  assertEquals([resumed.code, here.uploads, here.fake.object("bucket", "large")?.content.size], [0, 0, SIZE]);
  assertStringIncludes(resumed.stderr, "goes on where an earlier run stopped, with 1 object half done");
  // A part that was given up may be stored late.
  assert(here.sentSince(before) <= PARTS - stored);
  assertEquals((await here.run(["jobs", "list"])).stdout, "");
});

Deno.test("jobs resume runs the command line again, in its directory, and its exit code is the command's", async () => {
  await using here = await JobsHere.start();
  here.failAfter(2);
  const failed = await here.run(["--json", "put", here.file, "s3://bucket/"]);
  const lines = failed.stderr.trim().split("\n").map((line) => JSON.parse(line));
  const left = lines.find(({ type }) => type === "resumable");
  assertEquals([left.finished, left.halfDone, left.command], [0, 1, `lade jobs resume ${left.id}`]);
  const again = await here.run(["jobs", "resume", left.id]);
  assertEquals([again.code, here.uploads], [1, 1]);
  here.fake.faults.clear();
  const [before, stored] = [here.requests, here.fake.uploads("bucket")[0]?.parts.size ?? 0];
  const resumed = await here.run(["jobs", "resume", left.id]);
  assertEquals([resumed.code, here.uploads], [0, 0]);
  assert(here.sentSince(before) <= PARTS - stored);
  const gone = await here.run(["jobs", "resume", left.id]);
  assertEquals(gone.code, 1);
  assertStringIncludes(gone.stderr, "no such journal");
});

Deno.test("a transfer whose command line holds a signature goes on by the same command alone, and says so", async () => {
  await using here = await JobsHere.start();
  here.failAfter(2);
  const args = [
    "put",
    "--metadata",
    "from=https://host/x?X-Amz-Signature=0123456789abcdef",
    here.file,
    "s3://bucket/",
  ];
  const failed = await here.run(args);
  assertMatch(failed.stderr, /the same command goes on from here \(0 done and 1 half done\)\n/);
  const json = await here.run(["--json", ...args]);
  const lines = json.stderr.trim().split("\n").map((line) => JSON.parse(line));
  const left = lines.find(({ type }) => type === "resumable");
  assertEquals([left.halfDone, "command" in left], [1, false]);
  const resumed = await here.run(["jobs", "resume", left.id]);
  assertStringIncludes(resumed.stderr, "run the same again");
  here.fake.faults.clear();
  assertEquals([(await here.run(args)).code, here.uploads], [0, 0]);
});

Deno.test("a transfer that Ctrl-C ends is interrupted, and one whose objects were refused has failed", async () => {
  await using here = await JobsHere.start();
  const state = async () => JSON.parse((await here.run(["--json", "jobs", "list"])).stdout);
  const controller = new AbortController();
  const args = ["put", here.file, "s3://bucket/"];
  const run = () => controller.abort(new InterruptError("SIGINT", 130));
  here.fake.faults.add({ match: { operation: "UploadPart", nth: 3 }, action: { kind: "before", run } });
  await here.run(args, undefined, controller.signal);
  assertEquals([(await state()).state, "failed" in await state()], ["interrupted", false]);
  here.fake.faults.clear();
  here.failAfter(0);
  await here.run(args);
  assertEquals([(await state()).state, (await state()).failed], ["failed", 1]);
});

Deno.test("a command of a file has a journal of its own line, and jobs resume goes on with that alone", async () => {
  await using here = await JobsHere.start();
  const lines = `${here.directory.path}/lines.txt`;
  await Deno.writeTextFile(
    lines,
    `put ${here.file} s3://bucket/\nput ${here.directory.path}/small s3://bucket/\n`,
  );
  here.failAfter(2);
  const global = ["--config", "s3.uploadConcurrency=4"];
  const args = [...global, "run", "-j", "2", lines, "--fail-fast"];
  const failed = await here.run(args);
  assertEquals([failed.code, here.uploads], [1, 1]);
  const listed = await here.run(["jobs", "list"]);
  assertStringIncludes(listed.stdout, `lade --config s3.uploadConcurrency=4 put ${here.file} s3://bucket/\n`);
  here.fake.faults.clear();
  const [before, stored] = [here.requests, here.fake.uploads("bucket")[0]?.parts.size ?? 0];
  const resumed = await here.run(["jobs", "resume", listed.stdout.slice(0, 16)]);
  assertEquals([resumed.code, here.uploads, here.fake.object("bucket", "large")?.content.size], [0, 0, SIZE]);
  assert(here.sentSince(before) <= PARTS - stored);
  assertEquals((await here.run(["jobs", "list"])).stdout, "");
});

for (const command of [["put"], ["mv"], ["sync"], ["run", "--plan"]]) {
  Deno.test(`a dry run of ${command.join(" ")} begins no journal, and leaves that of an interrupted run as it is`, async () => {
    await using here = await JobsHere.start();
    const { path } = here.directory;
    const places = command[0] === "sync"
      ? [`${path}/d`, "s3://bucket/"]
      : [`${path}/d/large`, "s3://bucket/"];
    await Deno.mkdir(`${path}/d`);
    await Deno.rename(here.file, `${path}/d/large`);
    const planned = command[0] === "run";
    if (planned) assertEquals((await here.run(["put", "--save-plan", `${path}/plan`, ...places])).code, 0);
    const args = planned ? [...command, `${path}/plan`] : [...command, ...places];
    assertEquals((await here.run([...args, "--dry-run"])).code, 0);
    assertEquals((await here.run(["jobs", "list"])).stdout, "");
    here.failAfter(2);
    assertEquals((await here.run(args)).code, 1);
    const listed = await here.run(["--json", "jobs", "list"]);
    assertEquals(JSON.parse(listed.stdout).halfDone.length, 1);
    here.fake.faults.clear();
    const dry = await here.run([...args, "--dry-run"]);
    assertEquals([dry.code, here.uploads, dry.stderr.includes("goes on where")], [0, 1, false]);
    assertEquals(await here.run(["--json", "jobs", "list"]), listed);
  });
}

Deno.test("jobs list and show tell in JSON what the tables of the documentation have", async () => {
  await using here = await JobsHere.start();
  here.failAfter(1);
  await here.run(["put", here.file, "s3://bucket/"]);
  const page = await Deno.readTextFile(new URL("../../packages/cli/README.md", import.meta.url));
  const row = page.split("\n").find((line) => line.startsWith("| `job` ")) ?? "";
  for (const args of [["jobs", "list"], ["jobs", "show", await here.onlyId()]]) {
    const { stdout } = await here.run(["--json", ...args]);
    const { type, ...job } = JSON.parse(stdout);
    assertEquals([type, job.state, job.operation, job.halfDone.length], ["job", "failed", "put", 1]);
    for (const name of Object.keys(job)) assertStringIncludes(row, `\`${name}\``);
  }
});

Deno.test("jobs remove says what it aborts, and leaves neither upload nor journal", async () => {
  await using here = await JobsHere.start();
  here.failAfter(1);
  await here.run(["put", here.file, "s3://bucket/"]);
  assertEquals(here.uploads, 1);
  // As of a variable that is not set.
  for (const action of ["remove", "resume", "show", "status"]) {
    const { code, stderr } = await here.run(["jobs", action, ""]);
    assertEquals([code, stderr.includes("cannot be empty"), here.uploads], [2, true, 1], action);
  }
  const { code, stderr } = await here.run(["jobs", "remove", await here.onlyId()]);
  assertEquals([code, here.uploads], [0, 0]);
  assertStringIncludes(stderr, 'aborts the half-done upload of "s3://bucket/large"');
  assertEquals((await here.run(["jobs", "list"])).stdout, "");
});

Deno.test("Ctrl-C leaves the journal and says so, and another process with the same transfer is refused meanwhile", async () => {
  await using here = await JobsHere.start();
  const ending = new AbortController();
  const args = ["put", here.file, "s3://bucket/"];
  let refused: Outcome | undefined;
  const run = async () => {
    refused = await here.run(args);
    ending.abort(new InterruptError("SIGINT", 130));
  };
  here.fake.faults.add({ match: { operation: "UploadPart", nth: 4 }, action: { kind: "before", run } });
  const { code, stderr } = await here.run(args, undefined, ending.signal);
  assertEquals(refused?.code, 1);
  assertStringIncludes(refused?.stderr ?? "", `process ${Deno.pid} (lade put ${here.file} s3://bucket/)`);
  assertEquals([code, here.uploads], [130, 1]);
  assertMatch(stderr, /lade jobs resume [0-9a-f]{16}/);
  here.fake.faults.clear();
  assertEquals([(await here.run(args)).code, here.uploads], [0, 0]);
});

for (const isChanged of [false, true]) {
  const what = isChanged ? "is none where the copy is another one meanwhile" : "settles it";
  Deno.test(`a move that ended when its source was removed: the same command ${what}`, async () => {
    await using here = await JobsHere.start();
    assertEquals((await here.run(["put", here.file, "s3://bucket/"])).code, 0);
    const moved = `${here.directory.path}/moved`;
    const args = ["mv", "s3://bucket/large", moved];
    const ending = new AbortController();
    const run = () => {
      here.fake.removeObject("bucket", "large");
      ending.abort(new InterruptError("SIGINT", 130));
    };
    here.fake.faults.add({ match: { operation: "DeleteObject" }, action: { kind: "before", run } });
    assertEquals((await here.run(args, undefined, ending.signal)).code, 130);
    assertEquals((await Deno.stat(moved)).size, SIZE);
    if (isChanged) await Deno.writeTextFile(moved, "other");
    const again = await here.run(args);
    assertEquals(again.code, isChanged ? 1 : 0);
    assertEquals((await Deno.stat(moved)).size, isChanged ? 5 : SIZE);
    if (isChanged) return assertStringIncludes(again.stderr, "no such object");
    assertStringIncludes(again.stderr, '"s3://bucket/large" was moved by an earlier run');
    assertEquals((await here.run(["jobs", "list"])).stdout, "");
    // Without the journal it is a mistake.
    assertEquals((await here.run(args)).code, 1);
  });
}

Deno.test("a source that changed meanwhile is sent anew, and its upload is aborted", async () => {
  await using here = await JobsHere.start();
  here.failAfter(3);
  await here.run(["put", here.file, "s3://bucket/"]);
  here.fake.faults.clear();
  await Deno.writeTextFile(here.file, "other");
  await Deno.truncate(here.file, SIZE);
  const before = here.requests;
  const { code } = await here.run(["put", here.file, "s3://bucket/"]);
  assertEquals([code, here.uploads, here.sentSince(before)], [0, 0, PARTS]);
  assertEquals(new TextDecoder().decode(here.fake.bytes("bucket", "large")?.subarray(0, 5)), "other");
});

Deno.test("without a journal, and where none can be kept, a failure leaves nothing", async () => {
  await using here = await JobsHere.start();
  here.failAfter(2);
  const without = await here.run(["put", "--no-journal", here.file, "s3://bucket/"]);
  assertEquals([without.code, here.uploads, without.stderr.includes("jobs resume")], [1, 0, false]);
  here.fake.faults.clear();
  here.failAfter(2);
  // The directory would have to be made below a file.
  const unkept = await here.run(["put", here.file, "s3://bucket/"], here.file);
  assertEquals([unkept.code, here.uploads, unkept.stderr.includes("jobs resume")], [1, 0, false]);
  assertStringIncludes(unkept.stderr, "no journal is kept, so that an interrupted transfer would start anew");
  here.fake.faults.clear();
  assertEquals((await here.run(["put", here.file, "s3://bucket/"], here.file)).code, 0);
});

Deno.test("a journal in a store goes on from there, and so do its jobs", async () => {
  await using here = await JobsHere.start();
  here.failAfter(2);
  const args = ["put", "--journal", "s3://other/jobs/", here.file, "s3://bucket/"];
  const elsewhere = `${here.directory.path}/elsewhere`;
  const failed = await here.run(args, elsewhere);
  assertStringIncludes(failed.stderr, "--journal s3://other/jobs/");
  here.fake.faults.clear();
  const [before, stored] = [here.requests, here.fake.uploads("bucket")[0]?.parts.size ?? 0];
  const listed = await here.run(["jobs", "list", "--journal", "s3://other/jobs/"], elsewhere);
  assertMatch(listed.stdout, / {2}failed .*1 failed/);
  const resumed = await here.run([
    "jobs",
    "resume",
    "--journal",
    "s3://other/jobs/",
    listed.stdout.slice(0, 6),
  ], elsewhere);
  assertEquals([resumed.code, here.uploads], [0, 0]);
  assert(here.sentSince(before) <= PARTS - stored);
  assertEquals(here.fake.objects("other").length, 0);
});

Deno.test("a damaged journal is an error that says what to do, and jobs remove does it", async () => {
  await using here = await JobsHere.start();
  here.failAfter(2);
  const args = ["put", here.file, "s3://bucket/"];
  await here.run(args);
  here.fake.faults.clear();
  const directory = `${here.directory.path}/state/jobs`;
  const [{ name } = { name: "" }] = await Array.fromAsync(Deno.readDir(directory));
  const bytes = await Deno.readFile(`${directory}/${name}`);
  bytes[4100] = (bytes[4100] ?? 0) ^ 1;
  await Deno.writeFile(`${directory}/${name}`, bytes);
  const damaged = await here.run(args);
  assertEquals(damaged.code, 1);
  assertStringIncludes(damaged.stderr, "lade jobs remove");
  assertEquals((await here.run(["jobs", "remove", name.slice(0, 4)])).code, 0);
  assertEquals((await here.run(args)).code, 0);
});
