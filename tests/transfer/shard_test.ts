import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { shardOf } from "../../packages/transfer/shard/mod.ts";
import { CliHere } from "../cli/run_here.ts";
import { S3Here } from "../cli/s3_here.ts";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";

const NAMES = Array.from({ length: 60 }, (_, i) => `${i % 3 ? "x/" : ""}größe ${i}.bin`);

function below(prefix: string, names: readonly string[] = NAMES): Record<string, string> {
  return Object.fromEntries(names.map((name) => [prefix + name, `content of ${name}`]));
}

Deno.test("the shards of cp together copy everything once, and each says which it is", async () => {
  await using cli = new CliHere();
  await cli.fill(below("memory://shards/a/"));
  const seen: string[] = [];
  for (const number of [1, 2, 3, 4]) {
    const args = ["cp", "-r", "--shard", `${number}/4`, "memory://shards/a", "memory://shards/b/"];
    const { code, stdout, stderr } = await cli.run(args);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, `lade: cp does shard ${number} of 4, and leaves the rest to the others\n`);
    assertMatch(stderr, new RegExp(`lade: cp did \\d+ objects?, .* of shard ${number} of 4 in`));
    const names = stdout.trim().split("\n").map((line) =>
      line.split("memory://shards/b/")[1]?.replace(/'$/, "") ?? ""
    );
    assertEquals(names.map((name) => shardOf(name, 4)), names.map(() => number));
    seen.push(...names);
  }
  assertEquals(seen.sort(), [...NAMES].sort());
  assertEquals(await cli.contents("memory://shards/b/"), below("memory://shards/b/"));
});

Deno.test("the share is the same by whatever name the source is given, and wherever it goes", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make(below("from/"));
  const shares: string[][] = [];
  for (
    const [from, to] of [["from", "one"], ["from/", "two/"], [`file://${directory.path}/from/`, "three"]]
  ) {
    const args = ["cp", "-r", "--shard=2/3", from?.includes(":") ? from : `${directory.path}/${from}`];
    const { code, stderr } = await cli.run([...args, `${directory.path}/${to}`]);
    assertEquals(code, 0, stderr);
    const under = `${to}`.replace("/", "") + "/";
    shares.push(
      Object.keys(await directory.tree()).filter((path) => path.startsWith(under)).map((path) =>
        path.slice(under.length)
      ),
    );
  }
  const expected = NAMES.filter((name) => shardOf(name, 3) === 2).sort();
  for (const share of shares) assertEquals(share.filter((path) => !path.endsWith("/")).sort(), expected);
});

Deno.test("--shard auto is the share of the process's variables, told in JSON too", async () => {
  await using cli = new CliHere();
  await cli.fill(below("memory://auto/a/"));
  const env = { SLURM_STEP_ID: "0", SLURM_PROCID: "1", SLURM_NTASKS: "2" };
  const args = ["cp", "--json", "-r", "--shard=auto", "memory://auto/a/", "memory://auto/b/"];
  const { code, stderr } = await cli.run(args, { env });
  assertEquals(code, 0, stderr);
  const [shard, summary] = stderr.trim().split("\n").map((line) => JSON.parse(line));
  const source = "SLURM_PROCID=1, SLURM_NTASKS=2";
  assertEquals(shard, { type: "shard", operation: "cp", number: 2, count: 2, source });
  const own = NAMES.filter((name) => shardOf(name, 2) === 2);
  assertEquals([summary.type, summary.objects, summary.shard], ["summary", own.length, {
    number: 2,
    count: 2,
  }]);
  assertEquals(await cli.contents("memory://auto/b/"), below("memory://auto/b/", own));
});

Deno.test("no variable is looked at without --shard", async () => {
  await using cli = new CliHere();
  await cli.fill(below("memory://unasked/a/"));
  const env = {
    SLURM_STEP_ID: "0",
    SLURM_PROCID: "0",
    SLURM_NTASKS: "4",
    RANK: "1",
    WORLD_SIZE: "2",
    JOB_COMPLETION_INDEX: "0",
  };
  const { code } = await cli.run(["cp", "-q", "-r", "memory://unasked/a/", "memory://unasked/b/"], { env });
  assertEquals(code, 0);
  assertEquals(Object.keys(await cli.contents("memory://unasked/b/")).length, NAMES.length);
});

Deno.test("what is no shard is a mistake of the command line, and nothing is done", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://mistakes/a/k": "1" });
  const places = ["memory://mistakes/a/", "memory://mistakes/b/"];
  const cases: readonly [readonly string[], Record<string, string>, string][] = [
    [["-r", "--shard=0/4"], {}, "counted from 1 to 4; a rank, counted from 0, has 1 added"],
    [["-r", "--shard=5/4"], {}, "counted from 1 to 4."],
    [["-r", "--shard=half"], {}, "is I/N with I from 1 to N"],
    [["-r", "--shard=auto"], {}, "none of JOB_COMPLETION_INDEX"],
    [["-r", "--shard=auto"], { JOB_COMPLETION_INDEX: "1" }, "LADE_SHARDS is not"],
    [["-r", "--shard=auto"], { SLURM_PROCID: "0", SLURM_NTASKS: "4" }, "start lade by srun"],
    [["--shard=1/2"], {}, "With --shard there is -r"],
  ];
  for (const command of ["cp", "mv"]) {
    for (const [options, env, problem] of cases) {
      const { code, stdout, stderr } = await cli.run([command, ...options, ...places], { env });
      assertEquals([code, stdout], [2, ""], stderr);
      assertStringIncludes(stderr.replaceAll(/\s+/g, " "), problem);
    }
  }
  const { code, stderr } = await cli.run(["cp", "--shard=1/2", "-", "memory://mistakes/k"], { stdin: ["1"] });
  assertEquals(code, 2, stderr);
  assertEquals(await cli.contents("memory://mistakes"), { "memory://mistakes/a/k": "1" });
});

