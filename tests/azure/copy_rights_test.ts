import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext, PermissionDeniedError } from "@lade/core";
import type { BearerToken } from "@lade/service/call";
import { TokenCache } from "@lade/service/tokens";
import { AzureStore } from "../../packages/azure/store/azure_store.ts";
import { openFake } from "./open_fake.ts";
import { type Answer, type Asked, failure, ScriptedAccount } from "./scripted_account.ts";

const TOLD = {
  "content-length": "5",
  "last-modified": "Sat, 28 Nov 2026 08:00:00 GMT",
  etag: '"0x1"',
  "x-ms-copy-id": "id",
  "x-ms-copy-status": "success",
};
const KEY = "<UserDelegationKey><SignedOid>o</SignedOid><SignedTid>t</SignedTid>" +
  "<SignedStart>2026-11-28T08:00:00Z</SignedStart><SignedExpiry>2099-01-01T00:00:00Z</SignedExpiry>" +
  `<SignedService>b</SignedService><SignedVersion>v</SignedVersion><Value>${btoa("k")}</Value>` +
  "</UserDelegationKey>";

/** Gives keys of delegation, and copies on its own alone. */
function answer({ method, query, headers }: Asked): Answer {
  if (query.get("comp") === "userdelegationkey") {
    return { status: 200, headers: { "content-type": "application/xml" }, body: KEY };
  }
  if (method === "HEAD") return { status: 200, headers: TOLD };
  const isOther = query.has("comp") || headers.has("x-ms-blob-type");
  return isOther
    ? failure(501, "APINotImplemented")
    : { status: 202, headers: { ...TOLD, "content-length": "0" } };
}

Deno.test("copyFrom() that the service makes on its own shows it no token, but a signature for the source", async () => {
  await using account = new ScriptedAccount(answer);
  const context = createStoreContext();
  const load = () => Promise.resolve({ value: { token: "SECRET" }, source: "a test" });
  const tokens = new TokenCache<BearerToken>({ renewable: true, load }, context.clock, () => true);
  const open = (name: string) =>
    new AzureStore("box", {
      endpoint: { url: account.url, account: name, path: `/${name}` },
      credential: { kind: "bearer", tokens },
      context,
    });
  await using from = open("other");
  await using to = open("account");
  await to.copyFrom(from, "from", "to");
  const { headers } = account.requests.at(-1) as Asked;
  assertEquals(headers.get("x-ms-copy-source-authorization"), null);
  const { searchParams } = new URL(headers.get("x-ms-copy-source") ?? "");
  assertEquals(["sp", "sr", "skoid"].map((name) => searchParams.get(name)), ["r", "b", "o"]);
});

Deno.test("copy() on a condition whose answer does not arrive is found, and not asked for again", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  await store.put("from", new Uint8Array(5));
  const match = { operation: "PutBlobFromURL" } as const;
  fake.faults.add({ match, action: { kind: "drop-answer", how: "rst" } });
  const { etag } = await store.copy("from", "to", { ifNoneMatch: "*" });
  assertEquals(etag, (await store.head("to")).etag);
  assertEquals(fake.requests.filter(({ operation }) => operation === match.operation).length, 1);
});

Deno.test("a source that the service does not find, though it is there, is left to its own copy, or not read", async () => {
  const missing = failure(404, "CannotVerifyCopySource");
  const isOther = ({ query, headers }: Asked) => query.has("comp") || headers.has("x-ms-blob-type");
  await using account = new ScriptedAccount((asked) => isOther(asked) ? missing : answer(asked));
  await using store = account.open("box");
  assertEquals((await store.copy("from", "to")).etag, "0x1");
  const looks = account.requests.filter(({ method, path }) => method === "HEAD" && path.endsWith("/from"));
  assertEquals(looks.at(-1)?.headers.get("if-match"), '"0x1"');
  account.script = (asked) => asked.method === "HEAD" ? answer(asked) : missing;
  await assertRejects(() => store.copy("from", "to"), PermissionDeniedError, "cannot read the source");
  await using other = account.open("other");
  assertEquals(await store.copyFrom?.(other, "from", "to"), undefined);
});
