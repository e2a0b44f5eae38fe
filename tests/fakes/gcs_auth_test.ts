import { assertEquals, assertMatch } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { gcsRequest, reasonOf, startFakeGcs } from "./gcs/mod.ts";

const PATHS = ["/b/bucket/o/a", "/bucket/a"];

Deno.test("a token is taken until it expires or is revoked, and refused from then on with a challenge", async () => {
  const clock = new FakeClock();
  await using fake = await startFakeGcs({ buckets: ["bucket"], clock: () => clock.now() });
  fake.putObject("bucket", "a", "bytes");
  const [kept, revoked] = [fake.issueToken(), fake.issueToken(fake.principal, 10_000)];
  const ask = (token: string, path = PATHS[0] ?? "") => gcsRequest(fake, { path, token });
  assertEquals((await ask(revoked)).status, 200);
  fake.tokens.revoke(revoked);
  const refused = await ask(revoked);
  assertEquals(reasonOf(refused), "401 authError");
  assertEquals(
    refused.headers["www-authenticate"],
    'Bearer realm="https://accounts.google.com/", error="invalid_token"',
  );
  assertEquals(reasonOf(await ask(revoked, "/bucket/a")), "401 AuthenticationRequired");
  assertEquals((await ask(kept)).status, 200);
  await clock.advance(3_600_000);
  assertEquals(reasonOf(await ask(kept)), "401 authError");
  assertEquals(reasonOf(await ask("unknown")), "401 authError");
  fake.issueToken();
  fake.tokens.revoke();
  assertEquals(fake.issued.every(({ expiresAt }) => expiresAt < clock.now()), true);
});

Deno.test("whoever sends no token is refused by name of what is missing, unless anybody may", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  fake.putObject("bucket", "a", "bytes");
  const answers = await Promise.all(PATHS.map((path) => gcsRequest(fake, { path, token: null })));
  assertEquals(answers.map(reasonOf), ["401 required", "403 AccessDenied"]);
  for (const { text } of answers) {
    assertMatch(text, /Anonymous caller does not have storage\.objects\.get access/);
  }
  assertEquals(answers[0]?.headers["www-authenticate"], 'Bearer realm="https://accounts.google.com/"');
  fake.settings.allowsAnonymous = true;
  for (const path of PATHS) assertEquals((await gcsRequest(fake, { path, token: null })).status, 200);
});

Deno.test("somebody without a permission is refused by their name and that of the permission", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  fake.putObject("bucket", "a", "bytes");
  const token = fake.issueToken({
    email: "reader@example.com",
    permissions: new Set(["storage.objects.get", "storage.objects.create"]),
  });
  for (const path of PATHS) assertEquals((await gcsRequest(fake, { path, token })).status, 200);
  const refused = await gcsRequest(fake, { path: "/b/bucket/o", token });
  assertEquals(reasonOf(refused), "403 forbidden");
  assertMatch(
    refused.text,
    /reader@example\.com does not have storage\.objects\.list access .* Permission 'storage\.objects\.list' denied/,
  );
  // To replace an object is to delete what was there.
  const put = (name: string) =>
    gcsRequest(fake, {
      method: "POST",
      path: `/upload/storage/v1/b/bucket/o?uploadType=media&name=${name}`,
      token,
      body: "b",
    });
  assertEquals((await put("b")).status, 200);
  assertMatch((await put("a")).text, /storage\.objects\.delete/);
});

Deno.test("what a fault refuses is said in the words of the interface that was asked", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  fake.putObject("bucket", "a", "bytes");
  const rows: [status: number, code: string | undefined, json: string, xml: string][] = [
    [503, undefined, "503 backendError", "503 ServiceUnavailable"],
    [429, undefined, "429 rateLimitExceeded", "429 SlowDown"],
    [500, undefined, "500 internalError", "500 InternalError"],
    [403, "accountDisabled", "403 accountDisabled", "403 AccountDisabled"],
    [403, "quotaExceeded", "403 quotaExceeded", "403 quotaExceeded"],
  ];
  for (const [status, code, ...said] of rows) {
    for (const [index, path] of PATHS.entries()) {
      fake.faults.add({
        action: { kind: "status", status, message: "why", ...(code !== undefined && { code }) },
      });
      const answer = await gcsRequest(fake, { path });
      assertEquals(reasonOf(answer), said[index]);
      assertMatch(answer.text, /why/);
      assertMatch(answer.headers["x-guploader-uploadid"] ?? "", /\S/);
    }
  }
});
