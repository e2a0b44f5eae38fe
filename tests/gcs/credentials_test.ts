import { createStoreContext, getBytes, PermissionDeniedError, UnauthenticatedError } from "@lade/core";
import { openGcsStore } from "@lade/gcs";
import { FakeClock } from "@lade/testing";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { resolveGcsConfig } from "../../packages/gcs/config/gcs_config.ts";
import { findCredential } from "../../packages/gcs/credentials/find_credential.ts";
import { GcsStore } from "../../packages/gcs/store/gcs_store.ts";
import { ACCOUNT, GoogleTokens, type SeenRequest } from "../../packages/gcs/testing/google_tokens.ts";
import { type FakeGcs, startFakeGcs } from "../fakes/gcs/mod.ts";

const KEYS = ["a", "a b+c%20&=?#", "dir/ä漢😀", "~!*'()", "a//b"];
const bytes = (text: string) => new TextEncoder().encode(text);

/** A fake, who gives tokens for it, and a store by credentials that are found in the files of a user. */
async function start(
  files: (google: GoogleTokens) => object,
  answer?: (seen: SeenRequest) => Response | undefined,
) {
  const fake = await startFakeGcs({ buckets: ["bucket"] });
  const fields = (path: string) => {
    const token = fake.issueToken(fake.principal, 3_600_000);
    return path.includes("generateAccessToken")
      ? { accessToken: token, expireTime: new Date(fake.clock() + 3_600_000).toISOString() }
      : { access_token: token, expires_in: 3600 };
  };
  const google = new GoogleTokens((seen) =>
    answer?.(seen) ?? (/computeMetadata/.test(seen.path) ? undefined : Response.json(fields(seen.path)))
  );
  google.files.set("/file", JSON.stringify(files(google)));
  const clock = new FakeClock({ now: fake.clock() });
  const around = { ...google.around(), clock, uri: "gs://bucket" };
  const store = new GcsStore("bucket", {
    url: fake.url,
    credential: findCredential(resolveGcsConfig({ credentialsFile: "/file" }, around.env), around),
    context: createStoreContext({ clock }),
    transport: { retry: { maxAttempts: 1 } },
  });
  const close = async () => {
    for (const one of [store, google, fake]) await one[Symbol.asyncDispose]();
  };
  return { fake, google, store, [Symbol.asyncDispose]: close };
}

/** Ends every token that the service gave. */
const endTokens = ({ tokens }: FakeGcs) => tokens.revoke();

for (
  const [name, files] of Object.entries({
    "the key of a service account": (google: GoogleTokens) => google.key(),
    "the login of a user": (google: GoogleTokens) => google.login(),
    "a service account that is acted as": (google: GoogleTokens) => google.acted(),
    "an identity of another provider": (google: GoogleTokens) => {
      google.files.set("/jwt", "jwt");
      return google.pool({ file: "/jwt" }, { service_account_impersonation_url: google.actedUrl });
    },
  })
) {
  Deno.test(`${name} authorizes writes, listings, reads and deletions of any key`, async () => {
    await using opened = await start(files);
    const { fake, google, store } = opened;
    await Promise.all(KEYS.map((key) => store.put(key, bytes(key), { metadata: { a: "1" } })));
    assertEquals((await Array.fromAsync(store.list(""), ({ key }) => key)).sort(), [...KEYS].sort());
    for (const key of KEYS) {
      assertEquals((await getBytes(store, key)).bytes, bytes(key));
      await store.delete(key);
    }
    assertEquals(fake.requests.filter(({ status }) => (status ?? 0) >= 400), []);
    const acts = /act|another/.test(name);
    assertEquals(google.seen.length, acts ? 2 : 1, "one token serves all");
  });
}

Deno.test("a token that ends in the middle of a transfer is renewed once for all requests that wait", async () => {
  await using opened = await start((google) => google.login());
  const { fake, google, store } = opened;
  const size = 40_000_000;
  fake.putSynthetic("bucket", "large", { size });
  await store.head("large");
  endTokens(fake);
  const target = new Uint8Array(size);
  await (await store.get("large")).readInto(target);
  await Promise.all(KEYS.map((key) => store.put(key, bytes(key))));
  assertEquals(google.seen.length, 2);
  endTokens(fake);
  await Promise.all(KEYS.map((key) => store.head(key)));
  assertEquals(google.seen.length, 3);
});

Deno.test("a login that was revoked in between is told, with how to log in", async () => {
  let isRevoked = false;
  const gone = { error: "invalid_grant", error_description: "Token has been expired or revoked." };
  await using opened = await start(
    (google) => google.login(),
    () => isRevoked ? Response.json(gone, { status: 400 }) : undefined,
  );
  await opened.store.put("k", bytes("x"));
  isRevoked = true;
  endTokens(opened.fake);
  const error = await assertRejects(() => opened.store.head("k"), UnauthenticatedError);
  assert(error.message.endsWith("; run gcloud auth application-default login"), error.message);
  assert(!/s3cret|r3fresh/.test(Deno.inspect(error, { depth: 20 })), "a secret is shown");
});

Deno.test("a service that refuses says whom it refuses", async () => {
  await using opened = await start((google) => google.key());
  const { fake, store } = opened;
  Object.assign(fake.principal, { permissions: new Set(["storage.objects.get"]) });
  const error = await assertRejects(() => store.put("k", bytes("x")), PermissionDeniedError);
  assert(error.message.includes(fake.principal.email) || error.message.includes(ACCOUNT), error.message);
});

Deno.test("a URL that the key of a service account signs reads, writes and deletes one object", async () => {
  const fake = await startFakeGcs({ buckets: ["bucket"] });
  await using _fake = fake;
  const private_key = fake.addSigner();
  await using google = new GoogleTokens(() =>
    Response.json({ access_token: fake.issueToken(), expires_in: 3600 })
  );
  google.files.set("/file", JSON.stringify(google.key({ private_key, client_email: fake.principal.email })));
  const clock = new FakeClock({ now: fake.clock() });
  const around = { ...google.around(), clock, uri: "gs://bucket" };
  await using store = new GcsStore("bucket", {
    url: fake.url,
    credential: findCredential(resolveGcsConfig({ credentialsFile: "/file" }, around.env), around),
    context: createStoreContext({ clock }),
    config: { storageClass: "NEARLINE" },
  });
  for (const key of KEYS) {
    let headers: Readonly<Record<string, string>> = {};
    const onHeaders = (needed: typeof headers) => void (headers = needed);
    const ask = async (method: "GET" | "PUT" | "DELETE", sent: RequestInit = {}) => {
      const url = await store.presign(key, { method, expiresInMs: 60_000, onHeaders });
      const answer = await fetch(url, { method, ...sent });
      return [answer.ok, await answer.text()];
    };
    assertEquals((await ask("PUT", { body: key }))[0], false, "without the header that is signed");
    assertEquals((await ask("PUT", { body: key, headers }))[0], true);
    assertEquals(await ask("GET"), [true, key]);
    assertEquals((await store.head(key)).storageClass, "NEARLINE");
    assertEquals((await ask("DELETE"))[0], true);
    assertEquals((await ask("GET"))[0], false);
  }
});

Deno.test("a store without credentials says where they were looked for", async () => {
  await using google = new GoogleTokens();
  const { env, read: readFile } = google.around({ NO_GCE_CHECK: "1" });
  await using store = await openGcsStore("bucket", { surroundings: { env, readFile } });
  const error = await assertRejects(() => store.head("k"), UnauthenticatedError);
  assert(error.message.includes("there are no application default credentials (GOOGLE_APPLI"), error.message);
});
