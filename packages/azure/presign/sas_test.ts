import { assertEquals, assertNotEquals } from "@std/assert";
import { Base64Signer } from "../credentials/shared_key.ts";
import { type SasGrant, signSas } from "./sas.ts";

const signer = new Base64Signer(btoa("a key"));
const GRANT: SasGrant = {
  account: "acct",
  container: "c",
  key: "a/b ö",
  permissions: "r",
  expiresMs: Date.UTC(2030, 0, 1) - 500,
  secure: true,
};

Deno.test("signSas() signs for one blob, one permission and one time, by a key of the account", () => {
  const [query = "", signature] = signSas(GRANT, signer).split("&sig=");
  assertEquals(query, "sv=2022-11-02&sr=b&sp=r&se=2030-01-01T00%3A00%3A00Z&spr=https");
  for (
    const other of [
      { account: "other" },
      { container: "d" },
      { key: "a/b" },
      { permissions: "d" },
      { expiresMs: GRANT.expiresMs + 1_000 },
      { secure: false },
    ]
  ) assertNotEquals(signSas({ ...GRANT, ...other }, signer).split("&sig=")[1], signature);
});

Deno.test("signSas() signs for one version or snapshot, and for no other", () => {
  const times = ["2026-11-28T08:00:00.0000001Z", "2026-11-28T08:00:00.0000002Z"];
  const signed = [...times, ...times.map((time) => `snapshot=${time}`)]
    .map((version) => signSas({ ...GRANT, version }, signer));
  assertEquals(
    signed.map((query) => new URLSearchParams(query).get("sr")),
    ["bv", "bv", "bs", "bs"],
  );
  assertEquals(new Set(signed.map((query) => query.split("&sig=")[1])).size, 4);
});

Deno.test("signSas() names the identity in whose name it signs", () => {
  const fields = ["oid", "tid", "2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z", "b", "2026-02-06"] as const;
  const query = signSas(GRANT, { signer, expiresMs: Infinity, fields });
  assertEquals(
    query.split("&sig=")[0],
    "sv=2022-11-02&sr=b&sp=r&se=2030-01-01T00%3A00%3A00Z&spr=https&skoid=oid&sktid=tid&skt=2030-01-01T00%3A00%3A00Z" +
      "&ske=2030-01-02T00%3A00%3A00Z&sks=b&skv=2026-02-06",
  );
});
