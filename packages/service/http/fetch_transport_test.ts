import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { LinkedList } from "@lade/core/concurrency";
import { FakeClock } from "@lade/testing";
import { FetchAttempt } from "./fetch_attempt.ts";
import { FetchTransport } from "./fetch_transport.ts";
import { parseTarget } from "./parse_target.ts";
import { latin1, RawServer, until } from "@lade/testing/http";
import { RequestPayload } from "./request_payload.ts";
import { Semaphore } from "./semaphore.ts";
import type { RequestBody } from "./transport.ts";
import { completeTransportOptions } from "./transport_config.ts";
import { TransportError } from "./transport_error.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const once = { retry: { maxAttempts: 1 } };

Deno.test("FetchTransport.send() sends the request and gives the answer", async () => {
  const heads: string[] = [];
  await using server = new RawServer(async (peer) => {
    heads.push(await peer.head() ?? "");
    await peer.answer("hello", "206 Partial Content", 'ETag: "x"\r\n');
    await peer.rest();
  });
  await using transport = new FetchTransport(once);
  const response = await transport.send({
    method: "GET",
    url: `${server.url}/a//b%2Fc?x=%20`,
    headers: [["Range", "bytes=0-4"], ["host", `127.0.0.1:${server.port}`]],
  });
  assertEquals([response.status, response.headers.get("etag"), response.body.length], [206, '"x"', 5]);
  assertEquals([response.connection.endpoint, response.connection.reused], [server.url, undefined]);
  const target = new Uint8Array(9);
  assertEquals([
    await response.body.read(target.subarray(0, 2)),
    await response.body.read(target.subarray(2)),
  ], [2, 3]);
  assertEquals([target, await response.body.read(target)], [latin1("hello\0\0\0\0"), 0]);
  const [head = ""] = heads;
  assert(head.startsWith("GET /a//b%2Fc?x=%20 HTTP/1.1\r\n"));
  assert(head.includes("range: bytes=0-4") && head.includes("accept-encoding: identity"));
});

Deno.test("FetchTransport keeps connections, and leaves content-encoding alone", async () => {
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) {
      await peer.answer("\x1f\x8bnot really", "200 OK", "Content-Encoding: gzip\r\n");
    }
  });
  await using transport = new FetchTransport(once);
  for (let i = 0; i < 3; i++) {
    const { body } = await transport.send({ method: "GET", url: server.url });
    assertEquals(await body.bytes(99), latin1("\x1f\x8bnot really"));
  }
  assertEquals(server.connections, 1);
});

Deno.test("a failure of fetch is told by what it says beside the URL, and its causes show the origin alone", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const origin = `http://127.0.0.1:${port}`;
  await using transport = new FetchTransport(once);
  for (const path of ["/proxy/certificate.pem?sig=secret", "/socks(1)(requires%20net%20access?sig=secret"]) {
    const error = await assertRejects(
      () => transport.send({ method: "GET", url: origin + path }),
      TransportError,
    );
    assertEquals(error.kind, "refused");
    const shown = Deno.inspect(error, { depth: 9 });
    assert(shown.includes(`url (${origin}):`) && !/secret|socks|pem/.test(shown), shown);
  }
});

Deno.test("FetchTransport sends every kind of body whole, with its length", async () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i * 7);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 70_000);
    await Promise.resolve();
    yield bytes.subarray(70_000);
  }
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const bodies: RequestBody[] = [bytes, [bytes.subarray(0, 5), bytes.subarray(5)], {
    length: bytes.length,
    chunks: chunks(),
  }, shared];
  await using server = new RawServer(async (peer) => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      assert(!head.includes("chunked"));
      const length = Number(/content-length: (\d+)/.exec(head)?.[1]);
      assertEquals(await peer.bytes(length), bytes.subarray(0, length));
      await peer.answer(`${length}`);
    }
  });
  await using transport = new FetchTransport(once);
  for (const body of [...bodies, new Uint8Array(0)]) {
    const response = await transport.send({
      method: "PUT",
      url: server.url,
      body,
      headers: [["expect", "100-continue"]],
    });
    assertEquals(await response.body.text(99), body === bodies[0] || bodies.includes(body) ? "200000" : "0");
  }
  async function* tooFew(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 5);
  }
  for (const length of [4, 6]) {
    const sending = transport.send({ method: "PUT", url: server.url, body: { length, chunks: tooFew() } });
    await assertRejects(() => sending, TypeError, `Cannot send a body of ${length} bytes`);
  }
});

