import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** A bucket in which `key` has two versions, `gone` is deleted, and there is more under `data/`. */
async function start(): Promise<{ here: S3Here; first: string; second: string; marker: string }> {
  const here = await S3Here.start({ versioning: true, objects: { "data/a": "a", "data/deep/b": "b" } });
  const first = here.fake.putObject("bucket", "key", "first").versionId;
  const second = here.fake.putObject("bucket", "key", "second!").versionId;
  here.fake.putObject("bucket", "gone", "was here");
  await here.run(["rm", "s3://bucket/gone"]);
  const marker = here.fake.bucket("bucket").versions("gone")[0]?.versionId ?? "";
  return { here, first, second, marker };
}

/** What is left in a bucket, versions and all: the keys with the number of their versions. */
function versionsLeft(here: S3Here): Record<string, number> {
  const bucket = here.fake.bucket("bucket");
  return Object.fromEntries(bucket.keys().map((key) => [key, bucket.versions(key).length]));
}

Deno.test("lade ls --versions shows every version of an object, the newest first, and its delete markers", async () => {
  const { here, first, second, marker } = await start();
  await using _ = here;
  const key = await here.run(["ls", "--versions", "s3://bucket/key"]);
  assertEquals(key.stdout.trim().split("\n").map((line) => line.slice(20)), [
    `            7 ${second} latest key`,
    `            5 ${first} older  key`,
  ]);
  const gone = await here.run(["ls", "--versions", "--json", "s3://bucket/gone"]);
  const [latest, older] = gone.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([latest.type, latest.version, latest.isLatest, latest.isDeleteMarker, latest.size], [
    "version",
    marker,
    true,
    true,
    undefined,
  ]);
  assertEquals([older.uri, older.isLatest, older.isDeleteMarker, older.size], [
    "s3://bucket/gone",
    false,
    false,
    8,
  ]);
  assertStringIncludes((await here.run(["ls", "--versions", "s3://bucket/gone"])).stdout, "      deleted ");
});

Deno.test("lade ls --versions of a prefix folds what lies deeper, with -r it does not", async () => {
  const { here } = await start();
  await using _ = here;
  const names = async (...args: string[]) => {
    const { code, stdout, stderr } = await here.run(["ls", "--versions", ...args]);
    assertEquals(code, 0, stderr);
    return stdout.trim().split("\n").map((line) => line.replace(/.* /, ""));
  };
  assertEquals(await names("s3://bucket"), ["data/", "gone", "gone", "key", "key"]);
  assertEquals(await names("s3://bucket/data"), ["a", "deep/"]);
  assertEquals(await names("-r", "s3://bucket/data/"), ["a", "deep/b"]);
  assertEquals(await names("s3://bucket/key", "s3://bucket/data/a"), [
    "s3://bucket/key",
    "s3://bucket/key",
    "s3://bucket/data/a",
  ]);
  here.fake.putObject("bucket", "data", "an object too");
  assertEquals(await names("s3://bucket/data"), ["data", "data/"]);
  for (const place of ["s3://bucket/typo", "s3://bucket/typo/", "s3://bucket/dat"]) {
    const { code, stderr } = await here.run(["ls", "--versions", place]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "no such object or prefix");
  }
});

Deno.test("lade cat, stat, get and cp take a version", async () => {
  const { here, first } = await start();
  await using _ = here;
  await using directory = await TemporaryDirectory.make({});
  assertEquals((await here.run(["cat", "--version", first, "s3://bucket/key"])).stdout, "first");
  assertEquals((await here.run(["get", `--version=${first}`, "s3://bucket/key", "-"])).stdout, "first");
  const stat = await here.run(["stat", "--json", "--version", first, "s3://bucket/key"]);
  assertEquals([JSON.parse(stat.stdout).version, JSON.parse(stat.stdout).size], [first, 5]);
  await here.run(["get", "--version", first, "s3://bucket/key", `${directory.path}/old`]);
  await here.run(["cp", "--version", first, "s3://bucket/key", "s3://other/"]);
  await here.run(["cp", "--version", first, "s3://bucket/key", "s3://bucket/copy"]);
  await here.run(["cp", "--version", first, "--zstd", "1", "s3://bucket/key", `${directory.path}/z`]);
  assertEquals((await directory.tree())["old"], "first");
  assertEquals(
    (await here.run(["get", "--decompress", `${directory.path}/z.zst`, "-"])).stdout,
    "first",
  );
  assertEquals([here.texts("other")["key"], here.texts()["copy"]], ["first", "first"]);
  const dry = await here.run([
    "cp",
    "--dry-run",
    "--json",
    "--version",
    first,
    "s3://bucket/key",
    "s3://other/",
  ]);
  assertEquals([JSON.parse(dry.stdout).size, JSON.parse(dry.stdout).version], [5, first]);
});

