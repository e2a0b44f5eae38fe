import { assertEquals, assertRejects } from "@std/assert";
import { type PresignOptions, UnsupportedError } from "@lade/core/backend";
import { type BearerToken, type ClientRequest, ServiceTime } from "@lade/service/call";
import { TokenCache } from "@lade/service/tokens";
import { FakeClock } from "@lade/testing";
import type { AuthorizedTarget } from "../credentials/authorized_target.ts";
import type { AzureCredential } from "../credentials/azure_credential.ts";
import { presignBlob } from "./presign_blob.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SHARED: AzureCredential = { kind: "sharedKey", account: "acct", key: btoa("a key") };

/** A container whose service gives keys of delegation, which it numbers; `fails` makes it refuse one. */
function start(credential: AzureCredential, clock = new FakeClock(), account = "acct") {
  const asked: { readonly start: string; readonly end: string }[] = [];
  const state = { fails: false };
  const send = async (request: ClientRequest) => {
    await Promise.resolve();
    const { method, path, query, body } = request;
    assertEquals([method, path, query], ["POST", "/", { restype: "service", comp: "userdelegationkey" }]);
    const text = new TextDecoder().decode(body as Uint8Array);
    const [, start = ""] = /<Start>(.*)<\/Start>/.exec(text) ?? [];
    const [, end = ""] = /<Expiry>(.*)<\/Expiry>/.exec(text) ?? [];
    asked.push({ start, end });
    if (state.fails) throw new Error("no key");
    const answer =
      `<?xml version="1.0"?><UserDelegationKey><SignedOid>o${asked.length}</SignedOid><SignedTid>t</SignedTid>` +
      `<SignedStart>${start}</SignedStart><SignedExpiry>${end}</SignedExpiry><SignedService>b</SignedService>` +
      `<SignedVersion>v</SignedVersion><Value>${btoa("k")}</Value></UserDelegationKey>`;
    const headers = { toRecord: () => ({ "content-type": "application/xml" }) };
    return { status: 200, headers, body: { text: () => Promise.resolve(answer) } };
  };
  const target = {
    client: { send },
    credential,
    time: new ServiceTime(clock),
    container: "c",
    endpoint: { url: "https://acct.blob.core.windows.net", account, path: "" },
  } as unknown as AuthorizedTarget;
  const call = { operation: "presign", uri: "az://acct/c/a b", createOnly: false };
  const presign = (options: Partial<PresignOptions> = {}) =>
    presignBlob(target, "a b", { expiresInMs: HOUR, ...options }, call);
  return { asked, state, clock, presign };
}

/** Tokens that nobody asks for here. */
function bearer(clock: FakeClock): AzureCredential {
  const load = () => Promise.resolve({ value: { token: "T" }, source: "a test" });
  return {
    kind: "bearer",
    tokens: new TokenCache<BearerToken>({ renewable: true, load }, clock, () => true),
  };
}

Deno.test("presignBlob() makes a URL of one blob for one method, until a time", async () => {
  const { presign, clock } = start(SHARED);
  const url = await presign();
  assertEquals(url.href.split("?")[0], "https://acct.blob.core.windows.net/c/a%20b");
  const end = new Date(clock.now() + HOUR).toISOString().replace(".000", "");
  const read = ({ searchParams }: URL) => ["sp", "sr", "se", "spr"].map((name) => searchParams.get(name));
  assertEquals(read(url), ["r", "b", end, "https"]);
  assertEquals(read(await presign({ method: "DELETE" })), ["d", "b", end, "https"]);
});

Deno.test("presignBlob() tells of the header that a URL for PUT needs, and refuses one without a listener", async () => {
  const { presign } = start(SHARED);
  const told: unknown[] = [];
  const url = await presign({ method: "PUT", onHeaders: (headers) => told.push(headers) });
  assertEquals([url.searchParams.get("sp"), told], ["cw", [{ "x-ms-blob-type": "BlockBlob" }]]);
  await presign({ onHeaders: (headers) => told.push(headers) });
  assertEquals(told.length, 1);
  const error = await assertRejects(
    () => presign({ method: "PUT" }),
    UnsupportedError,
    "x-ms-blob-type: BlockBlob",
  );
  assertEquals(error.advice, "give onHeaders");
});

Deno.test("presignBlob() refuses times of more than seven days, or none", async () => {
  const { presign } = start(SHARED);
  await presign({ expiresInMs: 7 * DAY });
  for (const expiresInMs of [0, -1, NaN, Infinity, 7 * DAY + 1]) {
    await assertRejects(() => presign({ expiresInMs }), RangeError, "from 1 to 604800000 is possible");
  }
});

Deno.test("presignBlob() says that a shared access signature and anonymous requests sign none", async () => {
  for (
    const [credential, words] of [
      [{ kind: "sas", token: "sig=s3cret" }, "a shared access signature signs no URLs"],
      [{ kind: "anonymous" }, "an anonymous request signs no URLs"],
    ] as const
  ) {
    const error = await assertRejects(() => start(credential).presign(), UnsupportedError, words);
    assertEquals([error.operation, error.message.includes("s3cret")], ["presign", false]);
  }
});

Deno.test("presignBlob() signs nothing where nothing tells the name of the account", async () => {
  const clock = new FakeClock();
  const { presign, asked } = start(bearer(clock), clock, "");
  await assertRejects(() => presign(), UnsupportedError, "nothing tells its name; set account");
  assertEquals(asked, []);
});

Deno.test("presignBlob() asks for a key of delegation once a day, and for a longer one where that is needed", async () => {
  const clock = new FakeClock({ now: Date.UTC(2030, 0, 1) });
  const { presign, asked } = start(bearer(clock), clock);
  const oids = async (...all: readonly Partial<PresignOptions>[]) =>
    (await Promise.all(all.map(presign))).map(({ searchParams }) => searchParams.get("skoid"));
  assertEquals(await oids({}, { method: "DELETE" }, {}), ["o1", "o1", "o1"]);
  assertEquals(asked, [{ start: "2029-12-31T23:55:00Z", end: "2030-01-02T00:00:00Z" }]);
  assertEquals(await oids({ expiresInMs: DAY }), ["o1"]);
  assertEquals(await oids({ expiresInMs: 7 * DAY }, { expiresInMs: 7 * DAY }, {}), ["o2", "o2", "o1"]);
  assertEquals(asked[1]?.end, "2030-01-08T00:00:00Z");
  await clock.advance(7 * DAY);
  assertEquals(await oids({}), ["o3"]);
});

Deno.test("presignBlob() asks for no key that ends later than the service allows", async () => {
  const clock = new FakeClock({ now: Date.UTC(2030, 0, 1) + 100 });
  const { presign, asked } = start(bearer(clock), clock);
  const end = "2030-01-08T00:00:00Z";
  for (let i = 0; i < 2; i++) {
    assertEquals((await presign({ expiresInMs: 7 * DAY })).searchParams.get("se"), end);
  }
  assertEquals(asked.map((each) => each.end), [end]);
});

Deno.test("presignBlob() asks again after the service gave no key", async () => {
  const clock = new FakeClock();
  const { presign, state } = start(bearer(clock), clock);
  state.fails = true;
  await assertRejects(() => presign(), Error, "no key");
  state.fails = false;
  assertEquals((await presign()).searchParams.get("skoid"), "o2");
});
