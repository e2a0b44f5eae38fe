import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import {
  getBytes,
  PermissionDeniedError,
  PreconditionFailedError,
  ServiceError,
  type StoreError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedError,
} from "@lade/core";
import { openS3Store, type S3Credentials, s3Provider } from "@lade/s3";
import { startFakeS3 } from "../fakes/s3/mod.ts";
import { CALLS } from "./calls.ts";
import { noise } from "./noise.ts";
import { bare, fakeConfig, openBucket, openFake, type OpenFakeOptions } from "./open_fake.ts";

const QUICK: OpenFakeOptions = { context: { random: () => 0 } };

for (const [name, call] of Object.entries(CALLS)) {
  Deno.test(`${name} corrects a wrong region once, and remembers it`, async () => {
    await using opened = await openFake({ ...QUICK, config: { region: "us-west-2" } });
    const { fake, store } = opened;
    fake.createBucket("bucket", { region: "eu-central-1" });
    fake.putObject("bucket", "object", "content");
    await call(store);
    assertEquals(store.region, "eu-central-1");
    const wrong = fake.requests.filter(({ status }) => status >= 300).length;
    assertEquals(wrong, 1);
    await call(store).catch(() => {});
    assertEquals(
      fake.requests.filter(({ errorCode }) => errorCode === "AuthorizationHeaderMalformed").length <= 1,
      true,
    );
  });

  Deno.test(`${name} renews credentials that the service calls expired`, async () => {
    await using fake = await startFakeS3({ buckets: ["bucket"] });
    fake.putObject("bucket", "object", "content");
    let round = 0;
    const next = (): Promise<S3Credentials> => {
      round++;
      const accessKeyId = `AKIAROUND${round}`;
      fake.credentials.set(accessKeyId, {
        secretAccessKey: "secret",
        sessionToken: `token-${round}`,
        ...(round === 1 ? { expiresAt: 0 } : {}),
      });
      return Promise.resolve({ accessKeyId, secretAccessKey: "secret", sessionToken: `token-${round}` });
    };
    await using store = await openBucket(fake, { ...QUICK, config: { credentials: next } });
    await call(store);
    assertEquals(round, 2);
  });

  Deno.test(`${name} says that fixed credentials have expired`, async () => {
    await using fake = await startFakeS3({ buckets: ["bucket"] });
    fake.putObject("bucket", "object", "content");
    fake.credentials.set("AKIAOLD", { secretAccessKey: "secret", sessionToken: "token", expiresAt: 0 });
    const credentials = { accessKeyId: "AKIAOLD", secretAccessKey: "secret", sessionToken: "token" };
    await using store = await openBucket(fake, { ...QUICK, config: { credentials } });
    const error = await assertRejects(() => call(store), UnauthenticatedError);
    assertStringIncludes(error.message, 'access key "AKIAOLD" (from the options) has expired');
    assert(!error.message.includes("token-") && !error.message.includes('"secret"'), error.message);
  });

  Deno.test(`${name} tells the clock skew`, async () => {
    await using opened = await openFake(QUICK);
    const { fake, store } = opened;
    fake.putObject("bucket", "object", "content");
    fake.clock = () => Date.now() + 3_600_000;
    const error = await assertRejects(() => call(store), UnauthenticatedError);
    const words = /the clock of this machine is (\d+) s behind that of the service; set the clock/;
    const [, seconds = ""] = words.exec(error.message) ?? [];
    // The service tells whole seconds, and its answer is on its way for a while.
    assert(Number(seconds) > 3_500 && Number(seconds) <= 3_600, error.message);
  });

  Deno.test(`${name} tells a wrong secret and an unknown key`, async () => {
    await using fake = await startFakeS3({ buckets: ["bucket"] });
    fake.putObject("bucket", "object", "content");
    for (
      const [accessKeyId, words] of [
        [fake.accessKeyId, "the signature does not fit"],
        ["AKIAUNKNOWN", "does not know"],
      ] as const
    ) {
      await using store = await openBucket(fake, {
        ...QUICK,
        config: { credentials: { accessKeyId, secretAccessKey: "hush-hush" } },
      });
      const error = await assertRejects(() => call(store), UnauthenticatedError);
      assertStringIncludes(error.message, words);
      assert(!Deno.inspect(error, { depth: 10 }).includes("hush-hush"), "the secret is shown");
    }
  });
}

