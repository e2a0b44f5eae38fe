import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { TokenCache } from "@lade/service/tokens";
import { authorizerOf } from "./authorizer_of.ts";
import type { GcsCredential, GcsToken } from "./gcs_credential.ts";

const REQUEST = { method: "GET", host: "h", path: "/", query: "", headers: { range: "bytes=0-1" } };

function bearer(value: GcsToken): GcsCredential {
  const source = { load: () => Promise.resolve({ value, source: "a file" }), renewable: true };
  return { kind: "bearer", tokens: new TokenCache<GcsToken>(source, new FakeClock(), (a, b) => a === b) };
}

async function headersOf(credential: GcsCredential, userProject?: string): Promise<Record<string, string>> {
  return Object.fromEntries(await authorizerOf(credential, userProject)().authorize(REQUEST));
}

Deno.test("authorizerOf() names who pays: what is configured, else the project of the token's source", async () => {
  const plain = { range: "bytes=0-1", authorization: "Bearer T" };
  assertEquals(await headersOf(bearer({ token: "T" })), plain);
  assertEquals(await headersOf(bearer({ token: "T", quotaProject: "own" })), {
    ...plain,
    "x-goog-user-project": "own",
  });
  assertEquals(await headersOf(bearer({ token: "T", quotaProject: "own" }), "payer"), {
    ...plain,
    "x-goog-user-project": "payer",
  });
  assertEquals(await headersOf({ kind: "anonymous" }), { range: "bytes=0-1" });
  assertEquals(await headersOf({ kind: "anonymous" }, "payer"), {
    range: "bytes=0-1",
    "x-goog-user-project": "payer",
  });
});
