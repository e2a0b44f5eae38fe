import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { FakeS3 } from "../fakes/s3/mod.ts";
import { S3Here } from "./s3_here.ts";

/** Runs `lade` with these permissions alone. */
async function runWith(
  allowed: readonly string[],
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string; fake: FakeS3 }> {
  await using here = await S3Here.start({
    allowed,
    objects: { data: "data", "data/a": "data/a", key: "key" },
  });
  return { ...await here.run(args), fake: here.fake };
}

const LIST = "s3:ListBucket";
const GET = "s3:GetObject";
const DELETE = "s3:DeleteObject";

Deno.test("lade ls and du show object and prefix of one name where only listing is allowed", async () => {
  const ls = await runWith([LIST], ["ls", "s3://bucket/data"]);
  assertEquals([ls.code, ls.stderr], [0, ""]);
  assertMatch(ls.stdout, / 4 +data\n.* data\/\n$/);
  const du = await runWith([LIST], ["du", "s3://bucket/data"]);
  assertMatch(du.stdout, /4 +1 +s3:\/\/bucket\/data\n +6 +1 +s3:\/\/bucket\/data\/\n$/);
});

Deno.test("lade ls and du of an object that may be read alone show it, and say what they do not know", async () => {
  for (const command of ["ls", "du"]) {
    const { code, stdout, stderr } = await runWith([GET], [command, "s3://bucket/key"]);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "key");
    assertStringIncludes(
      stderr,
      'whether there is anything under "s3://bucket/key/" is not known: Cannot list',
    );
    assertStringIncludes(stderr, "allow s3:ListBucket");
  }
});

Deno.test("a command that takes everything of a name fails where it may not list", async () => {
  for (const args of [["rm", "-r", "s3://bucket/data"], ["cp", "-r", "s3://bucket/data", "memory://to/"]]) {
    const { code, stderr, fake } = await runWith([GET, DELETE], args);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "allow s3:ListBucket");
    assertEquals(fake.objects("bucket").length, 3);
  }
});

Deno.test("lade rm tells of a missing object by a listing where it may not read", async () => {
  const missing = await runWith([LIST, DELETE], ["rm", "s3://bucket/ke"]);
  assertEquals([missing.code, missing.stdout], [1, ""]);
  assertStringIncludes(missing.stderr, 'Cannot remove "s3://bucket/ke": no such object');
  const there = await runWith([LIST, DELETE], ["rm", "s3://bucket/key"]);
  assertEquals([there.code, there.stderr, there.fake.object("bucket", "key")], [0, "", undefined]);
});

Deno.test("lade rm that may neither read nor list removes, and says that it did not look", async () => {
  const { code, stdout, stderr, fake } = await runWith([DELETE], ["rm", "s3://bucket/key"]);
  assertEquals([code, stdout, fake.object("bucket", "key")], [0, "rm s3://bucket/key\n", undefined]);
  assertMatch(stderr, /it is removed without a look: .*allow s3:GetObject/);
});

Deno.test("what fails is named with the permission that this step needs", async () => {
  const lines: [string[], string[], RegExp][] = [
    [[], ["ls", "s3://bucket/data"], /Cannot list "s3:\/\/bucket\/data\/": .*allow s3:ListBucket/],
    [[LIST, GET], ["rm", "s3://bucket/key"], /Cannot delete "s3:\/\/bucket\/key": .*allow s3:DeleteObject/],
    [[LIST], ["stat", "s3://bucket/key"], /"s3:\/\/bucket\/key": .*allow s3:GetObject/],
    [[LIST, GET], ["rm", "-r", "s3://bucket/data/"], /"s3:\/\/bucket\/data\/a": .*allow s3:DeleteObject/],
    [[LIST, GET], ["cp", "s3://bucket/key", "s3://bucket/copy"], /"s3:\/\/bucket\/copy": .*s3:PutObject/],
    [[], ["rb", "s3://bucket"], /"s3:\/\/bucket": .*allow s3:DeleteBucket/],
  ];
  for (const [permissions, args, message] of lines) {
    const { code, stderr } = await runWith(permissions, args);
    assertEquals(code, 1, stderr);
    assertMatch(stderr, message);
  }
});

Deno.test("a missing object that may be read and not listed is told as what it may be", async () => {
  const { code, stderr } = await runWith([GET], ["cat", "s3://bucket/missing"]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /allow s3:GetObject \(a missing object is refused so too, unless s3:ListBucket is allowed\)/,
  );
});

Deno.test("a key that ends in a slash and may not be looked up is told as what is not known", async () => {
  const { code, stderr } = await runWith([LIST], ["cat", "s3://bucket/data/"]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /it names a prefix; whether there is an object of that very key is not known: .*s3:GetObject.*; use ls\n/,
  );
});

Deno.test("lade rb of a bucket that holds something says so also where it may not be listed", async () => {
  const { code, stderr } = await runWith(["s3:DeleteBucket"], ["rb", "s3://bucket"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, 'Cannot remove "s3://bucket": it holds objects, older versions');
});

Deno.test("lade stat that is refused says so of stat", async () => {
  const { code, stderr } = await runWith([LIST], ["stat", "s3://bucket/key"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, 'Cannot stat "s3://bucket/key": ');
});