Deno.test("deleteMany() deletes one by one where the service has no batches", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  for (const key of ["a", "b", "c"]) fake.putObject("bucket", key, "content");
  fake.faults.add({
    match: { operation: "DeleteObjects", times: Infinity },
    action: { kind: "status", status: 501, code: "NotImplemented" },
  });
  assertEquals(await Array.fromAsync(store.deleteMany(["a", "b", "missing"])), [
    { key: "a" },
    { key: "b" },
    { key: "missing" },
  ]);
  assertEquals(fake.objects("bucket").map(({ key }) => key), ["c"]);
});

const CODES: readonly (readonly [number, string, new (...args: never[]) => StoreError])[] = [
  [403, "AccessDenied", PermissionDeniedError],
  [501, "NotImplemented", UnsupportedError],
  [409, "OperationAborted", UnavailableError],
  [400, "NobodyKnows", ServiceError],
];

for (const [status, code, type] of CODES) {
  Deno.test(`both planes make the same error of ${code}`, async () => {
    await using opened = await openFake({ ...QUICK, transport: { retry: { maxAttempts: 2 } } });
    const { fake, store } = opened;
    fake.putObject("bucket", "object", "content");
    fake.faults.add({
      match: { where: ({ method }) => method !== "HEAD", times: Infinity },
      action: { kind: "status", status, code, message: "in its own words" },
    });
    for (const name of ["get()", "list()", "copy()", "createWriter()"]) {
      const error = await assertRejects(() => CALLS[name]?.(store) ?? Promise.resolve());
      assertInstanceOf(error, type, `${name}: ${error}`);
      const cause = (error as StoreError).cause;
      assertStringIncludes(String(cause), `${status} ${code}: in its own words`);
    }
  });
}

Deno.test("a 301 without a region names the endpoint that the service gives", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  fake.faults.add({
    match: { times: Infinity },
    action: { kind: "redirect", status: 301, to: "https://bucket.s3.eu-south-1.amazonaws.com" },
  });
  const error = await assertRejects(() => store.get("object"), ServiceError);
  assertStringIncludes(
    error.message,
    "the service names bucket.s3.eu-south-1.amazonaws.com; set region and endpoint",
  );
});

Deno.test("copy() sees the error that the service reports with status 200", async () => {
  await using opened = await openFake({ ...QUICK, transport: { retry: { maxAttempts: 3 } } });
  const { fake, store } = opened;
  fake.putObject("bucket", "object", "content");
  fake.faults.add({
    match: { operation: "CopyObject", times: 2 },
    action: { kind: "error-after-ok", code: "InternalError" },
  });
  await store.copy("object", "copy");
  assertEquals(new TextDecoder().decode(fake.bytes("bucket", "copy")), "content");
  fake.faults.add({
    match: { operation: "CopyObject", times: Infinity },
    action: { kind: "error-after-ok", code: "AccessDenied" },
  });
  await assertRejects(() => store.copy("object", "copy2"), PermissionDeniedError);
  assertEquals(fake.object("bucket", "copy2"), undefined);
});

Deno.test("copy() goes on in parts above the size of a single copy, pinned to one content", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  // Else the server would compute checksums of all these bytes.
  fake.createBucket("bucket", { discard: true });
  const size = 5 * 2 ** 30 + 1;
  const source = fake.putSynthetic("bucket", "object", { size, seed: 0 });
  source.attributes = { ...source.attributes, metadata: new Map([["name", "value"]]) };
  const result = await store.copy("object", "copy");
  assertEquals(result.size, size);
  const copy = fake.object("bucket", "copy");
  assertEquals(copy?.content.size, size);
  assertEquals(copy?.attributes.metadata.get("name"), "value");
  assertEquals(fake.requests.filter(({ operation }) => operation === "UploadPartCopy").length, 21);
  assertEquals(fake.uploads("bucket"), []);
});

Deno.test("copy() goes on in parts where the service has a lower limit of its own", async () => {
  await using opened = await openFake({ ...QUICK, server: { maxCopySize: 1000 } });
  const { fake, store } = opened;
  await store.put("object", noise(5000), { metadata: { name: "value" }, contentType: "text/x" });
  assertEquals((await store.copy("object", "copy")).size, 5000);
  assertEquals(fake.bytes("bucket", "copy"), noise(5000));
  const { contentType, metadata } = await store.head("copy");
  assertEquals([contentType, metadata], ["text/x", { name: "value" }]);
});

Deno.test("rename() leaves a source that changed after it was copied", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  await store.put("from", noise(10));
  fake.faults.add({
    match: { operation: "DeleteObject" },
    action: { kind: "before", run: () => void fake.putObject("bucket", "from", "newer") },
  });
  await assertRejects(() => store.rename("from", "to"), PreconditionFailedError);
  assertEquals(new TextDecoder().decode(fake.bytes("bucket", "from")), "newer");
});

