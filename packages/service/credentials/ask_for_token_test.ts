import { assertEquals, assertRejects } from "@std/assert";
import { CredentialFault } from "../tokens/mod.ts";
import { askForToken, briefly, readToken } from "./ask_for_token.ts";

const NOW = Date.UTC(2030, 0, 1);

Deno.test("readToken() reads a token and its end, however that is told", () => {
  const end = (fields: object) => readToken(JSON.stringify(fields), NOW)?.expiration?.getTime();
  assertEquals(readToken('{"access_token":"t","expires_in":60}', NOW), {
    token: "t",
    expiration: new Date(NOW + 60_000),
  });
  assertEquals(end({ access_token: "t", expires_in: "60" }), NOW + 60_000);
  assertEquals(end({ access_token: "t", expires_in: 60, expires_on: NOW / 1000 + 90 }), NOW + 90_000);
  assertEquals(end({ accessToken: "t", expires_on: String(NOW / 1000 + 90) }), NOW + 90_000);
  assertEquals(end({ accessToken: "t", expiresOn: "2030-01-01T00:01:00Z" }), NOW + 60_000);
  assertEquals(end({ accessToken: "t", expireTime: "2030-01-01T00:01:00Z" }), NOW + 60_000);
  for (const text of ['{"access_token":"t"}', '{"access_token":"t","expires_in":null}']) {
    assertEquals(readToken(text, NOW), { token: "t" });
  }
  for (const end of ['"expires_in":1e300', '"expires_in":"1e14"', '"expires_on":"99999999999999"']) {
    assertEquals(readToken(`{"access_token":"t",${end}}`, NOW), { token: "t" });
  }
  assertEquals(readToken('{"access_token":"t","id_token":"j"}', NOW), { token: "t", idToken: "j" });
  for (
    const text of ["", "null", "{}", '{"access_token":""}', '{"access_token":7}', '{"access_token":"a b"}']
  ) {
    assertEquals(readToken(text, NOW), undefined);
  }
});

Deno.test("briefly() keeps the first line, and no secret", () => {
  assertEquals(
    briefly("AADSTS7000215: Invalid client secret. Trace ID: 1 Correlation ID: 2\r\nTimestamp: 3"),
    "AADSTS7000215: Invalid client secret",
  );
  assertEquals(briefly(`bad client_secret=s3cret\nmore`), "bad client_secret=***");
  assertEquals(briefly("x".repeat(300)), `${"x".repeat(200)}…`);
});

Deno.test("askForToken() gives the token, or says in the service's words why there is none", async () => {
  const answers = [
    Response.json({ access_token: "t", expires_in: 60 }),
    Response.json({ error: "invalid_client", error_description: "it is no client.\nmore" }, { status: 401 }),
    Response.json({ message: "busy" }, { status: 429 }),
    new Response("<html>"),
  ];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => answers.shift() ?? new Response(null, { status: 404 }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const local = { timeoutMs: 1_000, attempts: 1 };
  const ask = () =>
    askForToken(() => Promise.resolve({}), { service: "a login", method: "GET", url, local }, () => NOW);
  assertEquals((await ask()).token, "t");
  const said = [];
  for (let i = 0; i < 3; i++) {
    const { message, retryable } = await assertRejects(ask, CredentialFault);
    said.push([message, retryable]);
  }
  assertEquals(said, [
    ["a login gives no token: 401, it is no client", false],
    ["a login gives no token: 429, busy", true],
    ["a login gives no token: 200, its answer holds none", false],
  ]);
});

Deno.test("askForToken() asks what a refusal means, whatever form its words have", async () => {
  const told: unknown[] = [];
  const answers = [{ error: "invalid_grant", error_description: "gone" }, {
    error: { status: "PERMISSION_DENIED", message: "no right" },
  }, {}];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json(answers.shift(), { status: 400, headers: { date: new Date(NOW).toUTCString() } }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const question = { service: "a login", method: "POST", url, form: { a: "b c&" } } as const;
  for (const words of ["gone; log in", "no right; log in", "its answer holds none; log in"]) {
    const ask = () =>
      askForToken(() => Promise.resolve({}), question, () => NOW, (refusal) => {
        told.push([refusal.code, refusal.serverTimeMs]);
        return "log in";
      });
    assertEquals(
      (await assertRejects(ask, CredentialFault)).message,
      `a login gives no token: 400, ${words}`,
    );
  }
  assertEquals(told, [["invalid_grant", NOW], ["PERMISSION_DENIED", NOW], ["", NOW]]);
});
