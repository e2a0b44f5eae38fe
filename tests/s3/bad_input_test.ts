import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  InvalidNameError,
  NotFoundError,
  PermissionDeniedError,
  type StoreError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedError,
} from "@lade/core";
import { createTransport } from "@lade/service/http";
import { openS3Store, type S3Options, s3Provider } from "@lade/s3";
import { makeCertificate, startFakeS3 } from "../fakes/s3/mod.ts";
import { noise } from "./noise.ts";
import { bare, fakeConfig, openBucket, openFake } from "./open_fake.ts";

const KEYS: S3Options = { credentials: { accessKeyId: "AKIA", secretAccessKey: "hush" } };

/** The error of a head() by these options, without the waits between its tries. */
async function failure(config: S3Options): Promise<StoreError> {
  await using store = await openS3Store("bucket", {
    config: { ...KEYS, ...config },
    surroundings: { ...bare, transport: (given) => createTransport({ ...given, random: () => 0 }, {}) },
  });
  return await assertRejects(() => store.head("object")) as StoreError;
}

Deno.test("a host that does not resolve is an UnavailableError that says so", async () => {
  const error = await failure({ endpoint: "https://nobody.invalid" });
  assertInstanceOf(error, UnavailableError);
  assert(/resolve|name/.test(error.message), error.message);
  assertStringIncludes(error.message, "nobody.invalid");
});

Deno.test("a port that nobody listens at is an UnavailableError that says so", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const error = await failure({ endpoint: `http://127.0.0.1:${port}` });
  assertInstanceOf(error, UnavailableError);
  assert(/refused|listens/.test(error.message), error.message);
});

