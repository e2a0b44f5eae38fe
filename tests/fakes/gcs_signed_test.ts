import { createHash, createSign } from "node:crypto";
import { assertEquals, assertMatch } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { type FakeGcs, gcsRequest, reasonOf, startFakeGcs } from "./gcs/mod.ts";

/** Signs a request as the reference's steps for version 4 say, one after the other. */
function sign(
  fake: FakeGcs,
  key: string,
  { method = "GET", path = "/bucket/a%20b", seconds = 60, headers = {}, query = {} }: {
    method?: string;
    path?: string;
    seconds?: number;
    headers?: Record<string, string>;
    query?: Record<string, string>;
  } = {},
): string {
  const date = new Date(fake.clock()).toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${date.slice(0, 8)}/auto/storage/goog4_request`;
  const signed = Object.entries({ host: `127.0.0.1:${fake.port}`, ...headers }).sort();
  const names = signed.map(([name]) => name).join(";");
  const all = {
    "X-Goog-Algorithm": "GOOG4-RSA-SHA256",
    "X-Goog-Credential": `${fake.principal.email}/${scope}`,
    "X-Goog-Date": date,
    "X-Goog-Expires": String(seconds),
    "X-Goog-SignedHeaders": names,
    ...query,
  };
  const pairs = Object.entries(all).map((pair) => pair.map(encodeURIComponent).join("=")).sort().join("&");
  const fields = signed.map(([name, value]) => `${name}:${value}\n`).join("");
  const canonical = `${method}\n${path}\n${pairs}\n${fields}\n${names}\nUNSIGNED-PAYLOAD`;
  const digest = createHash("sha256").update(canonical).digest("hex");
  const text = `GOOG4-RSA-SHA256\n${date}\n${scope}\n${digest}`;
  return `${path}?${pairs}&X-Goog-Signature=${createSign("RSA-SHA256").update(text).sign(key, "hex")}`;
}

Deno.test("a signed URL is taken until it expires, for what it was signed for alone", async () => {
  const clock = new FakeClock();
  await using fake = await startFakeGcs({ buckets: ["bucket"], clock: () => clock.now() });
  const key = fake.addSigner();
  fake.putObject("bucket", "a b", "bytes");
  const ask = (
    path: string,
    request: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ) => gcsRequest(fake, { path, token: null, ...request });
  const url = sign(fake, key);
  assertEquals((await ask(url)).text, "bytes");
  assertEquals(reasonOf(await ask(url, { method: "DELETE" })), "403 SignatureDoesNotMatch");
  assertEquals(reasonOf(await ask(url.replace("a%20b", "b"))), "403 SignatureDoesNotMatch");
  assertEquals(reasonOf(await ask(`${url}&generation=1`)), "403 SignatureDoesNotMatch");
  assertEquals(
    reasonOf(await ask(url.replace(/Signature=..../, "Signature=0000"))),
    "403 SignatureDoesNotMatch",
  );
  const type = { "content-type": "a/b" };
  const put = sign(fake, key, { method: "PUT", headers: type });
  assertEquals((await ask(put, { method: "PUT", headers: type, body: "more" })).status, 200);
  const other = { method: "PUT", headers: { "content-type": "c/d" }, body: "more" };
  assertEquals(reasonOf(await ask(put, other)), "403 SignatureDoesNotMatch");
  await clock.advance(60_001);
  const expired = await ask(url);
  assertEquals(reasonOf(expired), "400 ExpiredToken");
  assertMatch(expired.text, /Request signature expired at: /);
});

Deno.test("a signed URL is refused of a key that is not the account's, and for more than a week", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const key = fake.addSigner();
  fake.putObject("bucket", "a b", "bytes");
  const ask = async (path: string) => reasonOf(await gcsRequest(fake, { path, token: null }));
  assertEquals(await ask(sign(fake, key, { seconds: 604_800 })), "200");
  assertEquals(await ask(sign(fake, key, { seconds: 604_801 })), "400 InvalidArgument");
  const query = { "response-content-type": "c/d" };
  const answer = await gcsRequest(fake, { path: sign(fake, key, { query }), token: null });
  assertEquals([answer.status, answer.headers["content-type"]], [200, "c/d"]);
  fake.addSigner();
  assertEquals(await ask(sign(fake, key)), "403 SignatureDoesNotMatch");
});

Deno.test("what a signer may not do, a URL signed by them may not either", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const key = fake.addSigner({ ...fake.principal, permissions: new Set(["storage.objects.get"]) });
  fake.putObject("bucket", "a b", "bytes");
  const ask = async (method: string) => {
    const path = sign(fake, key, { method });
    return reasonOf(await gcsRequest(fake, { method, path, token: null }));
  };
  assertEquals(await ask("GET"), "200");
  assertEquals(await ask("DELETE"), "403 AccessDenied");
});
