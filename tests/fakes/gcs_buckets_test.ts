import { assertEquals } from "@std/assert";
import { gcsRequest, reasonOf, startFakeGcs } from "./gcs/mod.ts";

Deno.test("a bucket is made in a project, described, changed and deleted once it is empty", async () => {
  await using fake = await startFakeGcs();
  const body = {
    name: "bucket",
    location: "europe-west3",
    storageClass: "NEARLINE",
    versioning: { enabled: true },
    billing: { requesterPays: false },
    hierarchicalNamespace: { enabled: true },
    retentionPolicy: { retentionPeriod: "60" },
    encryption: { defaultKmsKeyName: "projects/p/key" },
    labels: { a: "b" },
  };
  const post = (query: string, changes = {}) =>
    gcsRequest(fake, { method: "POST", path: `/storage/v1/b${query}`, body: { ...body, ...changes } });
  assertEquals(reasonOf(await post("")), "400 required");
  const made = JSON.parse((await post("?project=project")).text);
  assertEquals(made.location, "EUROPE-WEST3");
  for (
    const name of ["storageClass", "versioning", "hierarchicalNamespace", "encryption", "labels"] as const
  ) {
    assertEquals(made[name], body[name]);
  }
  assertEquals(made.retentionPolicy.retentionPeriod, "60");
  assertEquals(reasonOf(await post("?project=project")), "409 conflict");
  assertEquals(reasonOf(await post("?project=other")), "409 conflict");
  for (const name of ["ab", "Bucket", "a..b", "googol", "1.2.3.4", "a".repeat(64)]) {
    assertEquals(reasonOf(await post("?project=project", { name })), "400 invalid", name);
  }
  assertEquals(JSON.parse((await gcsRequest(fake, { path: "/b/bucket" })).text), made);
  const patch = {
    method: "PATCH",
    path: "/b/bucket",
    body: { versioning: { enabled: false }, retentionPolicy: null },
  };
  const patched = JSON.parse((await gcsRequest(fake, patch)).text);
  assertEquals([patched.versioning, patched.retentionPolicy, patched.metageneration], [
    undefined,
    undefined,
    "2",
  ]);
  fake.putObject("bucket", "a", "bytes");
  const drop = () => gcsRequest(fake, { method: "DELETE", path: "/b/bucket" });
  assertEquals(reasonOf(await drop()), "409 conflict");
  fake.removeObject("bucket", "a");
  assertEquals((await drop()).status, 204);
  assertEquals(reasonOf(await drop()), "404 notFound");
});

Deno.test("buckets are listed by project, over as many pages as it takes", async () => {
  await using fake = await startFakeGcs({ buckets: ["bbb", "aaa", "ccc"] });
  fake.createBucket("other", { project: "elsewhere" });
  const list = async (query: string) => {
    const { items = [], nextPageToken } = JSON.parse(
      (await gcsRequest(fake, { path: `/storage/v1/b${query}` })).text,
    );
    return [items.map(({ name }: { name: string }) => name).join(), nextPageToken];
  };
  assertEquals(await list("?project=project"), ["aaa,bbb,ccc", undefined]);
  assertEquals(await list("?project=project&maxResults=2"), ["aaa,bbb", "bbb"]);
  assertEquals(await list("?project=project&maxResults=2&pageToken=bbb"), ["ccc", undefined]);
  assertEquals(await list("?project=project&prefix=a"), ["aaa", undefined]);
  assertEquals(await list("?project=elsewhere"), ["other", undefined]);
  assertEquals(reasonOf(await gcsRequest(fake, { path: "/storage/v1/b" })), "400 required");
});

Deno.test("a bucket whose askers pay wants a project in the query or in a header field", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"], settings: { requesterPays: true } });
  fake.putObject("bucket", "a", "bytes");
  assertEquals(reasonOf(await gcsRequest(fake, { path: "/b/bucket/o" })), "400 userProjectMissing");
  assertEquals(reasonOf(await gcsRequest(fake, { path: "/bucket/a" })), "400 UserProjectMissing");
  assertEquals((await gcsRequest(fake, { path: "/b/bucket/o?userProject=p" })).status, 200);
  assertEquals(
    (await gcsRequest(fake, { path: "/bucket/a", headers: { "x-goog-user-project": "p" } })).status,
    200,
  );
});