Deno.test("a certificate of an unknown issuer is an UnavailableError, and a CA bundle mends it", async () => {
  const certificate = await makeCertificate({ hosts: ["127.0.0.1"] });
  await using fake = await startFakeS3({ tls: certificate, buckets: ["bucket"] });
  fake.putObject("bucket", "object", "content");
  const error = await failure({ endpoint: fake.url });
  assertInstanceOf(error, UnavailableError);
  assert(/certificate/.test(error.message), error.message);
  const path = await Deno.makeTempFile({ suffix: ".pem" });
  try {
    await Deno.writeTextFile(path, certificate.cert);
    await using store = await openS3Store("bucket", {
      config: { ...fakeConfig(fake), caBundle: path },
      surroundings: { env: () => undefined },
    });
    assertEquals((await store.head("object")).size, 7);
    assertEquals(await Array.fromAsync(store.deleteMany(["a", "b"])), [{ key: "a" }, { key: "b" }]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("https to a port that speaks http is an UnavailableError that says so", async () => {
  await using fake = await startFakeS3();
  const error = await failure({ endpoint: fake.url.replace("http:", "https:") });
  assertInstanceOf(error, UnavailableError);
  assert(/TLS|tls|https/.test(error.message), error.message);
});

Deno.test("an endpoint that is no S3 service is an error that names it", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("<html>hello</html>"),
  );
  try {
    await using store = await openS3Store("bucket", {
      config: { ...KEYS, endpoint: `http://127.0.0.1:${server.addr.port}` },
      surroundings: bare,
    });
    const error = await assertRejects(() => Array.fromAsync(store.list()));
    assertStringIncludes(String(error), "not that of an S3 service");
  } finally {
    await server.shutdown();
  }
});

Deno.test("a bucket that does not exist is a NotFoundError that names the endpoint", async () => {
  await using fake = await startFakeS3();
  await using store = await openBucket(fake);
  for (
    const call of [
      () => store.get("object"),
      () => store.put("object", noise(1)),
      () => store.delete("object"),
    ]
  ) {
    const error = await assertRejects(call, NotFoundError);
    assertStringIncludes(error.message, `no such bucket at 127.0.0.1:${fake.port}`);
  }
  await assertRejects(() => store.head("object"), NotFoundError);
  await assertRejects(() => Array.fromAsync(store.list()), NotFoundError);
  const results = await Array.fromAsync(store.deleteMany(["a", "b"]));
  for (const { error } of results) assertInstanceOf(error, NotFoundError);
});

Deno.test("a bucket of somebody else is a PermissionDeniedError that names who asked and what is missing", async () => {
  await using fake = await startFakeS3();
  fake.createBucket("bucket", { owner: "999999999999" });
  fake.putObject("bucket", "object", "content");
  await using store = await openBucket(fake);
  for (const call of [() => store.get("object"), () => store.head("object")]) {
    const error = await assertRejects(call, PermissionDeniedError);
    assertStringIncludes(error.message, `access key "${fake.accessKeyId}" (from the options)`);
    assertStringIncludes(error.message, "allow s3:GetObject");
  }
});

Deno.test("no credentials at all is an UnauthenticatedError that says what to set", async () => {
  const before = Deno.env.get("AWS_EC2_METADATA_DISABLED");
  Deno.env.set("AWS_EC2_METADATA_DISABLED", "true");
  try {
    await using store = await openS3Store("bucket", {
      config: { endpoint: "http://127.0.0.1:1" },
      surroundings: bare,
    });
    const error = await assertRejects(() => store.head("object"), UnauthenticatedError);
    assertStringIncludes(error.message, "no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  } finally {
    if (before === undefined) Deno.env.delete("AWS_EC2_METADATA_DISABLED");
    else Deno.env.set("AWS_EC2_METADATA_DISABLED", before);
  }
});

Deno.test("a key of 1,025 bytes is an InvalidNameError, before any request", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  await assertRejects(() => store.put("k".repeat(1025), noise(1)), InvalidNameError);
  await assertRejects(() => store.get("é".repeat(513)), InvalidNameError);
  assertEquals(fake.requests, []);
  await store.put("k".repeat(1024), noise(1));
});

for (const name of ["", "ab", "-ab", "a..b", "127.0.0.1", "a b", "bücket", "a".repeat(256), "a@", "a@b c"]) {
  Deno.test(`the bucket name ${JSON.stringify(name.slice(0, 20))} is an InvalidNameError`, async () => {
    await assertRejects(() => openS3Store(name, { config: KEYS, surroundings: bare }), InvalidNameError);
    assertThrows(() => s3Provider(bare).parse(`s3://${name}/key`), InvalidNameError);
  });
}

Deno.test("createContainer() refuses names that only old buckets have", async () => {
  for (const name of ["Upper", "under_score", "a.-b", "x".repeat(64)]) {
    await assertRejects(
      () => s3Provider(bare).createContainer(name, { config: { ...KEYS } }),
      InvalidNameError,
    );
  }
});

Deno.test("ARNs and directory buckets are UnsupportedErrors", async () => {
  for (const name of ["arn:aws:s3:::bucket", "name--use1-az4--x-s3"]) {
    await assertRejects(() => openS3Store(name, { config: KEYS, surroundings: bare }), UnsupportedError);
  }
});

Deno.test("presign() of what no URL can hold is refused", async () => {
  await using opened = await openFake();
  const { store } = opened;
  for (const expiresInMs of [0, -1, NaN, 7 * 86_400_000 + 1]) {
    await assertRejects(() => store.presign("object", { expiresInMs }), RangeError);
  }
  await assertRejects(() => store.presign("a/../b", { expiresInMs: 1000 }), UnsupportedError);
  const url = await store.presign("a b/ä?#%2F+&=", { expiresInMs: 60_000 });
  assertEquals(url.pathname, "/bucket/a%20b/%C3%A4%3F%23%252F%2B%26%3D");
});

Deno.test("presign() of what a URL cannot carry is refused, and only there", async () => {
  const presigned = async (config: S3Options, method: "DELETE" | "GET" | "PUT") => {
    await using opened = await openFake({ config });
    const presigning = opened.store.presign("object", { method, expiresInMs: 60_000 });
    return await presigning.then(
      () => "made",
      (error) => error instanceof UnsupportedError ? error.detail : error,
    );
  };
  const refusal = (name: string) => `a URL cannot carry the configuration ${name}`;
  const key = { sseCustomerKey: new Uint8Array(32) };
  for (
    const [config, get, put] of [
      [{}, "made", "made"],
      [{ sse: "AES256" }, "made", refusal("sse")],
      [{ tags: { a: "b" } }, "made", refusal("tags")],
      [key, refusal("sseCustomerKey"), refusal("sseCustomerKey")],
    ] as const
  ) {
    assertEquals([await presigned(config, "GET"), await presigned(config, "PUT")], [get, put]);
    assertEquals(await presigned(config, "DELETE"), "made");
  }
});

Deno.test("metadata that no header can carry is refused or carried another way", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  await assertRejects(() => store.put("object", noise(1), { metadata: { "a b": "x" } }), InvalidNameError);
  await assertRejects(() => store.put("object", noise(1), { metadata: { "a\r\nb": "x" } }), InvalidNameError);
  await assertRejects(() =>
    store.put("object", noise(1), { contentType: "text/x\r\nx-amz-acl: public-read" })
  );
  assertEquals(fake.object("bucket", "object"), undefined);
  const metadata = { line: "a\r\nx-amz-acl: public-read", word: "ä" };
  await store.put("object", noise(1), { metadata });
  assertEquals((await store.head("object")).metadata, metadata);
});
