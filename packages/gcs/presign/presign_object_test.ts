import fc from "fast-check";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createStoreContext, PermissionDeniedError, UnavailableError, UnsupportedError } from "@lade/core";
import { rsaSigner } from "@lade/service/credentials";
import { CredentialFault, TokenCache } from "@lade/service/tokens";
import { FakeClock } from "@lade/testing";
import { type GcsObjectConfig, xmlPath } from "../client/gcs_target.ts";
import type { GcsCredential, GcsToken } from "../credentials/gcs_credential.ts";
import { GcsStore } from "../store/gcs_store.ts";
import { ACCOUNT, PRIVATE_KEY } from "../testing/google_tokens.ts";
import { signUrl } from "./signed_url.ts";

const NOW = Date.UTC(2030, 1, 3, 4, 5, 6, 789);
const DAY = 24 * 60 * 60 * 1000;
/** Its own types would bring those of browsers into every file. */
const GOOGLES: string = "@google-cloud/storage";
const sign = await rsaSigner({ pem: PRIVATE_KEY, named: "the key" }, "RS256");

const bearer = (token: Partial<GcsToken>): GcsCredential => {
  const load = () => Promise.resolve({ value: { token: "t", ...token }, source: "a test" });
  return { kind: "bearer", tokens: new TokenCache({ load, renewable: false }, new FakeClock(), () => true) };
};

/** Opens a bucket by who signs. */
function open(
  credential: GcsCredential = bearer({ email: ACCOUNT, sign }),
  config: Partial<GcsObjectConfig> = {},
  url = "https://storage.googleapis.com",
): GcsStore {
  const context = createStoreContext({ clock: new FakeClock({ now: NOW }) });
  return new GcsStore("bucket", { url, credential, context, config });
}

Deno.test("signUrl() makes the URLs that Google's own library makes", async () => {
  const { Storage } = await import(GOOGLES);
  const storage = new Storage({
    projectId: "p",
    credentials: { client_email: ACCOUNT, private_key: PRIVATE_KEY },
  });
  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
  const value = fc.stringMatching(/^[!-~](?:[ -~]{0,12}[!-~])?$/);
  const request = fc.record({
    bucket: fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{1,40}[a-z0-9]$/).filter((name) => !name.includes("..")),
    key: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 })
      .filter((key) => key.isWellFormed() && !/[\r\n]|(?:^|\/)\.{1,2}(?:\/|$)/.test(key)),
    method: fc.constantFrom("GET", "PUT", "DELETE"),
    headers: fc.dictionary(word.map((name) => `x-goog-${name}`), fc.stringMatching(/^[!-~]{1,12}$/), {
      maxKeys: 3,
    }),
    query: fc.dictionary(fc.constantFrom("userProject", "generation", "response-content-type", "a b"), value),
    seconds: fc.integer({ min: 1, max: 604_800 }),
    nowMs: fc.integer({ min: Date.UTC(2040, 0, 1), max: Date.UTC(2090, 0, 1) }),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ bucket, key, method, headers, query, seconds, nowMs }) => {
      const startMs = Math.floor(nowMs / 1000) * 1000;
      const [theirs] = await storage.bucket(bucket).file(key).getSignedUrl({
        version: "v4",
        action: ({ GET: "read", PUT: "write", DELETE: "delete" } as const)[method],
        accessibleAt: startMs,
        expires: startMs + seconds * 1000,
        extensionHeaders: headers,
        queryParams: query,
      });
      const url = new URL(`https://storage.googleapis.com${xmlPath({ bucket }, key)}`);
      const ours = await signUrl({ method, url, query, headers, nowMs, seconds }, ACCOUNT, sign);
      const parts = (url: string | URL) => {
        const { origin, pathname, searchParams } = new URL(url);
        return [origin, pathname, Object.fromEntries(searchParams)];
      };
      assertEquals(parts(ours), parts(theirs));
    }),
    { numRuns: 300 },
  );
});

