import { assertEquals, assertStringIncludes } from "@std/assert";
import { S3Cli } from "./s3_cli.ts";

Deno.test("lade takes the URLs of a service as it takes their s3:// URIs, and names these", async () => {
  await using cli = await S3Cli.start({ f: "from here" });
  const { fake } = cli;
  const base = `${fake.url}/bucket`;
  fake.putObject("bucket", "d/a b+c?", "hello");
  fake.putObject("bucket", "d/100%", "world");
  const path = "d/a%20b+c%3F";
  assertEquals((await cli.run(["cat", `${base}/${path}`])).stdout, "hello");
  const listed = async (place: string) => (await cli.run(["ls", "--json", "-r", place])).stdout;
  assertEquals(await listed(`${base}/d/`), await listed("s3://bucket/d/"));
  assertStringIncludes(await listed(`${base}/`), '"uri":"s3://bucket/d/a b+c?"');
  assertEquals(await listed(base), await listed("s3://bucket"));
  const stat = await cli.run(["stat", `${base}/d/100%25`]);
  assertStringIncludes(stat.stdout, "s3://bucket/d/100%");
  const put = await cli.run(["cp", "f", `${base}/new/`]);
  assertEquals([put.code, put.stderr.includes("http")], [0, false], put.stderr);
  const { operations, code } = await cli.watch(["cp", "-q", `${base}/${path}`, `${base}/copies/`]);
  assertEquals([code, operations.includes("CopyObject"), operations.includes("GetObject")], [0, true, false]);
  const keys = ["copies/a b+c?", "d/100%", "d/a b+c?", "new/f"];
  assertEquals(fake.objects("bucket").map(({ key }) => key), keys);
  const removed = await cli.run(["rm", "-r", `${base}/d/`]);
  assertEquals([removed.code, fake.objects("bucket").length], [0, 2], removed.stderr);
  const missing = await cli.run(["cat", `${base}/none`]);
  assertStringIncludes(missing.stderr, 'Cannot get "s3://bucket/none": no such object');
  const doctor = await cli.run(["doctor", "--json", base]);
  assertEquals([doctor.code, doctor.stderr.includes('"uri":"s3://bucket"')], [0, true]);
});

Deno.test("lade makes and removes the bucket of a URL", async () => {
  await using cli = await S3Cli.start();
  const made = await cli.run(["mb", `${cli.fake.url}/made`]);
  assertEquals([made.code, made.stdout + made.stderr], [
    0,
    (await cli.run(["mb", "s3://made2"])).stdout.replace("made2", "made"),
  ]);
  const gone = await cli.run(["rb", `${cli.fake.url}/made/`]);
  assertEquals(gone.code, 0, gone.stderr);
  assertEquals((await cli.run(["ls", "s3://"])).stdout.includes("s3://made2"), true);
});

Deno.test("lade refuses presigned URLs and hosts that nobody claims, and asks nobody", async () => {
  await using cli = await S3Cli.start();
  const cases: [url: string, said: string][] = [
    [`${cli.fake.url}/bucket/a?X-Amz-Signature=hush`, "it is a presigned URL"],
    [`${cli.fake.url}/bucket/a?versionId=1`, 'no query is taken, and it has "versionId"'],
    [
      "https://example.com/bucket/a",
      'no store serves the host "example.com", known are https://BUCKET.s3.REGION',
    ],
    [`${cli.fake.url}/bucket/a#b`, "write %23 for one in a key"],
  ];
  for (const [url, said] of cases) {
    const { code, stdout, stderr } = await cli.run(["cat", url]);
    assertEquals([code, stdout], [1, ""], url);
    assertStringIncludes(stderr.replace(/\s+/g, " "), said);
    assertEquals(stderr.includes("hush"), false);
  }
  assertEquals(cli.fake.requests.length, 0);
});
