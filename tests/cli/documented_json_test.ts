import { checkpoints } from "@lade/lade";
import { assert, assertEquals } from "@std/assert";
import { putTable, safetensorsFile, TFRECORD } from "./format_files.ts";
import { workloadResult } from "./workload_messages.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** A workload with everything that a result can have. */
const SPEC = {
  version: 1,
  target: "s3://bucket/w/",
  objects: { s: { count: 2, size: 1 } },
  phases: [{ put: "s" }, { mix: { get: 1 }, rate: 100, ramp: "10ms", ops: 2 }],
};
const PAGE = new URL("../../packages/cli/README.md", import.meta.url);
/** A row with every field. */
const OP_LOG =
  `thread	op	client_id	n_objects	bytes	endpoint	file	error	start	first_byte	last_byte	duration_ns	offset	length	lade_op	to_file	server
0	GET	c	1	5	s3://b/	k	odd: fault	2026-01-01T00:00:00Z	2026-01-01T00:00:00.5Z	2026-01-01T00:00:00.7Z	1000000000	0	5	get	x	host
0	GET	c	1	5	s3://b/	k		2026-01-01T00:00:00Z	2026-01-01T00:00:00.5Z	2026-01-01T00:00:00.7Z	1000000000	0	5	get	x	host
# rows=2 errors=1 dropped=0 complete
`;