Deno.test("the provider remembers the region of a bucket for the stores it opens later", async () => {
  await using fake = await startFakeS3();
  fake.createBucket("bucket", { region: "ap-south-1" });
  fake.putObject("bucket", "object", "content");
  const provider = s3Provider(bare);
  for (let i = 0; i < 2; i++) {
    await using store = await provider.open("bucket", { config: { ...fakeConfig(fake) } });
    await store.head("object");
  }
  assertEquals(fake.requests.map(({ status }) => status), [400, 200, 200]);
});

Deno.test("requests of a bucket whose requester pays carry the agreement", async () => {
  await using fake = await startFakeS3({ minPartSize: 1 });
  fake.createBucket("bucket", { requesterPays: true, owner: "999999999999", publicAccess: "read-write" });
  fake.putObject("bucket", "object", "content");
  await using refused = await openBucket(fake, QUICK);
  await assertRejects(() => refused.get("object"), PermissionDeniedError);
  await using store = await openBucket(fake, {
    ...QUICK,
    config: { requestPayer: true, multipart: { partSize: 10 } },
  });
  for (const call of Object.values(CALLS)) {
    fake.putObject("bucket", "object", "content");
    await call(store);
  }
  const { search } = await store.presign("object", { expiresInMs: 60_000 });
  assertStringIncludes(search, "x-amz-request-payer=requester");
});

Deno.test("requests of an anonymous store carry no signature", async () => {
  await using fake = await startFakeS3({ minPartSize: 1 });
  fake.createBucket("bucket", { publicAccess: "read-write" });
  await using store = await openS3Store("bucket", {
    config: { endpoint: fake.url, anonymous: true },
    surroundings: bare,
  });
  for (const call of Object.values(CALLS)) {
    fake.putObject("bucket", "object", "content");
    await call(store);
  }
  for (const { headers } of fake.requests) assertEquals(headers["authorization"], undefined);
  assertEquals(store.capabilities.presign, false);
});

Deno.test("a caller's key encrypts and decrypts, and the wrong one does not", async () => {
  await using opened = await openFake({
    ...QUICK,
    config: { sseCustomerKey: noise(32), multipart: { partSize: 1000 } },
  });
  const { fake, store } = opened;
  await store.put("small", noise(10));
  await store.put("large", noise(5000));
  await store.copy("large", "copy");
  for (const [key, size] of [["small", 10], ["large", 5000], ["copy", 5000]] as const) {
    assertEquals((await getBytes(store, key)).bytes, noise(size));
  }
  await using other = await openBucket(fake, {
    ...QUICK,
    config: { sseCustomerKey: btoa(String.fromCharCode(...noise(32, 2))) },
  });
  await assertRejects(() => other.get("small"));
  await using none = await openBucket(fake, QUICK);
  await assertRejects(() => none.get("small"));
});

Deno.test("writes carry encryption, storage class and tags", async () => {
  await using opened = await openFake({
    ...QUICK,
    config: {
      sse: "aws:kms",
      sseKmsKeyId: "alias/key",
      tags: { "a b": "c+d=e", e: "" },
      multipart: { partSize: 1000 },
    },
  });
  const { fake, store } = opened;
  await store.put("small", noise(10), { storageClass: "GLACIER_IR" });
  await store.put("large", noise(5000), { storageClass: "GLACIER_IR" });
  await store.copy("large", "copy");
  for (const key of ["small", "large", "copy"]) {
    const attributes = fake.object("bucket", key)?.attributes;
    assertEquals(attributes?.storageClass, "GLACIER_IR", key);
    assertEquals(attributes?.encryption.get("x-amz-server-side-encryption"), "aws:kms", key);
    assertEquals(attributes?.encryption.get("x-amz-server-side-encryption-aws-kms-key-id"), "alias/key", key);
    assertEquals(attributes?.tags, [["a b", "c+d=e"], ["e", ""]], key);
  }
});

Deno.test("many requests at once are all corrected by one that learns the region", async () => {
  await using opened = await openFake({ ...QUICK, config: { region: "us-west-2" } });
  const { fake, store } = opened;
  fake.createBucket("bucket", { region: "eu-central-1" });
  const calls = Array.from({ length: 20 }, (_, i) => store.put(`object-${i}`, noise(10)));
  await Promise.all([
    ...calls,
    store.copy("object-0", "copy").catch(() => {}),
    Array.fromAsync(store.list()),
  ]);
  assertEquals(store.region, "eu-central-1");
});
