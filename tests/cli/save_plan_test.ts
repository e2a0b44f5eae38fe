import { assert, assertEquals } from "@std/assert";
import { decompressZstd } from "@lade/core/zstd";
import { CliHere } from "./run_here.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const PLAN = "memory://plans/p";

/** Three objects and their plan. */
async function withPlan(cli: CliHere, args: readonly string[] = []): Promise<void> {
  await cli.fill({ "memory://s/a": "1", "memory://s/b c": "22", "memory://s/d/e": "333" });
  const { code, stdout, stderr } = await cli.run([
    "cp",
    "-r",
    "--save-plan",
    PLAN,
    ...args,
    "memory://s/",
    "memory://t/",
  ]);
  assertEquals(code, 0, stderr);
  assertEquals(stdout.split("\n").sort(), [
    "",
    "(dry run) cp 'memory://s/b c' 'memory://t/b c'",
    "(dry run) cp memory://s/a memory://t/a",
    "(dry run) cp memory://s/d/e memory://t/d/e",
  ]);
  assert(stderr.includes(`lade: the plan is in "${PLAN}", and lade run --plan executes it`), stderr);
}

Deno.test("lade cp --save-plan writes a plan and does nothing, lade run --plan executes it", async () => {
  await using cli = new CliHere();
  await withPlan(cli);
  assertEquals(await cli.contents("memory://t/"), {});
  const dry = await cli.run(["run", "--plan", PLAN, "--dry-run"]);
  assertEquals([dry.code, dry.stdout.match(/^\(dry run\) cp /gm)?.length], [0, 3], dry.stderr);
  assertEquals(await cli.contents("memory://t/"), {});
  const { code, stdout, stderr } = await cli.run(["run", "--plan", PLAN]);
  assertEquals([code, stdout.match(/^cp /gm)?.length], [0, 3], stderr);
  assert(stderr.includes("lade: run did 3 objects"), stderr);
  assertEquals(await cli.contents("memory://t/"), {
    "memory://t/a": "1",
    "memory://t/b c": "22",
    "memory://t/d/e": "333",
  });
  const again = await cli.run(["run", "--plan", PLAN]);
  assertEquals([again.code, again.stdout], [1, ""]);
  assertEquals(
    again.stderr.match(/somebody else wrote or removed it since it was listed; plan it again/g)?.length,
    3,
  );
});

for (const dryRun of [false, true]) {
  const args = dryRun ? ["--dry-run"] : [];
  Deno.test(`lade run --plan refuses what changed since, and does the rest${dryRun ? ", also in a dry run" : ""}`, async () => {
    await using cli = new CliHere();
    await cli.fill({ "memory://t/a": "old a", "memory://t/b c": "old b", "memory://t/d/e": "old e" });
    await cli.fill({ "memory://s/f": "f", "memory://s/g": "g", "memory://s/h": "h" });
    await cli.fill({ "memory://s/a": "1", "memory://s/b c": "22", "memory://s/d/e": "333" });
    assertEquals((await cli.run(["cp", "-r", "--save-plan", PLAN, "memory://s/", "memory://t/"])).code, 0);
    await cli.fill({
      // Another size, other bytes of the same size, a destination that came to be, one that changed.
      "memory://s/a": "longer",
      "memory://s/f": "F",
      "memory://t/g": "theirs",
      "memory://t/b c": "newer b",
    });
    await cli.lade.remove("memory://t/d/e");
    const { code, stdout, stderr } = await cli.run(["run", "--plan", PLAN, ...args]);
    const done = stdout.split("\n").filter((line) => line.includes("cp "));
    assertEquals([code, done], [1, [`${dryRun ? "(dry run) " : ""}cp memory://s/h memory://t/h`]], stderr);
    for (const uri of ["memory://s/a", "memory://s/f", "memory://t/g", "memory://t/b c", "memory://t/d/e"]) {
      assert(stderr.includes(`"${uri}"`), `${uri} ${stderr}`);
    }
    assertEquals(await cli.contents("memory://t/"), {
      "memory://t/a": "old a",
      "memory://t/b c": "newer b",
      "memory://t/g": "theirs",
      ...(dryRun ? {} : { "memory://t/h": "h" }),
    });
  });
}