Deno.test("presign() signs for one object at the endpoint, from now on, in whole seconds", async () => {
  await using store = open(undefined, { userProject: "pays" }, "http://localhost:4443");
  const url = await store.presign("a/ö b", { expiresInMs: 1500 });
  assertEquals([url.origin, url.pathname], ["http://localhost:4443", "/bucket/a/%C3%B6%20b"]);
  const { "X-Goog-Signature": signature, ...query } = Object.fromEntries(url.searchParams);
  assertMatch(signature ?? "", /^[0-9a-f]{512}$/);
  assertEquals(query, {
    "X-Goog-Algorithm": "GOOG4-RSA-SHA256",
    "X-Goog-Credential": `${ACCOUNT}/20300203/auto/storage/goog4_request`,
    "X-Goog-Date": "20300203T040506Z",
    "X-Goog-Expires": "2",
    "X-Goog-SignedHeaders": "host",
    userProject: "pays",
  });
});

Deno.test("presign() for PUT signs the headers that the configuration makes, and tells of them", async () => {
  const kmsKey = "projects/p/locations/us/keyRings/r/cryptoKeys/k";
  await using store = open(undefined, { storageClass: "NEARLINE", kmsKey });
  let told: unknown;
  const url = await store.presign("k", {
    method: "PUT",
    expiresInMs: DAY,
    onHeaders: (headers) => told = headers,
  });
  assertEquals(told, { "x-goog-storage-class": "NEARLINE", "x-goog-encryption-kms-key-name": kmsKey });
  const names = url.searchParams.get("X-Goog-SignedHeaders");
  assertEquals(names, "host;x-goog-encryption-kms-key-name;x-goog-storage-class");
  const error = await assertRejects(
    () => store.presign("k", { method: "PUT", expiresInMs: DAY }),
    UnsupportedError,
  );
  assertMatch(
    error.message,
    /send the headers x-goog-storage-class, x-goog-encryption-kms-key-name; give onHeaders/,
  );
  assertEquals(
    (await store.presign("k", { expiresInMs: DAY })).searchParams.get("X-Goog-SignedHeaders"),
    "host",
  );
});

Deno.test("presign() tells that a signature of the service is sure to hold for twelve hours alone", async () => {
  const told: unknown[] = [];
  const onShortened = (expires: Date | undefined) => void told.push(expires);
  for (const signedMs of [undefined, DAY / 2]) {
    await using store = open(bearer({ email: ACCOUNT, sign, ...(signedMs && { signedMs }) }));
    for (const expiresInMs of [DAY / 2, DAY]) await store.presign("k", { expiresInMs, onShortened });
  }
  assertEquals(told, [undefined]);
});

Deno.test("presign() says who signs no URLs, and which keys have none", async () => {
  for (
    const [credential, words] of [
      [
        { kind: "anonymous" },
        /: anonymous requests have no signature to give; use the key of a service account \(credentialsFile\), or/,
      ],
      [
        bearer({}),
        /: the account of a test signs no URLs; use the key of a service account \(credentialsFile\), or act as one by/,
      ],
      [bearer({ email: "me@x" }), /: "me@x" \(a test\) signs no URLs; /],
    ] as const
  ) {
    await using store = open(credential);
    const error = await assertRejects(() => store.presign("k", { expiresInMs: 1000 }), UnsupportedError);
    assertMatch(error.message, words);
  }
  await using store = open();
  await assertRejects(
    () => store.presign("a/../b", { expiresInMs: 1000 }),
    UnsupportedError,
    'resolve "." and ".."',
  );
  await assertRejects(() => store.presign("k", { expiresInMs: 8 * DAY }), RangeError);
});

Deno.test("presign() tells what the service says where it signs nothing", async () => {
  for (const [retryable, Type] of [[false, PermissionDeniedError], [true, UnavailableError]] as const) {
    const fault = new CredentialFault('IAM (for "sa") signs nothing: 403, no', {
      advice: "grant it",
      retryable,
    });
    await using store = open(bearer({ email: ACCOUNT, sign: () => Promise.reject(fault) }));
    const error = await assertRejects(() => store.presign("k", { expiresInMs: 1000 }), Type);
    assertEquals(
      error.message,
      'Cannot presign "gs://bucket/k": IAM (for "sa") signs nothing: 403, no; grant it',
    );
  }
});