Deno.test("FetchTransport takes HEAD, 204 and redirects as they come", async () => {
  await using server = new RawServer(async (peer) => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      if (head.startsWith("HEAD")) await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
      else if (head.startsWith("DELETE")) await peer.send("HTTP/1.1 204 No Content\r\n\r\n");
      else await peer.answer("", "307 Temporary Redirect", "Location: http://elsewhere.test/\r\n");
    }
  });
  await using transport = new FetchTransport(once);
  for (const [method, status] of [["HEAD", 200], ["DELETE", 204], ["GET", 307]] as const) {
    const response = await transport.send({ method, url: server.url });
    assertEquals([response.status, response.body.length, await response.body.text(9)], [status, 0, ""]);
    if (status === 307) assertEquals(response.headers.get("location"), "http://elsewhere.test/");
  }
});

Deno.test("FetchTransport tries again like any transport", async () => {
  const clock = new FakeClock();
  let asked = 0;
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) await peer.answer("", asked++ ? "200 OK" : "503 Slow Down");
  });
  await using transport = new FetchTransport({ clock, firstByteTimeoutMs: Infinity });
  let response: { attempts: number; throttled: boolean } | undefined;
  const sending = transport.send({ method: "GET", url: server.url }).then((answer) => response = answer);
  while (!response) await clock.advance(250);
  await sending;
  assertEquals([response.attempts, response.throttled, asked], [2, true, 2]);
});

Deno.test("FetchTransport refuses what fetch would change", async () => {
  await using transport = new FetchTransport();
  for (
    const request of [
      { method: "GET", url: "http://h.test/a/../b" },
      { method: "GET", url: "http://h.test/a/%2e%2e/b" },
      { method: "GET", url: "http://h.test/", headers: [["host", "other.test"]] },
    ] as const
  ) {
    const error = await assertRejects(() => transport.send(request), TransportError);
    assertEquals([error.kind, error.attempts], ["unsupported", 1]);
  }
});

Deno.test("FetchTransport refuses redirects that the platform hides", async () => {
  const hidden = new Response(null);
  Object.defineProperty(hidden, "status", { value: 0 });
  await using transport = new FetchTransport({ fetch: () => Promise.resolve(hidden) });
  const sending = transport.send({ method: "GET", url: "http://h.test/" });
  assertEquals((await assertRejects(() => sending, TransportError)).kind, "unsupported");
});

Deno.test("FetchAttempt refuses a body that the platform decodes", async () => {
  const url = "http://h.test/";
  const request = { method: "GET", url };
  const attempt = {
    request,
    url,
    headers: [],
    payload: new RequestPayload(undefined),
    idempotent: true,
    startMs: 0,
    firstByteTimeoutMs: 1_000,
  };
  const run = (decodes: boolean, coding: string) => {
    const answer = new Response("text", { headers: { "content-encoding": coding } });
    const shared = {
      config: completeTransportOptions(),
      fetch: () => Promise.resolve(answer),
      decodes,
      active: new LinkedList<never>(),
    };
    return new FetchAttempt(attempt, parseTarget(url), new Semaphore(1), shared).run();
  };
  const error = await assertRejects(() => run(true, "gzip"), TransportError, "decodes gzip");
  assertEquals([error.kind, error.retryable], ["unsupported", false]);
  for (const [decodes, coding] of [[true, "identity"], [false, "gzip"]] as const) {
    assertEquals(await (await run(decodes, coding)).body.text(9), "text");
  }
});