Deno.test("lade cp of a version to its own name makes it the latest again, also where that ends in a slash", async () => {
  const { here, first } = await start();
  await using _ = here;
  const restore = (version: string, uri: string) => here.run(["cp", "--version", version, uri, uri]);
  assertEquals((await restore(first, "s3://bucket/key")).code, 0);
  assertEquals([here.texts()["key"], versionsLeft(here)["key"]], ["first", 3]);
  const latest = here.fake.object("bucket", "key")?.versionId ?? "";
  assertEquals((await restore(latest, "s3://bucket/key")).code, 0);
  const was = here.fake.bucket("bucket").versions("gone")[1]?.versionId ?? "";
  assertEquals((await restore(was, "s3://bucket/gone")).code, 0);
  assertEquals(here.texts()["gone"], "was here");
  const slash = here.fake.putObject("bucket", "x/", "one").versionId;
  here.fake.putObject("bucket", "x/", "two");
  assertEquals((await restore(slash, "s3://bucket/x/")).code, 0);
  assertEquals(here.texts()["x/"], "one");
});

Deno.test("lade rm --version removes that version for good: an older one, the latest, a delete marker", async () => {
  const { here, first, second, marker } = await start();
  await using _ = here;
  const rm = (version: string, uri: string, ...more: string[]) =>
    here.run(["rm", ...more, "--version", version, uri]);
  const dry = await rm(marker, "s3://bucket/gone", "--dry-run");
  assertEquals(dry.stdout, `(dry run) rm s3://bucket/gone (version ${marker})\n`);
  assertEquals(versionsLeft(here)["gone"], 2);
  assertEquals((await rm(marker, "s3://bucket/gone")).code, 0);
  assertEquals(here.texts()["gone"], "was here");
  const json = await rm(second, "s3://bucket/key", "--json");
  assertEquals(JSON.parse(json.stdout), {
    type: "operation",
    operation: "rm",
    destination: "s3://bucket/key",
    version: second,
    dryRun: false,
  });
  assertEquals(here.texts()["key"], "first");
  assertEquals((await rm(first, "s3://bucket/key")).code, 0);
  assertEquals(versionsLeft(here)["key"], undefined);
});

Deno.test("a deleted object and a delete marker are told apart", async () => {
  const { here, marker } = await start();
  await using _ = here;
  for (const command of ["cat", "stat"]) {
    const gone = await here.run([command, "s3://bucket/gone"]);
    assertMatch(gone.stderr, /no such object: its latest version is a delete marker; older ones can be read/);
    const version = await here.run([command, "--version", marker, "s3://bucket/gone"]);
    assertMatch(version.stderr, /that version is a delete marker, which has no content/);
    assertEquals([gone.code, version.code], [1, 1]);
  }
});

Deno.test("lade rm --version of what is not there fails, unless -f takes it for removed", async () => {
  const { here, first } = await start();
  await using _ = here;
  for (
    const [version, uri] of [[first, "s3://bucket/gone"], ["v".padEnd(32, "9"), "s3://bucket/key"]] as const
  ) {
    const { code, stdout, stderr } = await here.run(["rm", "--version", version, uri]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, `Cannot remove "${uri}": no version "${version}"`);
    assertEquals((await here.run(["rm", "-f", "--version", version, uri])).code, 0);
  }
  assertEquals(versionsLeft(here), { "data/a": 1, "data/deep/b": 1, gone: 2, key: 2 });
});

