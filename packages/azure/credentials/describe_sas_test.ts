import { assertEquals } from "@std/assert";
import { describeSas, sasLacks } from "./describe_sas.ts";

const NOW = Date.UTC(2030, 0, 1);
const ACCOUNT = "?sv=2022-11-02&ss=bf&srt=co&sp=rlt&se=2030-01-02T00:00:00Z&spr=https&sig=s3cret%3D";
const SERVICE = "sv=2022-11-02&sr=c&sp=racwl&st=2029-12-31&se=2030-01-01T03:00Z&sig=s3cret";
const DELEGATED = "sv=2022-11-02&sr=b&sp=r&se=2030-01-01T00:00:30Z&skoid=o&sktid=t&sig=s3cret";

Deno.test("describeSas() reads what a signature permits, and shows no secret", () => {
  assertEquals(describeSas(ACCOUNT, NOW), {
    levels: ["container", "object"],
    permissions: "rlt",
    expiresMs: NOW + 86_400_000,
    words: "permits to read, list and use tags (containers and objects) until 2030-01-02T00:00:00Z",
  });
  const service = describeSas(SERVICE, NOW);
  assertEquals([service.levels, service.fault], [["container", "object"], undefined]);
  const delegated = describeSas(DELEGATED, NOW);
  assertEquals(delegated.levels, ["object"]);
  assertEquals(delegated.words, "permits to read (objects) until 2030-01-01T00:00:30Z");
  for (const token of [ACCOUNT, SERVICE, DELEGATED]) {
    assertEquals(JSON.stringify(describeSas(token, NOW)).includes("s3cret"), false);
  }
});

Deno.test("describeSas() leaves to a stored access policy what that has", () => {
  const sas = describeSas("sv=2022-11-02&sr=c&si=daily&sig=s", NOW);
  assertEquals(
    sas.words,
    'permits what the stored access policy "daily" of the container says (containers and objects)',
  );
  assertEquals([sas.permissions, sas.expiresMs, sas.fault], [undefined, undefined, undefined]);
  assertEquals(sasLacks(sas, "d", "object"), undefined);
});

Deno.test("describeSas() says why a signature permits nothing now", () => {
  const fault = (token: string, nowMs = NOW) => describeSas(token, nowMs).fault;
  assertEquals(
    fault(SERVICE, NOW + 3 * 3_600_000),
    "expired 1 min ago (2030-01-01T03:00:00Z)",
  );
  assertEquals(fault(SERVICE, NOW + 3.5 * 3_600_000), "expired 30 min ago (2030-01-01T03:00:00Z)");
  assertEquals(fault(SERVICE, NOW + 53 * 3_600_000), "expired 50 h ago (2030-01-01T03:00:00Z)");
  assertEquals(fault(SERVICE, NOW - 27 * 3_600_000), "begins in 3 h (2029-12-31T00:00:00Z)");
  assertEquals(fault("sv=1&ss=fq&srt=o&sp=r&sig=s"), "is not for blobs (ss=fq)");
  assertEquals(fault("sv=1&sr=c&sp=r"), "is incomplete: it has no sig");
});

Deno.test("sasLacks() says which permission or place is lacking", () => {
  const lacks = (token: string, anyOf: string, level: Parameters<typeof sasLacks>[2]) =>
    sasLacks(describeSas(token, NOW), anyOf, level);
  assertEquals(lacks(ACCOUNT, "r", "object"), undefined);
  assertEquals(
    lacks(ACCOUNT, "cw", "object"),
    "lacks the permission to create or write: it has sp=rlt, and c or w is needed",
  );
  assertEquals(
    lacks(ACCOUNT, "l", "account"),
    "is for containers and objects alone, not for the account",
  );
  assertEquals(lacks(DELEGATED, "l", "container"), "is for objects alone, not for the container");
  assertEquals(lacks(SERVICE, "cw", "object"), undefined);
  assertEquals(
    sasLacks(describeSas(DELEGATED, NOW + 60_000), "r", "object"),
    "expired 1 min ago (2030-01-01T00:00:30Z)",
  );
});