Deno.test("FetchTransport tells failures apart", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  await using plain = new RawServer(async (peer) => {
    await peer.bytes(1);
    await peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  await using closing = new RawServer(async (peer) => void await peer.head());
  await using odd = new RawServer(async (peer) => {
    await peer.head();
    await peer.send("hello\r\n\r\n");
  });
  await using transport = new FetchTransport(once);
  for (
    const [url, kind, sent] of [
      [`http://127.0.0.1:${port}/`, "refused", "none"],
      ["http://does-not-exist.invalid/", "dns", "none"],
      [plain.url.replace("http:", "https:"), "tls", "none"],
      [closing.url, "closed-early", "partial"],
      [odd.url, "protocol", "partial"],
    ] as const
  ) {
    const error = await assertRejects(() => transport.send({ method: "GET", url }), TransportError);
    assertEquals([error.kind, error.sent], [kind, sent], String(error.cause));
  }
});

Deno.test("FetchTransport takes a body that breaks off for an error", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
  });
  await using transport = new FetchTransport(once);
  const { body } = await transport.send({ method: "GET", url: server.url });
  const error = await assertRejects(() => body.bytes(99), TransportError);
  assert(error.kind === "closed-early" || error.kind === "reset", error.kind);
  assertStrictEquals(await assertRejects(async () => await body.read(new Uint8Array(1))), error);
});

Deno.test("FetchTransport counts a body against its length by itself", async () => {
  for (const [sent, problem] of [["1234", "1 bytes before"], ["123456", "longer"]] as const) {
    await using transport = new FetchTransport({
      ...once,
      fetch: () => Promise.resolve(new Response(sent, { headers: { "content-length": "5" } })),
    });
    const { body } = await transport.send({ method: "GET", url: "http://h.test/" });
    await assertRejects(() => body.bytes(99), TransportError, problem);
  }
});

Deno.test("FetchTransport ends a wait for an answer and a stalled body", async () => {
  const clock = new FakeClock();
  let asked = 0;
  await using server = new RawServer(async (peer) => {
    const head = await peer.head();
    if (head?.includes("/body")) await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
    asked++;
    await peer.rest();
  });
  await using transport = new FetchTransport({
    ...once,
    clock,
    firstByteTimeoutMs: 5_000,
    stallTimeoutMs: 3_000,
  });
  const sending = transport.send({ method: "GET", url: server.url });
  const late = assertRejects(() => sending, TransportError, "no answer within 5000 ms");
  await until(() => asked === 1);
  await clock.advance(5_250);
  assertEquals((await late).kind, "first-byte-timeout");
  const { body } = await transport.send({ method: "GET", url: `${server.url}/body` });
  const target = new Uint8Array(10);
  assertEquals(await body.read(target), 5);
  const stalled = assertRejects(
    async () => await body.read(target),
    TransportError,
    "no byte moved for 3000 ms",
  );
  await clock.advance(3_250);
  assertEquals((await stalled).kind, "stall");
});

Deno.test("FetchTransport ends a body that single bytes keep alive", async () => {
  const clock = new FakeClock();
  const { promise: feed, resolve } = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
  const answer = new Response(new ReadableStream({ start: resolve }), {
    headers: { "content-length": "999" },
  });
  await using transport = new FetchTransport({
    ...once,
    clock,
    stallTimeoutMs: 3_000,
    fetch: () => Promise.resolve(answer),
  });
  const { body } = await transport.send({ method: "GET", url: "http://h.test/" });
  const failed = assertRejects(() => body.bytes(999), TransportError, "bytes moved in 12 s");
  const controller = await feed;
  for (let i = 0; i < 5; i++) {
    controller.enqueue(new Uint8Array(1));
    await clock.advance(2_500);
  }
  assertEquals((await failed).kind, "stall");
});