Deno.test("lade rm --versions removes all versions and markers, of an object or with -r of a prefix", async () => {
  const { here } = await start();
  await using _ = here;
  await here.run(["rm", "-r", "s3://bucket/data"]);
  assertEquals(versionsLeft(here)["data/a"], 2);
  const dry = await here.run(["rm", "-r", "--versions", "--dry-run", "s3://bucket/data"]);
  assertEquals(dry.stdout.trim().split("\n").length, 4);
  assertEquals(versionsLeft(here)["data/a"], 2);
  const refused = await here.run(["rm", "--versions", "s3://bucket/data/"]);
  assertStringIncludes(refused.stderr, "it is a prefix; add -r to remove everything under it");
  assertEquals((await here.run(["rm", "-r", "--versions", "s3://bucket/data"])).code, 0);
  assertEquals(versionsLeft(here), { gone: 2, key: 2 });
  assertEquals((await here.run(["rm", "--versions", "s3://bucket/gone"])).code, 0);
  assertEquals(versionsLeft(here), { key: 2 });
  for (const place of ["s3://bucket/gone", "s3://bucket/ke"]) {
    assertEquals((await here.run(["rm", "--versions", place])).code, 1);
    assertEquals((await here.run(["rm", "-r", "--versions", `${place}/`])).code, 1);
    assertEquals((await here.run(["rm", "-f", "--versions", place])).code, 0);
  }
  assertMatch(
    (await here.run(["rm", "-r", "--versions", "s3://bucket"])).stderr,
    /whole container; use -r --all/,
  );
  assertEquals(versionsLeft(here), { key: 2 });
  assertEquals((await here.run(["rm", "-r", "--all", "--versions", "s3://bucket"])).code, 0);
  assertEquals(versionsLeft(here), {});
});

Deno.test("lade rm -r --versions of what is an object and a prefix too removes nothing, also where one is deleted", async () => {
  const { here } = await start();
  await using _ = here;
  for (const key of ["key/x", "gone/x"]) here.fake.putObject("bucket", key, "below");
  await here.run(["rm", "s3://bucket/gone/x"]);
  const before = versionsLeft(here);
  for (const key of ["key", "gone"]) {
    for (const flags of [[], ["-f"], ["--dry-run"]]) {
      const { code, stderr } = await here.run(["rm", "-r", "--versions", ...flags, `s3://bucket/${key}`]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "it is an object and also a prefix");
    }
  }
  assertEquals(versionsLeft(here), before);
});

Deno.test("lade rb tells of versions, and removes them with -f --versions alone", async () => {
  const { here } = await start();
  await using _ = here;
  const before = versionsLeft(here);
  const objects = here.texts();
  for (const dryRun of [["--dry-run"], []]) {
    const plain = await here.run(["rb", "-f", ...dryRun, "s3://bucket"]);
    assertEquals([plain.code, plain.stdout], [1, ""]);
    assertStringIncludes(
      plain.stderr,
      "it keeps versions, which stay when its objects are removed; add -f --versions",
    );
  }
  assertEquals([versionsLeft(here), here.texts()], [before, objects]);
  const dry = await here.run(["rb", "-f", "--versions", "--dry-run", "s3://bucket"]);
  const count = Object.values(before).reduce((sum, one) => sum + one, 0);
  assertEquals(dry.stdout.trim().split("\n").length, count + 1);
  assertEquals(versionsLeft(here), before);
  assertEquals((await here.run(["rb", "-f", "--versions", "s3://bucket"])).code, 0);
  assertEquals(here.fake.buckets.has("bucket"), false);
});

