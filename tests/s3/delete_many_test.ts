import { assertEquals, assertRejects } from "@std/assert";
import {
  type DeleteResult,
  type ObjectToDelete,
  PermissionDeniedError,
  PreconditionFailedError,
  UnavailableError,
  UnsupportedError,
} from "@lade/core";
import { createTransport } from "@lade/service/http";
import { openS3Store, type S3Store } from "@lade/s3";
import { leadingTo } from "./leading_to.ts";
import { bare, openFake } from "./open_fake.ts";

async function deleteAll(
  store: S3Store,
  objects: readonly (string | ObjectToDelete)[],
): Promise<readonly DeleteResult[]> {
  return await Array.fromAsync(store.deleteMany(objects));
}

/** Opens a bucket of Amazon's whose answers are a status, or say what became of a batch; gives what was asked of it. */
async function atAmazon(
  answer: string | number,
  test: (store: S3Store, asked: string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    asked.push(`${request.method} ${await request.text()}`);
    if (typeof answer === "number") return new Response(null, { status: answer });
    return new Response(`<DeleteResult>${answer}</DeleteResult>`, {
      headers: { "content-type": "application/xml", "x-amz-request-id": "1" },
    });
  });
  await using store = await openS3Store("bucket", {
    config: { region: "eu-west-1", credentials: { accessKeyId: "id", secretAccessKey: "secret" } },
    surroundings: {
      ...bare,
      transport: (options) =>
        leadingTo(`http://127.0.0.1:${server.addr.port}`, createTransport({ ...options, kind: "tcp" }, {})),
    },
  });
  await test(store, asked);
}

Deno.test("S3Store.deleteMany() sends conditions and versions to Amazon in a batch, and tells each result apart", () =>
  atAmazon(
    "<Deleted><Key>a</Key></Deleted>" +
      "<Error><Key>b</Key><Code>PreconditionFailed</Code><Message>no</Message></Error>" +
      "<Deleted><Key>c</Key><VersionId>1</VersionId></Deleted>" +
      "<Error><Key>c</Key><VersionId>2</VersionId><Code>AccessDenied</Code><Message>no</Message></Error>" +
      "<Error><Key>d</Key><VersionId>9</VersionId><Code>NoSuchVersion</Code><Message>no</Message></Error>",
    async (store, asked) => {
      const results = await deleteAll(store, [
        { key: "a", ifMatch: "one" },
        { key: "b", ifMatch: "two" },
        { key: "c", version: "1" },
        { key: "c", version: "2" },
        { key: "d", version: "9" },
      ]);
      assertEquals(results.map(({ key, version, error }) => [key, version, error?.name]), [
        ["a", undefined, undefined],
        ["b", undefined, "PreconditionFailedError"],
        ["c", "1", undefined],
        ["c", "2", "PermissionDeniedError"],
        ["d", "9", undefined],
      ]);
      const denied = results[3]?.error;
      assertEquals(
        denied instanceof PermissionDeniedError && /s3:DeleteObjectVersion/.test(denied.message),
        true,
      );
      const [body = "", ...others] = asked;
      assertEquals(others, []);
      for (
        const part of [
          '<ETag>"one"</ETag>',
          '<ETag>"two"</ETag>',
          "<VersionId>1</VersionId>",
          "<VersionId>2</VersionId>",
        ]
      ) {
        assertEquals(body.replaceAll("&quot;", '"').includes(part), true, `${part} in ${body}`);
      }
    },
  ));

Deno.test("S3Store.deleteMany() takes no answer about another version for its own", () =>
  atAmazon(
    "<Deleted><Key>a</Key><VersionId>2</VersionId></Deleted><Deleted><Key>a</Key></Deleted>",
    async (store, asked) => {
      await deleteAll(store, [{ key: "a", version: "1" }, { key: "a", version: "3" }]);
      assertEquals(asked.map((line) => line.split(" ")[0]), ["POST", "DELETE", "DELETE"]);
    },
  ));

Deno.test("S3Store.deleteMany() does not send a batch with a condition again that a gateway has lost", () =>
  atAmazon(502, async (store, asked) => {
    const results = await deleteAll(store, [{ key: "a", ifMatch: "one" }, "b"]);
    assertEquals(results.map(({ error }) => error instanceof UnavailableError), [true, true]);
    assertEquals(asked.filter((line) => line.includes("<ETag>")).length, 1);
  }));

