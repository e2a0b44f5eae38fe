import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import type { S3Credentials } from "../config/s3_credentials.ts";
import { CredentialCache } from "./credential_cache.ts";

/** A cache whose source gives one after the other. */
function cacheOf(first: S3Credentials, ...others: S3Credentials[]): CredentialCache {
  const load = (refresh: boolean) => {
    const value = refresh ? others.shift() ?? first : first;
    return Promise.resolve({ value, source: "a test" });
  };
  const source = { renewable: true, load };
  return new CredentialCache(source, new FakeClock());
}

Deno.test("CredentialCache.identity names the key and where it came from", async () => {
  const cache = cacheOf({ accessKeyId: "A1", secretAccessKey: "s" });
  assertEquals(cache.identity, "the credentials");
  await cache.get();
  assertEquals(cache.identity, 'access key "A1" (from a test)');
});

Deno.test("CredentialCache.replace() takes another token of the same key for other credentials", async () => {
  const used = { accessKeyId: "A1", secretAccessKey: "s", sessionToken: "t" };
  const other = { ...used, sessionToken: "u" };
  const cache = cacheOf(used, other, { ...other });
  assertEquals(await cache.replace(await cache.get()), other);
  assertEquals(await cache.replace(used), other);
  assertEquals(await cache.replace(other), undefined);
});