Deno.test("lade run --plan executes nothing of a plan that is cut off, changed, of another version or none", async () => {
  await using cli = new CliHere();
  await withPlan(cli);
  const text = new TextDecoder().decode(await cli.lade.get(PLAN));
  const lines = text.split("\n");
  assertEquals(lines.length, 6);
  const cases: readonly (readonly [string, string])[] = [
    ...Array.from({ length: 60 }, (_, at) => [text.slice(0, Math.floor(text.length * at / 60)), ""] as const),
    [text.slice(0, -1), "it is cut off within a line"],
    [lines.slice(0, 4).join("\n") + "\n", "it is cut off: its last line is missing"],
    [lines.toSpliced(2, 1).join("\n"), "number or checksum of its entries do not fit"],
    [
      [lines[0], lines[2], lines[1], ...lines.slice(3)].join("\n"),
      "number or checksum of its entries do not fit",
    ],
    [text.replace("memory://t/a", "memory://t/x"), "number or checksum of its entries do not fit"],
    [text + text, "something follows its last line"],
    [text.replace('"version":1', '"version":2'), "it is a plan of version 2, this program reads version 1"],
    ["{}\n", "it is no plan"],
    ["cp a b\n", "it is no plan"],
    ["", "it is no plan: it is empty"],
    ["x".repeat(2_000_000), "it is no plan: it has lines that no plan has"],
    [text.replace(lines[1] ?? "", '{"from":1}'), "is no entry"],
  ];
  for (const [content, problem] of cases) {
    await cli.lade.put(PLAN, content);
    const { code, stdout, stderr } = await cli.run(["run", "--plan", PLAN]);
    assertEquals([code, stdout], [1, ""], `${problem} ${stderr}`);
    assert(stderr.includes(`Cannot run "${PLAN}"`) && stderr.includes(problem), `${problem}: ${stderr}`);
  }
  assertEquals(await cli.contents("memory://t/"), {});
});

Deno.test("the shards of a saved plan are all of it, and no two have one entry", async () => {
  await using cli = new CliHere();
  const names = Array.from({ length: 40 }, (_, at) => `n${at}`);
  await cli.fill(Object.fromEntries(names.map((name) => [`memory://s/${name}`, name])));
  await cli.run(["cp", "-r", "--save-plan", PLAN, "memory://s/", "memory://t/"]);
  const done: string[] = [];
  for (let number = 1; number <= 4; number++) {
    const { code, stdout } = await cli.run(["run", "--plan", PLAN, "--shard", `${number}/4`]);
    const lines = stdout.trim().split("\n");
    assertEquals([code, lines.length < 40], [0, true]);
    done.push(...lines);
  }
  assertEquals(done.sort(), names.map((name) => `cp memory://s/${name} memory://t/${name}`).sort());
});

Deno.test("each shard of a plan deletes its own share of what is to be deleted, and no other", async () => {
  await using cli = new CliHere();
  const names = Array.from({ length: 24 }, (_, at) => `n${at}`);
  await cli.fill({ "memory://s/kept": "1", "memory://t/kept": "00" });
  await cli.fill(Object.fromEntries(names.map((name) => [`memory://t/${name}`, name])));
  const saved = await cli.run(["sync", "--delete", "--save-plan", PLAN, "memory://s/", "memory://t/"]);
  assertEquals(saved.code, 0, saved.stderr);
  const removed: string[] = [];
  for (let number = 1; number <= 3; number++) {
    const shard = ["run", "--plan", PLAN, "--shard", `${number}/3`];
    const dry = await cli.run([...shard, "--dry-run"]);
    const { code, stdout } = await cli.run(shard);
    assertEquals([code, dry.stdout.replaceAll("(dry run) ", "")], [0, stdout]);
    const lines = stdout.match(/^rm .*$/gm) ?? [];
    assertEquals([lines.length > 0, lines.length < 24], [true, true]);
    removed.push(...lines);
    const left = Object.keys(await cli.contents("memory://t/"));
    assertEquals(left.length, 1 + 24 - removed.length);
  }
  assertEquals(removed.sort(), names.map((name) => `rm memory://t/${name}`).sort());
  assertEquals(await cli.contents("memory://t/"), { "memory://t/kept": "1" });
});

Deno.test("lade mv --save-plan removes a source only when the plan is executed, and only as it was", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "a": "1", "b": "2" });
  const { path } = directory;
  const sources = [`${path}/a`, `${path}/b`];
  const { code, stderr } = await cli.run([
    "mv",
    "--save-plan",
    `${path}/plan`,
    ...sources,
    "memory://moved/",
  ]);
  assertEquals(code, 0, stderr);
  assertEquals(await Deno.readTextFile(`${path}/a`), "1");
  await Deno.utime(`${path}/b`, new Date(0), new Date(0));
  const ran = await cli.run(["run", "--plan", `${path}/plan`]);
  assertEquals([ran.code, ran.stdout], [1, `mv file://${path}/a memory://moved/a\n`], ran.stderr);
  assert(ran.stderr.includes(`"file://${path}/b"`) && ran.stderr.includes("plan it again"), ran.stderr);
  assertEquals(Array.from(Deno.readDirSync(path), ({ name }) => name).sort(), ["b", "plan"]);
  assertEquals(await cli.contents("memory://moved/"), { "memory://moved/a": "1" });
});