Deno.test("every property that --json prints is in the tables of packages/cli/README.md", async () => {
  const documented = tables(await Deno.readTextFile(PAGE));
  await using directory = await TemporaryDirectory.make({ "d/a.txt": "1", "d/b": "22" });
  await directory.write("sums", `${"0".repeat(64)}  a.txt\n`);
  await Deno.symlink("/nowhere", `${directory.path}/d/broken`);
  await Deno.writeTextFile(`${directory.path}/d/.lade-00000000000000aa-1~tmp`, "left");
  await Deno.utime(`${directory.path}/d/.lade-00000000000000aa-1~tmp`, new Date(0), new Date(0));
  await using cli = await S3Here.start({ versioning: true, objects: { old: "0" } });
  await cli.lade.put("s3://bucket/model.safetensors", safetensorsFile([["t", "U8", [1], new Uint8Array(1)]]));
  await putTable(cli, "s3://bucket/t.arrow", 1);
  await cli.lade.put("s3://bucket/r.tfrecord", TFRECORD);
  await cli.lade.put("s3://bucket/log.tsv", OP_LOG);
  await cli.lade.put("s3://bucket/spec.json", JSON.stringify(SPEC));
  await cli.lade.put("s3://bucket/result.json", JSON.stringify(await workloadResult()));
  for (const series of ["c", "damaged"]) {
    await using saved = await checkpoints(`s3://bucket/${series}`, { lade: cli.lade });
    const tensors = [{ name: "w", dtype: "uint8", shape: [1], data: new Uint8Array(1) }] as const;
    for (const step of [1, 2]) await saved.save(step, { tensors, extras: { loader: step } }).committed;
  }
  for await (const { uri } of cli.lade.list("s3://bucket/damaged/data/")) await cli.lade.put(uri, "");
  const d = `${directory.path}/d`;
  await Deno.writeTextFile(`${directory.path}/commands`, "du s3://bucket\nls s3://bucket/none\n");
  const lines = [
    ["put", "-r", "-v", "--storage-class=STANDARD_IA", "--tag=a=b", d, "s3://bucket/d"],
    ["put", "-n", `${d}/b`, "s3://bucket/d/"],
    ["cp", "-r", "--shard=1/2", "--journal=s3://bucket/jobs/", "s3://bucket/d/", "s3://bucket/e/"],
    ["jobs", "status", "s3://bucket/jobs/"],
    ["ls", "s3://"],
    ["ls", "s3://bucket"],
    ["ls", "-r", "s3://bucket"],
    ["ls", "--versions", "s3://bucket/d/"],
    ["stat", "s3://bucket/d/a.txt"],
    ["cat", "-vv", "s3://bucket/none"],
    ["du", "s3://bucket"],
    ["check", "-r", d, "s3://bucket/d"],
    ["hash", "-v", "s3://bucket/d/a.txt"],
    ["show", "s3://bucket/model.safetensors"],
    ["head", "s3://bucket/model.safetensors"],
    ["convert", "s3://bucket/t.arrow", "s3://bucket/t.parquet"],
    ["index", "s3://bucket/r.tfrecord"],
    ["verify", "s3://bucket/model.safetensors", "s3://bucket/d/a.txt"],
    ["loader", "plan", "s3://bucket/d/"],
    ["loader", "run", "s3://bucket/d/"],
    ["loader", "pack", "s3://bucket/d/", "s3://bucket/packed/"],
    ["loader", "index", "s3://bucket/d/"],
    ["checkpoint", "ls", "s3://bucket/c/"],
    ["checkpoint", "show", "s3://bucket/c/"],
    ["checkpoint", "verify", "s3://bucket/damaged/"],
    ["checkpoint", "copy", "s3://bucket/c/", "s3://bucket/copy/"],
    ["checkpoint", "export", "s3://bucket/c/", "s3://bucket/exported/"],
    ["checkpoint", "pin", "s3://bucket/c/", "--step=1"],
    ["checkpoint", "gc", "s3://bucket/c/"],
    ["checkpoint", "recover", "s3://bucket/c/"],
    ["hash", "-c", `${directory.path}/sums`, "s3://bucket/d"],
    ["check", "-r", "s3://bucket", "s3://bucket/d"],
    ["get", "-v", "s3://bucket/d/b", `${directory.path}/b`],
    ["mv", "s3://bucket/d/a.txt", `${directory.path}/moved`],
    ["presign", "s3://bucket/d/b"],
    ["rm", "-v", "-r", "--versions", "s3://bucket/d"],
    ["run", `${directory.path}/commands`],
    ["sweep", "-f", "--older-than=1h", d],
    ["mb", "s3://made"],
    ["rb", "s3://made"],
    ["doctor", d],
    ["oplog", "cat", "s3://bucket/log.tsv"],
    ["oplog", "analyze", "--by", "size", "s3://bucket/log.tsv"],
    ["oplog", "sort", "s3://bucket/log.tsv", "s3://bucket/sorted.tsv"],
    ["replay", "s3://bucket/log.tsv", "--dry-run", "--prepare"],
    ["replay", "s3://bucket/log.tsv", "--read-only", "--asap"],
    ["workload", "check", "s3://bucket/spec.json"],
    ["workload", "run", "s3://bucket/spec.json"],
    ["workload", "compare", "s3://bucket/result.json", "s3://bucket/result.json"],
    ["workload", "clean", "s3://bucket/spec.json"],
    ["bench", "s3://bucket/bench/", "--time=1s", "--size=1KiB", "--concurrency=1"],
    ["man", "ls"],
  ];
  const seen = new Set<string>();
  for (const args of lines) {
    const { stdout, stderr } = await cli.run(["--json", ...args]);
    for (const line of (stdout + stderr).trim().split("\n")) {
      const { type, line: number, ...properties } = JSON.parse(line);
      if (number !== undefined) assertEquals(args[0], "run");
      const row = documented.get(type) ?? new Set();
      seen.add(type);
      assertEquals([args, type, Object.keys(properties).filter((name) => !row.has(name))], [args, type, []]);
    }
  }
  // Progress takes time, notes follow from what a service lacks, settings are told of stores that a command opens itself,
  // and jobs are left by what was interrupted.
  const unseen = [...documented.keys()].filter((type) =>
    !seen.has(type) && !["progress", "note", "settings", "job", "resumable"].includes(type)
  );
  assertEquals(unseen, []);
  assert(documented.get("object")?.has("storageClass"));
});

Deno.test("lade ls --json tells the storage class", async () => {
  await using cli = await S3Here.start();
  await cli.run(["pipe", "--storage-class=STANDARD_IA", "s3://bucket/a"], { stdin: ["1"] });
  const { stdout } = await cli.run(["ls", "--json", "s3://bucket"]);
  assertEquals(JSON.parse(stdout).storageClass, "STANDARD_IA");
});

/** The names of each type's properties. */
function tables(page: string): Map<string, ReadonlySet<string>> {
  const section = page.slice(page.indexOf("## JSON"), page.indexOf("## Permissions"));
  const rows = [...section.matchAll(/^\| `(\w+)` .*\|$/gm)];
  return new Map(rows.map(([row, type = ""]) => [type, new Set(row.match(/(?<=`)\w+(?=`)/g))]));
}
