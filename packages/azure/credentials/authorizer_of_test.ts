import { assertEquals, assertMatch } from "@std/assert";
import type { UnauthorizedRequest } from "@lade/service/call";
import { ServiceFault } from "@lade/service/errors";
import { type LoadedToken, TokenCache } from "@lade/service/tokens";
import type { BearerToken } from "@lade/service/call";
import { FakeClock } from "@lade/testing";
import { API_VERSION } from "../client/api_version.ts";
import { authorizerOf } from "./authorizer_of.ts";
import { type AzureCredential, identityOf, nameOfIdentity } from "./azure_credential.ts";

const KEY = btoa("key of the account!!");
const REQUEST: UnauthorizedRequest = {
  method: "GET",
  host: "h",
  path: "/c/k",
  query: "",
  headers: { range: "r" },
};
const SHARED: AzureCredential = { kind: "sharedKey", account: "acct", key: KEY };

const headersOf = async (make: ReturnType<typeof authorizerOf>) =>
  Object.fromEntries(await make().authorize(REQUEST)) as Record<string, string>;

/** Numbered tokens that end after an hour. */
function numbered(clock: FakeClock): TokenCache<BearerToken> {
  let count = 0;
  const load = (): Promise<LoadedToken<BearerToken>> =>
    Promise.resolve({
      value: { token: `T${++count}`, expiration: new Date(clock.now() + 3_600_000) },
      source: "a test",
    });
  return new TokenCache<BearerToken>({ renewable: true, load }, clock, (a, b) => a.token === b.token);
}

Deno.test("authorizerOf() dates every request, says the version and names it", async () => {
  const clock = new FakeClock();
  const tokens = numbered(clock);
  for (
    const credential of [
      SHARED,
      { kind: "sas", token: "sv=1&sig=s" },
      { kind: "bearer", tokens },
      { kind: "anonymous" },
    ] satisfies AzureCredential[]
  ) {
    const { authorization, ...headers } = await headersOf(authorizerOf(credential, { clock }));
    const { "x-ms-client-request-id": id = "", ...rest } = headers;
    assertMatch(id, /^[0-9a-f-]{36}$/);
    assertEquals(rest, {
      range: "r",
      "x-ms-date": new Date(clock.now()).toUTCString(),
      "x-ms-version": API_VERSION,
    });
    const begins = { sharedKey: "SharedKey acct:", bearer: "Bearer T1" }[credential.kind as string];
    assertEquals(authorization?.startsWith(begins ?? ""), begins === undefined ? undefined : true);
    const batched = await headersOf(authorizerOf(credential, { clock }, { inBatch: true }));
    assertEquals(["x-ms-version", "x-ms-client-request-id", "x-ms-date"].map((name) => name in batched), [
      false,
      false,
      true,
    ]);
  }
});

Deno.test("authorizerOf() puts a shared access signature as it was given into the query, once", () => {
  for (const token of ["?sv=1&sig=a%2Bb%3D", "sv=1&sig=a%2Bb%3D"]) {
    const { authorizeQuery } = authorizerOf({ kind: "sas", token }, { clock: new FakeClock() })();
    assertEquals(authorizeQuery?.(""), "sv=1&sig=a%2Bb%3D");
    assertEquals(authorizeQuery?.("comp=list"), "comp=list&sv=1&sig=a%2Bb%3D");
    assertEquals(authorizeQuery?.("comp=list&sv=1&sig=a%2Bb%3D"), "comp=list&sv=1&sig=a%2Bb%3D");
    assertEquals(authorizeQuery?.("prefix=sig%3D"), "prefix=sig%3D&sv=1&sig=a%2Bb%3D");
  }
  assertEquals(authorizerOf(SHARED, { clock: new FakeClock() })().authorizeQuery, undefined);
});

Deno.test("authorizerOf() dates by the service's clock once it refused this machine's", async () => {
  const clock = new FakeClock();
  const make = authorizerOf(SHARED, { clock });
  const serverTimeMs = clock.now() + 3_600_000;
  const fault = new ServiceFault({ status: 403, code: "AuthenticationFailed", serverTimeMs });
  const [one, other] = [make(), make()];
  const date = async (authorizer: typeof one) =>
    Object.fromEntries(await authorizer.authorize(REQUEST))["x-ms-date"];
  assertEquals([await date(one), await date(other)], Array(2).fill(new Date(clock.now()).toUTCString()));
  assertEquals(
    [await one.correct(fault), await other.correct(fault)],
    [true, true],
    "both were sent too early",
  );
  assertEquals(await date(one), new Date(serverTimeMs).toUTCString());
  const elsewhere = new ServiceFault({ status: 403, code: "AuthenticationFailed", serverTimeMs: 0 });
  assertEquals(await one.correct(elsewhere), false, "once in a call");
  const next = make();
  assertEquals(await date(next), new Date(serverTimeMs).toUTCString());
  assertEquals(await next.correct(fault), false, "the clock is not the reason");
  for (
    const options of [{ status: 403, code: "AuthorizationFailure" }, {
      status: 409,
      code: "AuthenticationFailed",
    }]
  ) {
    assertEquals(await make().correct(new ServiceFault({ ...options, serverTimeMs: 0 })), false);
  }
});

Deno.test("authorizerOf() renews a token that is refused, once for all who wait", async () => {
  const clock = new FakeClock();
  const make = authorizerOf({ kind: "bearer", tokens: numbered(clock) }, { clock });
  const calls = [make(), make(), make()];
  const send = (authorizer: typeof calls[number]) =>
    Promise.resolve(authorizer.authorize(REQUEST)).then((headers) =>
      Object.fromEntries(headers)["authorization"]
    );
  assertEquals(await Promise.all(calls.map(send)), Array(3).fill("Bearer T1"));
  const fault = new ServiceFault({ status: 401, code: "InvalidAuthenticationInfo" });
  assertEquals(await Promise.all(calls.map((each) => each.correct(fault))), [true, true, true]);
  assertEquals(await Promise.all(calls.map(send)), Array(3).fill("Bearer T2"));
});

Deno.test("identityOf() says who asks, and no secret", async () => {
  const clock = new FakeClock();
  const tokens = numbered(clock);
  const all: AzureCredential[] = [SHARED, { kind: "sas", token: "sig=s3cret" }, { kind: "anonymous" }, {
    kind: "bearer",
    tokens,
  }];
  assertEquals(all.map(identityOf), [
    'the key of account "acct"',
    "the shared access signature",
    "anonymous requests",
    "the identity of Entra ID",
  ]);
  await tokens.get();
  assertEquals(identityOf({ kind: "bearer", tokens }), "the identity of Entra ID (from a test)");
  assertEquals(nameOfIdentity({ kind: "bearer", tokens }), "the identity of Entra ID");
  const told = async (claims: unknown) => {
    const token = `h.${
      btoa(JSON.stringify(claims)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")
    }.s3cret`;
    const load = () => Promise.resolve({ value: { token }, source: "the Azure CLI" });
    const named = new TokenCache<BearerToken>({ renewable: true, load }, clock, () => true);
    await named.get();
    return identityOf({ kind: "bearer", tokens: named });
  };
  const [who, from] = ["the identity of Entra ID", "from the Azure CLI)"];
  assertEquals(
    await told({ oid: "o", appid: "a", upn: "me@example.com" }),
    `${who} ("me@example.com", ${from}`,
  );
  assertEquals(await told({ oid: "o", appid: "a>?" }), `${who} ("a>?", ${from}`);
  for (const claims of [{ oid: 7 }, null, "x"]) assertEquals(await told(claims), `${who} (${from}`);
});