Deno.test("a saved plan keeps how objects are transferred", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a.csv": "1,2", "d/b.txt": "text" });
  const { path } = directory;
  await using cli = await S3Here.start();
  const options = [
    "--zstd",
    "1",
    "--metadata",
    "x=y",
    "--tag",
    "t=u",
    "--expires",
    "2030-01-02T03:04:05Z",
    "--no-mtime",
  ];
  const saved = await cli.run([
    "put",
    "-r",
    ...options,
    "--save-plan",
    `${path}/plan`,
    `${path}/d`,
    "s3://bucket/d/",
  ]);
  assertEquals(saved.code, 0, saved.stderr);
  const { code, stderr } = await cli.run(["run", "--plan", `${path}/plan`]);
  assertEquals(code, 0, stderr);
  const { metadata, expires, tagCount } = await cli.lade.stat("s3://bucket/d/a.csv.zst");
  assertEquals([metadata, expires, tagCount], [{ x: "y" }, new Date("2030-01-02T03:04:05Z"), 1]);
  async function* whole() {
    yield await cli.lade.get("s3://bucket/d/a.csv.zst");
  }
  let text = "";
  for await (const chunk of decompressZstd(whole(), { uri: "s3://bucket/d/a.csv.zst" })) {
    text += new TextDecoder().decode(chunk);
  }
  assertEquals(text, "1,2");
  const back = await cli.run([
    "get",
    "-r",
    "--decompress",
    "--save-plan",
    `${path}/back`,
    "s3://bucket/d/",
    `${path}/e/`,
  ]);
  assertEquals(back.code, 0, back.stderr);
  cli.fake.putObject("bucket", "d/b.txt.zst", "another one");
  const ran = await cli.run(["run", "--plan", `${path}/back`]);
  assertEquals([ran.code, await Deno.readTextFile(`${path}/e/a.csv`)], [1, "1,2"], ran.stderr);
  assert(ran.stderr.includes('"s3://bucket/d/b.txt.zst": it is not what was planned'), ran.stderr);
});

Deno.test("a plan is written to a new file, and not at all where planning is given up", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "precious": "data", "d/a": "1" });
  const { path } = directory;
  await cli.fill({ "memory://s/a": "1" });
  const taken = await cli.run(["cp", "--save-plan", `${path}/precious`, "memory://s/a", "memory://t/a"]);
  assertEquals([taken.code, await Deno.readTextFile(`${path}/precious`)], [1, "data"]);
  assert(/exists/.test(taken.stderr), taken.stderr);
  const lacking = [
    "cp",
    "--fail-fast",
    "--save-plan",
    `${path}/new`,
    "memory://s/none",
    "memory://s/a",
    "memory://t/",
  ];
  const given = await cli.run(lacking);
  assertEquals([given.code, given.stderr.includes("no plan was saved")], [1, true], given.stderr);
  assertEquals(Array.from(Deno.readDirSync(path), ({ name }) => name).sort(), ["d", "precious"]);
  const partly = await cli.run(lacking.filter((word) => word !== "--fail-fast"));
  assertEquals([partly.code, partly.stdout], [1, "(dry run) cp memory://s/a memory://t/a\n"]);
  const moved = await cli.run(["mv", "-r", "--save-plan", `${path}/tree`, `${path}/d`, "memory://t/"]);
  assertEquals([moved.code, moved.stderr.includes("a local directory is moved as a whole")], [1, true]);
});

Deno.test("lade run and --save-plan refuse what does not go together", async () => {
  await using cli = new CliHere();
  for (
    const [line, problem] of [
      ["run", "A file of commands is needed, or a plan by --plan."],
      ["run --plan p f", "A file of commands is needed, or a plan by --plan."],
      ["run --dry-run f", "--dry-run and --shard are for --plan."],
      ["run --shard 1/2 f", "--dry-run and --shard are for --plan."],
      ["cp --save-plan p --dry-run a b", "leave out --dry-run"],
      ["cp -r --links preserve --save-plan p a b", "With --save-plan links are followed."],
      ["sync --save-plan p --dry-run a b", "leave out --dry-run"],
      ["cp --save-plan p - b", "With --save-plan neither place can be -."],
      ["get --save-plan p a -", "With --save-plan neither place can be -."],
      ["cp --save-plan - a b", '"-" is not possible here'],
    ] as const
  ) {
    const { code, stderr } = await cli.run(line.split(" "));
    assertEquals([line, code, stderr.includes(problem)], [line, 2, true], stderr);
  }
});

