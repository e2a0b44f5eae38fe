import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { CredentialFault } from "../tokens/mod.ts";
import { askService, checkServiceUrl, jsonFields, probeService } from "./ask_service.ts";

const LOCAL = { timeoutMs: 1_000, attempts: 1 };
const web = () => Promise.resolve({});

Deno.test("askService() gives any answer, whatever its status", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { method } = request;
    return new Response(`${method} ${await request.text()}`, { status: 401, headers: { "x-id": "7" } });
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const answer = await askService(web, { service: "a login", method: "POST", url, body: "b", local: LOCAL });
  assertEquals([answer.status, answer.text, answer.header("x-id")], [401, "POST b", "7"]);
});

Deno.test("askService() sends forms and JSON as what they are", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    return new Response(`${request.headers.get("content-type")} ${await request.text()}`);
  });
  const question = {
    service: "a login",
    method: "POST",
    url: `http://127.0.0.1:${server.addr.port}/`,
  } as const;
  const ask = async (body: object) => (await askService(web, { ...question, ...body, local: LOCAL })).text;
  assertEquals(
    await ask({ form: { a: "b c&", d: "ä" } }),
    "application/x-www-form-urlencoded a=b+c%26&d=%C3%A4",
  );
  assertEquals(await ask({ json: { a: ["ä"] } }), 'application/json {"a":["ä"]}');
});

Deno.test("probeService() gives any answer, or says that nobody answers", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("no", { status: 403 }),
  );
  const question = {
    service: "metadata",
    method: "GET",
    url: `http://127.0.0.1:${server.addr.port}/`,
  } as const;
  const answer = await probeService(web, question);
  assertEquals(typeof answer === "string" ? answer : answer.status, 403);
  await server.shutdown();
  assertEquals(await probeService(web, question), "no service for it answers on this machine");
});

Deno.test("askService() tells of a service that does not answer where that is", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const question = {
    service: "a login",
    method: "GET",
    url: `http://127.0.0.1:${port}/`,
    local: LOCAL,
  } as const;
  const fault = await assertRejects(() => askService(web, question), CredentialFault);
  assertEquals(fault.message.startsWith(`a login at http://127.0.0.1:${port} cannot be asked: `), true);
  assertEquals(fault.retryable, true);
});

Deno.test("askService() takes an answer that comes byte by byte for none", async () => {
  let sent = 0;
  const clock = new FakeClock();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          if (sent++ > 0) await clock.sleep(900);
          controller.enqueue(new Uint8Array(100));
        },
      }),
    ));
  const url = `http://127.0.0.1:${server.addr.port}/`;
  for (const local of [LOCAL, undefined]) {
    const asked = askService(() => Promise.resolve({ clock }), {
      ...{ service: "a login", method: "GET", url },
      ...(local && { local }),
    });
    let over = false;
    const failed = assertRejects(() => asked, CredentialFault, "cannot be asked").finally(() => over = true);
    const begunMs = clock.monotonicMs();
    while (!over) {
      await new Promise((resolve) => setTimeout(resolve));
      if (clock.pending > 0) await clock.advance(900);
    }
    await failed;
    assertEquals(clock.monotonicMs() - begunMs < (local ? 10_000 : 60_000), true);
  }
});

Deno.test("what can be no address of a service is a CredentialFault, and shows nothing of it", async () => {
  for (const host of ["a b", "user:secret@login.test", "[::1", "login.test:99999", "http://", ""]) {
    for (const ask of [askService, probeService]) {
      const question = { service: "a login", method: "GET", url: `http://${host}/a?secret` } as const;
      const { message } = await assertRejects(() => ask(web, question), CredentialFault, "is no URL");
      assertEquals(message.includes("secret"), false);
    }
  }
});

Deno.test("checkServiceUrl() takes plain HTTP to this machine alone, unless that is allowed", () => {
  const check = (url: string, allowHttp = false) => checkServiceUrl("a login", url, "a test", allowHttp).href;
  assertEquals(check("https://login.test/a"), "https://login.test/a");
  assertEquals(check("http://localhost:1/"), "http://localhost:1/");
  assertEquals(check("http://login.test/", true), "http://login.test/");
  assertThrows(() => check("http://login.test/"), CredentialFault, "plain HTTP to another machine");
  for (const url of ["ftp://login.test/", "login.test", ""]) {
    assertThrows(() => check(url, true), CredentialFault, "has to be a URL");
  }
});

Deno.test("jsonFields() reads objects, and nothing of what is none", () => {
  assertEquals(jsonFields('{"a":1}'), { a: 1 });
  for (const text of ["", "<html>", "null", "7"]) assertEquals(jsonFields(text), {});
});