Deno.test("S3Store.deleteMany() sends conditions to other services as single requests", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  for (const key of ["a", "b", "c", "d"]) fake.putObject("bucket", key, key);
  const etag = fake.object("bucket", "a")?.etag ?? "";
  const results = await deleteAll(store, [
    { key: "a", ifMatch: etag },
    { key: "b", ifMatch: "other" },
    "c",
    "d",
  ]);
  assertEquals(results.map(({ error }) => error instanceof PreconditionFailedError), [
    false,
    true,
    false,
    false,
  ]);
  assertEquals(fake.objects("bucket").map(({ key }) => key).filter((key) => !key.includes("~")), ["b"]);
  const deletes = fake.requests.filter(({ operation }) => operation?.startsWith("Delete"));
  const conditional = deletes.filter(({ operation, key }) =>
    operation === "DeleteObject" && /^[ab]$/.test(key ?? "")
  );
  assertEquals(conditional.length, 2);
  assertEquals(deletes.filter(({ operation }) => operation === "DeleteObjects").length, 1);
});

Deno.test("S3Store.deleteMany() sends versions in batches once the service has shown one", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.bucket("bucket").versioning = "enabled";
  for (const text of ["1", "2", "3"]) for (const key of ["a", "b"]) fake.putObject("bucket", key, text);
  const versions = await Array.fromAsync(store.listVersions?.() ?? []);
  await deleteAll(store, versions.map(({ key, version }) => ({ key, version })));
  assertEquals([...fake.bucket("bucket").keys()], []);
  const deletes = fake.requests.map(({ operation }) => operation).filter((name) =>
    name?.startsWith("Delete")
  );
  assertEquals(deletes, ["DeleteObjects"]);
});

Deno.test("S3Store.deleteMany() deletes nothing by the version of a service that knows none", async () => {
  const deleted: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ method, url }) => {
    if (method === "DELETE" || method === "POST") deleted.push(url);
    return new Response(null, {
      status: method === "DELETE" ? 204 : 200,
      headers: { etag: '"e"', "last-modified": new Date(0).toUTCString(), "x-amz-request-id": "1" },
    });
  });
  await using store = await openS3Store("bucket", {
    config: {
      endpoint: `http://127.0.0.1:${server.addr.port}`,
      credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    },
    surroundings: bare,
  });
  const results = await deleteAll(store, [{ key: "a", version: "1" }, { key: "b", version: "2" }]);
  assertEquals(results.map(({ error }) => error instanceof UnsupportedError), [true, true]);
  assertEquals(deleted, []);
  await assertRejects(() => store.head("a", { version: "1" }), UnsupportedError);
  await assertRejects(() => store.delete("a", { version: "1" }), UnsupportedError);
  await assertRejects(() => store.copy("a", "b", { sourceVersion: "1" }), UnsupportedError);
});

Deno.test("S3Store.deleteMany() tells of the batches it sent before the keys failed", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const keys = Array.from({ length: 1500 }, (_, index) => `k${String(index).padStart(4, "0")}`);
  for (const key of keys) fake.putObject("bucket", key, "x");
  async function* failing() {
    yield* keys;
    throw new Error("the listing broke off");
  }
  const told: string[] = [];
  const deleting = async () => {
    for await (const { key, error } of store.deleteMany(failing())) if (!error) told.push(key);
  };
  await assertRejects(deleting, Error, "the listing broke off");
  const left = new Set(fake.objects("bucket").map(({ key }) => key));
  assertEquals(told, keys.slice(0, 1000));
  assertEquals(left.size, 500);
});

Deno.test("S3Store.deleteMany() deletes a key that XML cannot hold by a request of its own", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const keys = ["a", "b", "c\u0001", "d\uffff"];
  for (const key of keys) fake.putObject("bucket", key, key);
  assertEquals((await deleteAll(store, keys)).map(({ error }) => error), Array(4).fill(undefined));
  assertEquals(fake.objects("bucket"), []);
  const deletions = fake.requests.map(({ operation, key }) => `${operation} ${key}`).sort();
  assertEquals(deletions, ["DeleteObject c\u0001", "DeleteObject d\uffff", "DeleteObjects "]);
});