Deno.test("the shards of mv together move everything, and each removes only its own", async () => {
  await using cli = await S3Here.start({ objects: below("a/") });
  for (const number of [2, 1, 3]) {
    const { code, stderr } = await cli.run([
      "mv",
      "-q",
      "-r",
      `--shard=${number}/3`,
      "s3://bucket/a/",
      "s3://other/b/",
    ]);
    assertEquals(code, 0, stderr);
    const left = Object.keys(cli.texts());
    assertEquals(left.filter((key) => shardOf(key.slice(2), 3) === number), []);
    if (number === 2) assertEquals(left.length, NAMES.filter((name) => shardOf(name, 3) !== 2).length);
  }
  assertEquals([cli.texts(), cli.texts("other")], [{}, below("b/")]);
});

Deno.test("a local directory is not moved in shards, for a link may lead to what another shard moves", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1" });
  await using cli = await S3Here.start();
  for (const to of ["s3://bucket/d/", `${directory.path}/e`]) {
    const { code, stderr } = await cli.run(["mv", "-r", "--shard=1/1", `${directory.path}/d`, to]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "a local directory is not moved in shards");
  }
  assertEquals([cli.texts(), await directory.tree()], [{}, { "d/a": "1" }]);
});

Deno.test("two names that --zstd makes one are refused, also where they are of different shards", async () => {
  const plain = NAMES.find((name) => shardOf(name, 2) !== shardOf(`${name}.zst`, 2)) ?? "";
  await using cli = new CliHere();
  await cli.fill({ [`memory://clash/a/${plain}`]: "plain", [`memory://clash/a/${plain}.zst`]: "compressed" });
  const codes: number[] = [];
  for (const number of [1, 2]) {
    const args = [
      "cp",
      "-q",
      "-r",
      "--zstd=1",
      `--shard=${number}/2`,
      "memory://clash/a/",
      "memory://clash/b/",
    ];
    const { code, stderr } = await cli.run(args);
    codes.push(code);
    if (code === 1) assertStringIncludes(stderr, "goes to the same name");
  }
  assertEquals(codes.sort(), [0, 1]);
});

Deno.test("two files that are decoded to one key are refused, also where they are of different shards", async () => {
  // Of two names of one key each shard has one.
  const decoded =
    Array.from({ length: 40 }, (_, i) => `${i}\\x`).find((name) =>
      shardOf(name, 2) !== shardOf(name.replace("\\", "%5C"), 2)
    ) ?? "";
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({
    [`d/${decoded}`]: "1",
    [`d/${decoded.replace("\\", "%5C")}`]: "2",
  });
  const codes: number[] = [];
  for (const number of [1, 2]) {
    const args = [
      "cp",
      "-q",
      "-r",
      "--map-names",
      "percent",
      `--shard=${number}/2`,
      `${directory.path}/d`,
      "memory://decoded/d/",
    ];
    const { code, stderr } = await cli.run(args);
    codes.push(code);
    if (code === 1) assertStringIncludes(stderr, "has its name");
  }
  assertEquals(codes.sort(), [0, 1]);
  assertEquals(Object.keys(await cli.contents("memory://decoded/d/")).length, 1);
});

Deno.test("a shard that has nothing of what is there is done, and one of nothing at all is not", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://one/a/k": "1" });
  const codes: number[] = [];
  for (const number of [1, 2, 3]) {
    codes.push(
      (await cli.run(["cp", "-r", `--shard=${number}/3`, "memory://one/a/", "memory://one/b/"])).code,
    );
  }
  assertEquals(codes, [0, 0, 0]);
  assertEquals(await cli.contents("memory://one/b/"), { "memory://one/b/k": "1" });
  assertEquals((await cli.run(["cp", "-r", "--shard=1/3", "memory://one/none/", "memory://one/b/"])).code, 1);
});

Deno.test("the shards of put and get bring a directory, with its empty ones, there and back", async () => {
  await using directory = await TemporaryDirectory.make(below("d/"));
  await Deno.mkdir(`${directory.path}/d/none`);
  await using cli = await S3Here.start();
  let notes = 0;
  for (const number of [1, 2]) {
    const put = await cli.run(["put", "-r", `--shard=${number}/2`, `${directory.path}/d`, "s3://bucket/d"]);
    notes += put.stderr.split("\n").filter((line) => line.includes("/d/none/")).length;
    assertEquals(put.code, 0, put.stderr);
  }
  assertEquals([cli.texts(), notes], [below("d/"), 1]);
  for (const number of [1, 2]) {
    const get = await cli.run([
      "get",
      "-q",
      "-r",
      `--shard=${number}/2`,
      "s3://bucket/d",
      `${directory.path}/back`,
    ]);
    assertEquals(get.code, 0, get.stderr);
  }
  for (const number of [1, 2]) {
    const cp = await cli.run([
      "cp",
      "-q",
      "-r",
      `--shard=${number}/2`,
      `${directory.path}/d`,
      `${directory.path}/copy`,
    ]);
    assertEquals(cp.code, 0, cp.stderr);
  }
  const tree = await directory.tree();
  const under = (root: string) =>
    Object.entries(tree).flatMap(([path, text]) =>
      path.startsWith(`${root}/`) ? [[path.slice(root.length), text]] : []
    );
  assertEquals(under("back"), under("d").filter(([path]) => path !== "/none/"));
  assertEquals(under("copy"), under("d"));
  assert(under("d").length > NAMES.length);
});
