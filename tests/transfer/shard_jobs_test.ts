import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createStoreContext } from "@lade/core";
import { FakeClock } from "@lade/testing";
import { Lade } from "@lade/lade";
import { transfer, type TransferListener } from "@lade/transfer";
import { journalPlaceOf, journalPrefixOf } from "@lade/transfer/journal";
import { resolveDestination } from "@lade/transfer/places";
import { S3Here } from "../cli/s3_here.ts";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";

const STEP = { SLURM_STEP_ID: "0", SLURM_PROCID: "1", SLURM_NTASKS: "2" };
const OBJECTS = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`data/${i}`, `content ${i}`]));
const COPY = ["cp", "-r", "--journal", "s3://other/jobs/", "s3://bucket/data/", "memory://copies/data/"];

Deno.test("a share that failed is told of, and gone on with by its number where no engine tells it", async () => {
  await using cli = await S3Here.start({ objects: OBJECTS });
  const fault = cli.fake.faults.add({
    match: { operation: "GetObject", key: "data/3" },
    action: { kind: "status", status: 403, code: "AccessDenied" },
  });
  const first = await cli.run(["cp", "--shard", "1/2", ...COPY.slice(1)], {});
  const second = await cli.run(["cp", "--shard", "auto", ...COPY.slice(1)], { env: STEP });
  assertEquals([first.code, second.code].sort(), [0, 1], first.stderr + second.stderr);
  const failed = first.code === 1 ? 1 : 2;
  const status = await cli.run(["jobs", "status", "s3://other/jobs/"]);
  assertEquals(status.code, 1);
  const [head = "", ...shards] = status.stdout.trim().split("\n");
  assertStringIncludes(
    head,
    "cp s3://bucket/data/ memory://copies/data/: 2 shards, 1 done, 1 failed; 11 objects",
  );
  assertEquals(
    shards.map((line) => /^ {2}shard (\d) of 2 +(\w+) +\d+ objects/.exec(line)?.slice(1)),
    failed === 1 ? [["1", "failed"], ["2", "done"]] : [["1", "done"], ["2", "failed"]],
  );
  assertStringIncludes(status.stderr, ` is not done: shard ${failed} is failed`);

  const list = await cli.run(["jobs", "list", "--json", "--journal", "s3://other/jobs/"]);
  const job = JSON.parse(list.stdout);
  assertEquals(job.commandLine.filter((word: string) => /^\d+\/\d+$/.test(word)), [`${failed}/2`]);
  cli.fake.faults.remove(fault);
  const resumed = await cli.run(["jobs", "resume", job.id, "--journal", "s3://other/jobs/"]);
  assertEquals(resumed.code, 0, resumed.stderr);
  const done = await cli.run(["jobs", "status", "--journal", "s3://other/jobs/"]);
  assertEquals([done.code, done.stderr], [0, ""]);
  assertStringIncludes(done.stdout, "2 shards, 2 done; 12 objects");

  const [id = ""] = done.stdout.split(" ");
  assertEquals((await cli.run(["jobs", "remove", id, "--journal", "s3://other/jobs/"])).code, 0);
  assertEquals(cli.texts("other"), {});
  const gone = await cli.run(["jobs", "status", "s3://other/jobs/"]);
  assertEquals(gone.code, 1);
  assertStringIncludes(gone.stderr, "no shard has told of itself here");
});

Deno.test("the shares of sync have journals of their own, and tell what was the same already", async () => {
  await using cli = await S3Here.start({ objects: { ...OBJECTS, "copy/0": "content 0", "copy/gone": "1" } });
  const args = [
    "--delete",
    "--checksum",
    "--journal=s3://other/jobs/",
    "s3://bucket/data/",
    "s3://bucket/copy/",
  ];
  // Both at once: neither is in the way of the other.
  const outcomes = await Promise.all(
    [1, 2].map((number) => cli.run(["sync", `--shard=${number}/2`, ...args])),
  );
  for (const { code, stderr } of outcomes) assertEquals(code, 0, stderr);
  const copies = Object.entries(cli.texts()).filter(([key]) => key.startsWith("copy/"));
  assertEquals(
    copies.map(([key, text]) => [key.replace("copy", "data"), text]).sort(),
    Object.entries(OBJECTS).sort(),
  );
  const status = await cli.run(["jobs", "status", "--json", "s3://other/jobs/"]);
  const [head, ...shards] = status.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([status.code, head.operation, head.objects, shards.map(({ state }) => state)], [
    0,
    "sync",
    12,
    ["done", "done"],
  ]);
  assertEquals(cli.fake.objects("other").filter(({ key }) => !key.startsWith("jobs/shards/")), []);
});

