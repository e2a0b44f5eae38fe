import { assertEquals, assertStringIncludes } from "@std/assert";
import { type FakeS3, startFakeS3 } from "./s3/mod.ts";
import { codeOf, type RawRequest, rawRequest } from "./s3/raw_client.ts";

async function code(fake: FakeS3, request: RawRequest): Promise<string> {
  return codeOf(await rawRequest(fake, request));
}

function constraint(region: string): string {
  return `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    `<LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
}

Deno.test("CreateBucket makes a bucket in the region it is told, which the signature must allow", async () => {
  await using fake = await startFakeS3();
  const create = (bucket: string, region?: string, body?: string) =>
    code(fake, {
      bucket,
      method: "PUT",
      ...(region === undefined ? {} : { region }),
      ...(body === undefined ? {} : { body }),
    });
  assertEquals(await create("home"), "200");
  assertEquals(await create("home"), "BucketAlreadyOwnedByYou");
  assertEquals(await create("away", "us-east-1", constraint("eu-west-1")), "200");
  assertEquals(await create("there", "eu-west-1", constraint("eu-west-1")), "200");
  assertEquals(await create("bad", "us-east-1", constraint("us-east-1")), "InvalidLocationConstraint");
  assertEquals(await create("bad", "us-east-1", constraint("nowhere")), "InvalidLocationConstraint");
  assertEquals(await create("bad", "eu-west-1"), "IllegalLocationConstraintException");
  assertEquals(
    await create("bad", "eu-west-1", constraint("eu-west-2")),
    "IllegalLocationConstraintException",
  );
  assertEquals(await create("bad", "us-east-1", "<CreateBucketConfiguration>"), "MalformedXML");
  assertEquals([...fake.buckets.values()].map(({ name, region }) => `${name} ${region}`), [
    "home us-east-1",
    "away eu-west-1",
    "there eu-west-1",
  ]);
  const location = await rawRequest(fake, { bucket: "away", query: "location", region: "eu-west-1" });
  assertStringIncludes(location.text, ">eu-west-1</LocationConstraint>");
  const listed = await rawRequest(fake, { query: "max-buckets=2" });
  assertEquals(listed.text.match(/<Name>\w+/g), ["<Name>away", "<Name>home"]);
  assertStringIncludes(listed.text, "<ContinuationToken>home</ContinuationToken>");
});

Deno.test("CreateBucket refuses names that break the rules", async () => {
  await using fake = await startFakeS3();
  const names = [
    "ab",
    "a".repeat(64),
    "Upper",
    "under_score",
    "-a-b",
    "a..b",
    "192.168.0.1",
    "xn--abc",
    "abc-s3alias",
  ];
  for (const bucket of names) {
    assertEquals(await code(fake, { bucket, method: "PUT" }), "InvalidBucketName", bucket);
  }
  for (const bucket of ["abc", "a.b-c", "a".repeat(63), "1bucket"]) {
    assertEquals(await code(fake, { bucket, method: "PUT" }), "200", bucket);
  }
});

Deno.test("HeadBucket always names the region, and DeleteBucket wants the bucket empty", async () => {
  await using fake = await startFakeS3();
  const bucket = "bucket";
  fake.createBucket(bucket);
  fake.putObject(bucket, "k", "x");
  const denied = { accessKeyId: "AKIAOTHER", secretAccessKey: "s" };
  fake.credentials.set("AKIAOTHER", { secretAccessKey: "s", owner: "111111111111" });
  for (
    const [request, status] of [[{}, 200], [{ credentials: denied }, 403], [
      { region: "eu-west-1" },
      400,
    ]] as const
  ) {
    const answer = await rawRequest(fake, { bucket, method: "HEAD", ...request });
    assertEquals([answer.status, answer.headers["x-amz-bucket-region"]], [status, "us-east-1"]);
  }
  assertEquals((await rawRequest(fake, { bucket: "missing", method: "HEAD" })).status, 404);
  assertEquals(await code(fake, { bucket, method: "DELETE" }), "BucketNotEmpty");
  fake.removeObject(bucket, "k");
  assertEquals(await code(fake, { bucket, method: "DELETE" }), "204");
  assertEquals(await code(fake, { bucket, method: "DELETE" }), "NoSuchBucket");
});

Deno.test("FakeS3 says so when it has not got an operation", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  for (const query of ["acl", "policy", "lifecycle", "cors", "object-lock"]) {
    assertEquals(await code(fake, { bucket: "bucket", query }), "NotImplemented");
  }
  assertEquals(await code(fake, { bucket: "bucket", key: "k", method: "POST" }), "MethodNotAllowed");
  assertEquals(await code(fake, { method: "DELETE" }), "MethodNotAllowed");
});

Deno.test("object tags are set, read and removed", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  fake.putObject("bucket", "k", "x");
  const target = { bucket: "bucket", key: "k", query: "tagging" };
  const tagging = (tags: string) => `<Tagging><TagSet>${tags}</TagSet></Tagging>`;
  const tag = (key: string) => `<Tag><Key>${key}</Key><Value>v = ä</Value></Tag>`;
  assertEquals(await code(fake, { ...target, method: "PUT", body: tagging(tag("a") + tag("b")) }), "200");
  assertStringIncludes((await rawRequest(fake, target)).text, tag("a") + tag("b"));
  assertEquals(
    await code(fake, { ...target, method: "PUT", body: tagging(tag("a") + tag("a")) }),
    "InvalidTag",
  );
  const foreign = tagging("<Tag><Key>a</Key><Value>b &amp; c</Value></Tag>");
  assertEquals(await code(fake, { ...target, method: "PUT", body: foreign }), "InvalidTag");
  assertEquals(await code(fake, { ...target, method: "PUT", body: "<TagSet/>" }), "MalformedXML");
  assertEquals(await code(fake, { ...target, method: "DELETE" }), "204");
  assertEquals(fake.object("bucket", "k")?.attributes.tags, []);
  assertEquals(await code(fake, { ...target, key: "missing" }), "NoSuchKey");
});