Deno.test("FetchTransport aborts at every point, with the signal's reason", async () => {
  const reason = new Error("no longer wanted");
  const { promise: go, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  await using server = new RawServer(async (peer) => {
    const head = await peer.head();
    asked++;
    if (head?.includes("/body")) await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
    await go;
  });
  await using transport = new FetchTransport({ maxConnections: 1 });
  const send = (path: string, signal: AbortSignal) =>
    transport.send({ method: "GET", url: server.url + path, signal });
  await assertRejects(() => send("/", AbortSignal.abort(reason)), Error, reason.message);

  const waiting = new AbortController();
  const first = send("/", waiting.signal);
  const queued = new AbortController();
  const second = send("/", queued.signal);
  await until(() => asked === 1);
  queued.abort(reason);
  assertStrictEquals(await assertRejects(() => second), reason);
  waiting.abort(reason);
  assertStrictEquals(await assertRejects(() => first), reason);

  const reading = new AbortController();
  const { body } = await send("/body", reading.signal);
  const target = new Uint8Array(10);
  assertEquals(await body.read(target), 5);
  const failed = assertRejects(async () => await body.read(target));
  reading.abort(reason);
  assertStrictEquals(await failed, reason);
  assertStrictEquals(await assertRejects(async () => await body.read(target)), reason);

  const other = await send("/body", new AbortController().signal);
  await other.body.cancel(reason);
  assertStrictEquals(await assertRejects(async () => await other.body.read(target)), reason);
  resolve();
});

Deno.test("FetchTransport gives up the connection of a body that is cancelled half-way", async () => {
  const gone = Promise.withResolvers<void>();
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhello");
    await peer.rest();
    gone.resolve();
  });
  await using transport = new FetchTransport(once);
  const { body } = await transport.send({ method: "GET", url: server.url });
  assertEquals(await body.read(new Uint8Array(9)), 5);
  await body.cancel();
  await gone.promise;
});

Deno.test("FetchTransport.close() ends what is under way", async () => {
  await using server = new RawServer(async (peer) => void await peer.rest());
  const transport = new FetchTransport();
  const sending = transport.send({ method: "GET", url: server.url });
  const failed = assertRejects(() => sending, TransportError, "the transport was closed");
  await until(() => server.connections === 1);
  await transport.close();
  assertEquals((await failed).kind, "closed");
  await assertRejects(() => transport.send({ method: "GET", url: server.url }), TransportError, "closed");
  await transport.close();
});

Deno.test("FetchTransport goes through a proxy, and says so when that fails", async () => {
  const heads: string[] = [];
  await using proxy = new RawServer(async (peer) => {
    heads.push(await peer.head() ?? "");
    if (heads.at(-1)?.startsWith("CONNECT")) {
      return await peer.answer("", "407 Proxy Authentication Required");
    }
    await peer.answer("by proxy");
    await peer.rest();
  });
  await using transport = new FetchTransport({
    ...once,
    proxyUrl: proxy.url.replace("//", "//me:pass%20word@"),
  });
  const { body } = await transport.send({ method: "GET", url: "http://far.test/x" });
  assertEquals(await body.text(99), "by proxy");
  const [head = ""] = heads;
  assert(head.startsWith("GET http://far.test/x HTTP/1.1"), head);
  assert(head.includes(`proxy-authorization: Basic ${btoa("me:pass word")}`), head);
  const error = await assertRejects(
    () => transport.send({ method: "GET", url: "https://far.test/x" }),
    TransportError,
  );
  assertEquals([error.kind, error.sent], ["proxy", "none"], String(error.cause));
  assert(!/pass(?: |%20)word|cGFzcyB3b3Jk/.test(String(error.stack)));
});

Deno.test("FetchTransport refuses options it does not know", () => {
  assertThrows(() => new FetchTransport({ proxy: "x" } as object), TypeError, 'there is no option "proxy"');
});