Deno.test("lade rb -f --versions lists again until nothing is left, and not for ever", async () => {
  const { here } = await start();
  await using _ = here;
  const hidden = [
    { kind: "rewrite", from: /<IsTruncated>true/, to: "<IsTruncated>false" },
    { kind: "rewrite", from: /<NextKeyMarker>.*<\/NextVersionIdMarker>/, to: "" },
  ] as const;
  here.fake.settings.maxPageSize = 2;
  here.fake.faults.add({ match: { operation: "ListObjectVersions" }, action: hidden });
  assertEquals((await here.run(["rb", "-f", "--versions", "s3://bucket"])).code, 0);
  assertEquals(here.fake.buckets.has("bucket"), false);

  here.fake.createBucket("bucket", { versioning: "enabled" });
  here.fake.putObject("bucket", "a", "1");
  here.fake.faults.add({
    match: { operation: "DeleteObject", probability: 1 },
    action: { kind: "before", run: () => void here.fake.putObject("bucket", "a", "again") },
  });
  const endless = await here.run(["rm", "--versions", "s3://bucket/a"]);
  assertEquals(endless.code, 1);
  assertStringIncludes(endless.stderr, "is listed after all were removed");
});

Deno.test("versions that could mean something else are refused before anything is done", async () => {
  const { here, first } = await start();
  await using _ = here;
  const before = versionsLeft(here);
  const lines = [
    ["rm", "--version", "", "s3://bucket/key"],
    ["rm", "--version=", "s3://bucket/key"],
    ["rm", "--version", "s3://bucket/key"],
    ["rm", "--version", first, "s3://bucket/key", "s3://bucket/gone"],
    ["rm", "-r", "--version", first, "s3://bucket/data"],
    ["rm", "--versions", "--version", first, "s3://bucket/key"],
    ["rb", "--versions", "s3://bucket"],
    ["cat", "--version", first, "s3://bucket/key", "s3://bucket/gone"],
    ["cp", "-r", "--version", first, "s3://bucket/data/", "s3://other/"],
    ["mv", "--version", first, "s3://bucket/key", "s3://other/"],
  ];
  for (const args of lines) {
    const { code, stdout } = await here.run(args);
    assertEquals([args, code, stdout], [args, 2, ""]);
  }
  assertEquals(versionsLeft(here), before);
  assertEquals(here.texts("other"), {});
});

Deno.test("a store without versions says so in every command that names one", async () => {
  await using here = await S3Here.start();
  await using directory = await TemporaryDirectory.make({ a: "1" });
  await here.lade.put("memory://m/a", "1");
  for (const place of ["memory://m/a", `${directory.path}/a`]) {
    const lines = [
      ["ls", "--versions", place],
      ["cat", "--version", "1", place],
      ["stat", "--version", "1", place],
      ["cp", "--version", "1", place, "memory://m/b"],
      ["rm", "--version", "1", place],
      ["rm", "--versions", place],
      ["rm", "-f", "--version", "1", place],
    ];
    for (const args of lines) {
      const { code, stdout, stderr } = await here.run(args);
      assertEquals([args, code, stdout], [args, 1, ""], stderr);
      assertMatch(stderr, /versions/);
    }
  }
  assertEquals(await directory.tree(), { a: "1" });
});

Deno.test("by URI, versions are listed, read, restored and removed", async () => {
  const { here, first, second, marker } = await start();
  await using _ = here;
  const { lade } = here;
  const listed = await Array.fromAsync(lade.listVersions("s3://bucket/key"));
  assertEquals(listed.map(({ uri, version, isLatest }) => [uri, version, isLatest]), [
    ["s3://bucket/key", second, true],
    ["s3://bucket/key", first, false],
  ]);
  assertEquals(new TextDecoder().decode(await lade.get("s3://bucket/key", { version: first })), "first");
  assertEquals((await lade.stat("s3://bucket/key", { version: first })).size, 5);
  await lade.copy("s3://bucket/key", "s3://bucket/key", { version: first });
  assertEquals(here.texts()["key"], "first");
  assertEquals(await lade.remove("s3://bucket/gone", { version: marker }), 1);
  assertEquals(here.texts()["gone"], "was here");
  assertEquals(await lade.remove("s3://bucket/data/", { recursive: true, versions: true }), 2);
  assertEquals(versionsLeft(here), { gone: 1, key: 3 });
});