Deno.test("a plan of nothing new with -n has nothing to do", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://s/a": "1", "memory://s/b": "2", "memory://t/a": "old" });
  const saved = await cli.run(["cp", "-r", "-n", "--save-plan", PLAN, "memory://s/", "memory://t/"]);
  assertEquals([saved.code, saved.stdout], [0, "(dry run) cp memory://s/b memory://t/b\n"], saved.stderr);
  assertEquals((await cli.run(["run", "--plan", PLAN])).code, 0);
  assertEquals(await cli.contents("memory://t/"), { "memory://t/a": "old", "memory://t/b": "2" });
});

/** Two trees and the plan of a sync that copies two, and deletes two objects. */
async function withSyncPlan(cli: CliHere): Promise<void> {
  await cli.fill({ "memory://s/new": "1", "memory://s/other": "22", "memory://s/same": "3" });
  await cli.fill({
    "memory://t/other": "old",
    "memory://t/same": "3",
    "memory://t/x": "x",
    "memory://t/y z": "yz",
  });
  const saved = await cli.run(["sync", "-c", "--delete", "--save-plan", PLAN, "memory://s/", "memory://t/"]);
  assertEquals([saved.code, saved.stdout.split("\n").sort()], [0, [
    "",
    "(dry run) cp memory://s/new memory://t/new",
    "(dry run) cp memory://s/other memory://t/other",
    "(dry run) rm 'memory://t/y z'",
    "(dry run) rm memory://t/x",
  ]], saved.stderr);
}

const SYNCED = { "memory://t/new": "1", "memory://t/other": "22", "memory://t/same": "3" };

Deno.test("lade sync --save-plan plans deletions too, which come last", async () => {
  await using cli = new CliHere();
  await withSyncPlan(cli);
  const before = await cli.contents("memory://t/");
  assertEquals(Object.keys(before).length, 4);
  const dry = await cli.run(["run", "--plan", PLAN, "--dry-run"]);
  assertEquals([dry.code, dry.stdout.match(/\(dry run\) rm/g)?.length], [0, 2], dry.stderr);
  assertEquals(await cli.contents("memory://t/"), before);
  const ran = await cli.run(["run", "--plan", PLAN]);
  assertEquals([ran.code, await cli.contents("memory://t/")], [0, SYNCED], ran.stderr);
  const lines = ran.stdout.trim().split("\n").map((line) => line.split(" ")[0]);
  assertEquals(lines, ["cp", "cp", "rm", "rm"]);
  assert(/run did 2 objects, .*2 deleted/.test(ran.stderr), ran.stderr);
});

Deno.test("lade run --plan deletes only what was listed, and nothing where something failed", async () => {
  await using cli = new CliHere();
  await withSyncPlan(cli);
  await cli.fill({ "memory://t/x": "somebody's" });
  const dry = await cli.run(["run", "--plan", PLAN, "--dry-run"]);
  assertEquals(
    [dry.code, dry.stderr.includes('"memory://t/x": it is not what was planned')],
    [1, true],
    dry.stderr,
  );
  const ran = await cli.run(["run", "--plan", PLAN]);
  assertEquals(ran.code, 1);
  assert(ran.stderr.includes('"memory://t/x"'), ran.stderr);
  assertEquals(await cli.contents("memory://t/"), { ...SYNCED, "memory://t/x": "somebody's" });
  await cli.lade.remove(PLAN);
  for (const name of ["new", "other", "x"]) await cli.lade.remove(`memory://t/${name}`);
  await withSyncPlan(cli);
  await cli.lade.remove("memory://s/new");
  const failed = await cli.run(["run", "--plan", PLAN]);
  assertEquals([failed.code, failed.stdout.includes("rm ")], [1, false]);
  assert(
    failed.stderr.includes("what is to be deleted stays, because not everything was done"),
    failed.stderr,
  );
  assertEquals(Object.keys(await cli.contents("memory://t/")), [
    "memory://t/other",
    "memory://t/same",
    "memory://t/x",
    "memory://t/y z",
  ]);
});

Deno.test("no plan of a sync is saved that would delete too much, or that has a backup", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://s/a": "1", "memory://t/a": "1", "memory://t/x": "x", "memory://t/y": "y" });
  const line = ["sync", "--delete", "--save-plan", PLAN, "memory://s/", "memory://t/"];
  const many = await cli.run([...line, "--max-delete", "1"]);
  assertEquals([many.code, many.stderr.includes("2 objects would be deleted")], [1, true], many.stderr);
  assertEquals(await cli.lade.exists(PLAN), false);
  const backup = await cli.run([...line, "--backup-dir", "memory://old/"]);
  assertEquals([backup.code, backup.stderr.includes("--backup-dir is no part of a plan")], [2, true]);
});
