import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ServiceError } from "@lade/core";
import { startFakeS3 } from "../fakes/s3/mod.ts";
import { CALLS } from "./calls.ts";
import { openBucket, openFake, type OpenFakeOptions } from "./open_fake.ts";
import { serveDocuments } from "./serve_documents.ts";

const QUICK: OpenFakeOptions = { context: { random: () => 0 } };

for (const [name, call] of Object.entries(CALLS)) {
  Deno.test(`${name} follows a 307 with a signature of its own for the other host`, async () => {
    await using opened = await openFake(QUICK);
    await using other = await startFakeS3({ buckets: ["bucket"], minPartSize: 1 });
    const { fake, store } = opened;
    for (const server of [fake, other]) server.putObject("bucket", "object", "content");
    fake.faults.add({ match: { times: Infinity }, action: { kind: "redirect", status: 307, to: other.url } });
    await call(store);
    assert(other.requests.length > 0);
    for (const { headers, path } of other.requests) {
      const before = fake.requests.find((request) => request.path === path)?.headers["authorization"];
      assert(headers["authorization"] !== before, "the signature of the first host was sent to the second");
      assertEquals(headers["host"], new URL(other.url).host);
    }
  });

  Deno.test(`${name} lets no secret follow a redirect to another host, unless the user vouches for it`, async () => {
    await using opened = await openFake(QUICK);
    await using other = await startFakeS3({ buckets: ["bucket"], minPartSize: 1 });
    const { fake } = opened;
    for (const server of [fake, other]) {
      server.putObject("bucket", "object", "content");
      server.credentials.set("AKIATEMPORARY", { secretAccessKey: "secret", sessionToken: "session-token" });
    }
    fake.faults.add({ match: { times: Infinity }, action: { kind: "redirect", status: 307, to: other.url } });
    const temporary = {
      accessKeyId: "AKIATEMPORARY",
      secretAccessKey: "secret",
      sessionToken: "session-token",
    };
    const sseCustomerKey = btoa("k".repeat(32));
    for (const secret of [{ credentials: temporary }, { sseCustomerKey }]) {
      // Buckets and listings know no key of an object's.
      if ("sseCustomerKey" in secret && /list|delete/.test(name)) continue;
      await using store = await openBucket(fake, { ...QUICK, config: secret });
      const error = await assertRejects(() => call(store), ServiceError);
      assertEquals(other.requests.length, 0);
      assertStringIncludes(error.message, "goes to no other host; set redirectHosts to");
      assert(!error.message.includes("session-token") && !error.message.includes(sseCustomerKey));
    }
    const redirectHosts = new URL(other.url).host;
    await using store = await openBucket(fake, {
      ...QUICK,
      config: { credentials: temporary, redirectHosts },
    });
    await call(store);
    assert(other.requests.some(({ headers }) => headers["x-amz-security-token"] === "session-token"));
  });

  Deno.test(`${name} signs nothing for a host in the internet that a service redirects to`, async () => {
    await using opened = await openFake(QUICK);
    const { fake, store } = opened;
    fake.putObject("bucket", "object", "content");
    fake.faults.add({
      match: { times: Infinity },
      action: { kind: "redirect", status: 307, to: "https://elsewhere.invalid" },
    });
    const error = await assertRejects(() => call(store), ServiceError);
    assertStringIncludes(error.message, "elsewhere.invalid");
    assertStringIncludes(error.message, "redirectHosts");
  });
}

/** Starts a service that sends everything on to what `place` gives. */
function sendOn(
  place: () => string,
): { readonly url: string; readonly asked: () => number } & AsyncDisposable {
  let asked = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    asked++;
    return new Response(null, { status: 307, headers: { location: place() } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    asked: () => asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("a redirect to a presigned URL is followed without a signature and without a session token", async () => {
  await using opened = await openFake(QUICK);
  const { fake } = opened;
  fake.putObject("bucket", "object", "content");
  const presigned = await opened.store.presign("object", { expiresInMs: 60_000 });
  await using service = sendOn(() => presigned.href);
  await using store = await openBucket(fake, { ...QUICK, config: { endpoint: service.url } });
  assertEquals((await store.get("object").then((result) => result.cancel().then(() => result.info))).size, 7);
  const last = fake.requests.at(-1);
  assertEquals([last?.operation, last?.headers["authorization"]], ["GetObject", undefined]);
});

Deno.test("a service that redirects without end is followed three times", async () => {
  await using opened = await openFake(QUICK);
  let url = "";
  await using service = sendOn(() => `${url}/bucket/object`);
  url = service.url;
  await using store = await openBucket(opened.fake, { ...QUICK, config: { endpoint: url } });
  await assertRejects(() => store.head("object"));
  assertEquals(service.asked(), 4);
});

Deno.test("a call that is redirected and then told another region is made again as it was", async () => {
  await using opened = await openFake(QUICK);
  await using other = await startFakeS3({ buckets: ["bucket"], minPartSize: 1, region: "eu-west-1" });
  const { fake, store } = opened;
  for (const server of [fake, other]) server.putObject("bucket", "object", "content");
  fake.faults.add({
    match: { operation: "CopyObject", times: Infinity },
    action: { kind: "redirect", status: 307, to: other.url },
  });
  await store.copy("object", "copy");
  assert(other.object("bucket", "copy") !== undefined);
  const written = fake.requests.filter(({ method }) => method === "PUT");
  assertEquals(written.map(({ operation, path }) => `${operation} ${path}`), [
    "CopyObject /bucket/copy",
    "CopyObject /bucket/copy",
  ]);
  assertEquals(other.requests.map(({ operation }) => operation), ["CopyObject", "CopyObject"]);
});

Deno.test("a service that names another region each time is asked twice, by both planes", async () => {
  let count = 0;
  await using service = await serveDocuments(() => {
    const headers = { "x-amz-request-id": "1", "x-amz-bucket-region": `region-${++count}` };
    return new Response("<Error><Code>AuthorizationHeaderMalformed</Code></Error>", { status: 400, headers });
  });
  await assertRejects(() => service.store.delete("key"), ServiceError, "the service names");
  assertEquals(count, 2);
  const outcomes = await Array.fromAsync(service.store.deleteMany(["a", "b"]));
  assertEquals(outcomes.map(({ error }) => error instanceof ServiceError), [true, true]);
  assertEquals(count, 4);
});