Deno.test("a journal may lie neither in the source nor in the destination, which would take it for their own", async () => {
  await using cli = await S3Here.start({ objects: OBJECTS });
  await using directory = await TemporaryDirectory.make({ "d/a": "1" });
  const d = `${directory.path}/d`;
  const lines = [
    ["cp", "-r", "--journal=s3://bucket/data/jobs/", "s3://bucket/data", "s3://other/data/"],
    ["sync", "--delete", "--journal=s3://other/data/jobs/", "s3://bucket/data/", "s3://other/data/"],
    ["cp", "-r", "--journal=s3://other/jobs/", "s3://bucket/data/", "s3://other"],
    ["put", "-r", `--journal=${d}/jobs`, d, "s3://other/d/"],
    [
      "get",
      "-r",
      `--journal=file://${directory.path}/got/jobs/`,
      "s3://bucket/data/",
      `${directory.path}/got`,
    ],
  ];
  for (const line of lines) {
    const { code, stderr } = await cli.run(line);
    assertEquals([code, stderr.includes("the journal cannot lie in it")], [1, true], stderr);
  }
  assertEquals([cli.texts("other"), await directory.tree()], [{}, { "d/a": "1" }]);
  const beside = await cli.run(["put", "-r", `--journal=${directory.path}/d-jobs`, d, "s3://other/d/"]);
  assertEquals(beside.code, 0, beside.stderr);
});

Deno.test("jobs status takes one URI", async () => {
  await using cli = await S3Here.start();
  for (const uris of [[], ["s3://other/a/", "s3://other/b/"]]) {
    assertEquals((await cli.run(["jobs", "status", ...uris])).code, 2);
  }
});

Deno.test("a process that is started again waits until the one before it counts as dead", async () => {
  const clock = new FakeClock();
  await using lade = new Lade({ context: createStoreContext({ clock }) });
  for (const [key, text] of Object.entries(OBJECTS)) await lade.put(`memory://shared/${key}`, text);
  const notes: string[] = [];
  const waits = Promise.withResolvers<void>();
  const run = async (done: () => Promise<void>) => {
    const listener: TransferListener = {
      done,
      skipped: () => Promise.resolve(),
      failed: (_uri, error) => Promise.reject(error),
      noted(text) {
        notes.push(text);
        if (text.endsWith("waits for it")) waits.resolve();
        return Promise.resolve();
      },
    };
    const place = await journalPlaceOf(lade, "memory://jobs/j/");
    return await transfer(lade, {
      operation: "cp",
      sources: ["memory://shared/data/"],
      destination: await resolveDestination(lade, "memory://shared/copy/", true),
      recursive: true,
      move: false,
      concurrency: 1,
      shard: { number: 1, count: 1 },
      journal: { place, prefix: await journalPrefixOf(lade, "memory://jobs/j/") },
      stdin: { read: () => Promise.resolve(null) },
      stdout: () => Promise.resolve(),
      signal: new AbortController().signal,
    }, listener);
  };
  let left = 5;
  await assertRejects(() => run(() => --left > 0 ? Promise.resolve() : Promise.reject(new Error("killed"))));
  const { store } = await lade.locate("memory://jobs/");
  const [id] = await Array.fromAsync((await journalPlaceOf(lade, "memory://jobs/j/")).list());
  const sign = {
    pid: 7,
    host: "elsewhere",
    command: "lade cp",
    id: "x",
    at: new Date(clock.now()).toISOString(),
  };
  await store.put(`j/${id}/owner.json`, new TextEncoder().encode(JSON.stringify(sign)));

  const running = run(() => Promise.resolve());
  await waits.promise;
  assertStringIncludes(notes.join("\n"), "process 7 on elsewhere (lade cp) was at it");
  await clock.advance(30_000);
  assertEquals(await Array.fromAsync(lade.list("memory://shared/copy/")).then(({ length }) => length), 5);
  await clock.advance(40_000);
  const { objects, before } = await running;
  assertEquals([objects, before], [7, 5]);
});
