import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { RetryBudget } from "@lade/core/retry";
import { FakeClock } from "@lade/testing";
import { EndpointHealths } from "./endpoint_health.ts";
import { RawServer, until } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";
import { TransportError } from "./transport_error.ts";
import type { TransportOptions } from "./transport_options.ts";
import type { TransportRequest, TransportResponse } from "./transport.ts";

Deno.test.sanitizer({ ops: true, resources: true });

/** Serves the given answers in turn (`""` closes instead), the last one for ever; tells how often it was asked. */
function serve(...answers: string[]): { server: RawServer; asked: () => number } {
  let asked = 0;
  const server = new RawServer(async (peer) => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      await peer.bytes(Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0));
      const answer = answers[Math.min(asked++, answers.length - 1)];
      if (!answer) return;
      const [status = "", headers = ""] = answer.split("|");
      await peer.answer(status, status, headers && `${headers}\r\n`);
    }
  });
  return { server, asked: () => asked };
}

/** Sends one request while the clock runs from sleeper to sleeper; tells the waits before each retry. */
async function send(
  server: RawServer,
  request: Partial<TransportRequest> = {},
  options: TransportOptions = {},
) {
  const clock = new FakeClock();
  const delays: number[] = [];
  let isTrying = false;
  const observer = {
    attemptStarted: () => void (isTrying = true),
    retrying(_: unknown, retry: { delayMs: number }) {
      isTrying = false;
      delays.push(retry.delayMs);
    },
  };
  await using transport = new TcpTransport({ clock, random: () => 1, observer, ...options });
  let outcome: TransportResponse | unknown;
  const sending = transport.send({ method: "GET", url: server.url, ...request })
    .then((response) => outcome = response, (error) => outcome = error ?? new Error("no error"));
  // The clock stands still while a try is made, or the network's time would count.
  while (outcome === undefined) await (isTrying ? until(() => true) : clock.advance(250));
  await sending;
  if (!(outcome instanceof Error)) {
    const response = outcome as TransportResponse;
    const text = await response.body.text(100);
    const { attempts, status, throttled } = response;
    return { status, attempts, throttled, text, delays };
  }
  return { error: outcome, delays };
}

for (const status of [408, 429, 500, 502, 503, 504]) {
  Deno.test(`TcpTransport tries again after ${status}`, async () => {
    for (const [method, idempotent] of [["GET", true], ["POST", status === 502 || status === 504]] as const) {
      const { server, asked } = serve(`${status} Sorry`, "200 OK");
      await using _ = server;
      assertEquals(await send(server, { method, idempotent, body: new Uint8Array(9) }), {
        status: 200,
        attempts: 2,
        throttled: status === 429 || status === 503,
        text: "200 OK",
        delays: [100],
      });
      assertEquals([asked(), server.connections], [2, 1]);
    }
  });
}

for (const status of [502, 504]) {
  Deno.test(`TcpTransport does not send again what is not idempotent after a gateway's ${status}`, async () => {
    for (const request of [{ method: "POST" }, { method: "PUT", idempotent: false }]) {
      const { server, asked } = serve(`${status} Sorry`, "200 OK");
      await using _ = server;
      const { attempts, status: got } = await send(server, { ...request, body: new Uint8Array(9) });
      assertEquals([got, attempts, asked()], [status, 1, 1]);
    }
  });
}

Deno.test("TcpTransport waits for a service that another transport knows to be there", async () => {
  for (const [health, expected] of [[new EndpointHealths(), [200, 13]], [undefined, [502, 8]]] as const) {
    const { server } = serve("200 OK", ...Array.from({ length: 12 }, () => "502 Away"), "200 OK");
    await using _ = server;
    const options = health ? { health } : {};
    assertEquals((await send(server, {}, options)).status, 200);
    const { attempts, status } = await send(server, {}, options);
    assertEquals<unknown>([status, attempts], expected);
  }
});

Deno.test("TcpTransport does not try again after other answers", async () => {
  for (const status of [200, 206, 301, 307, 400, 403, 404, 409, 412, 416, 501]) {
    const { server, asked } = serve(`${status} X`);
    await using _ = server;
    const { attempts, status: got } = await send(server);
    assertEquals([got, attempts, asked()], [status, 1, 1]);
  }
});

Deno.test("TcpTransport gives the last answer when the tries are used up", async () => {
  const { server, asked } = serve("503 Slow Down");
  await using _ = server;
  const { delays, ...outcome } = await send(server);
  assertEquals(outcome, { status: 503, attempts: 8, throttled: true, text: "503 Slow Down" });
  assertEquals(delays, [100, 200, 400, 800, 1_600, 3_200, 5_000]);
  assertEquals(asked(), 8);
});

Deno.test("TcpTransport waits as long as the service asks for", async () => {
  for (
    const [header, delay] of [
      ["Retry-After: 7", 7_000],
      ["Retry-After: Thu, 01 Jan 2026 00:00:20 GMT", 20_000],
      ["x-amz-retry-after: 1234", 1_234],
      ["Retry-After: 0", 100],
    ] as const
  ) {
    const { server } = serve(`503 Slow Down|${header}`, "200 OK");
    await using _ = server;
    const { delays, status } = await send(server);
    assertEquals([status, delays], [200, [delay]]);
  }
  const { server } = serve("503 Slow Down|Retry-After: 3600");
  await using _ = server;
  const { delays, status } = await send(server);
  assertEquals([status, delays], [503, []]);
});

Deno.test("TcpTransport tries an idempotent request again when the service breaks off without an answer", async () => {
  for (const method of ["GET", "PUT", "DELETE", "HEAD"]) {
    const { server } = serve("", "", "200 OK");
    await using _ = server;
    const { attempts, status } = await send(server, { method });
    assertEquals([status, attempts], [200, 3]);
  }
});

Deno.test("TcpTransport does not repeat what is not idempotent once the service may have seen it", async () => {
  const { server, asked } = serve("", "200 OK");
  await using _ = server;
  const { error } = await send(server, { method: "POST" });
  assertEquals([error instanceof TransportError && error.sent, asked()], ["all", 1]);
  const { attempts, status } = await send(server, { method: "POST", idempotent: true });
  assertEquals([status, attempts], [200, 1]);
});

Deno.test("TcpTransport tells the number of tries in its error", async () => {
  const { server, asked } = serve("");
  await using _ = server;
  const { error } = await send(server, { label: "s3://b/k" }, { retry: { maxAttempts: 3 } });
  assertEquals(error instanceof TransportError && [error.kind, error.attempts], ["closed-early", 3]);
  assertEquals(
    error instanceof Error && error.message,
    `Cannot send GET for "s3://b/k" to "${server.url}": the connection was closed before the answer`,
  );
  assertEquals(asked(), 3);
});

Deno.test("TcpTransport tries again where nobody listens, for a while", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const server = { url: `http://127.0.0.1:${port}` } as RawServer;
  const { delays, error } = await send(server, { method: "POST" });
  assertEquals(error instanceof TransportError && [error.kind, error.sent], ["refused", "none"]);
  const [last = 0, ...others] = delays.reverse();
  assertEquals(others, [1_600, 800, 400, 200, 100]);
  // The clock goes on by 250 ms at a time.
  assertEquals(last > 250 && last <= 2_900, true, `the last wait is ${last} ms`);
});

Deno.test("TcpTransport gives up what it cannot reach after `unreachableAfterMs`, however the jitter falls", async () => {
  await using server = new RawServer((peer) => peer.bytes(1).then(() => undefined));
  const https = { url: server.url.replace("http:", "https:") } as RawServer;
  for (const jitter of [[0, 0, 0, 0, 0, 1, 1], [0.9, 0.9, 0.9, 0.9, 0.9, 0.99, 1], [0, 0, 0, 0, 0, 0, 1]]) {
    let tries = 0;
    const { delays, error } = await send(https, {}, { random: () => jitter[tries++] ?? 1 });
    assertEquals(error instanceof TransportError && [error.kind, error.sent], ["tls", "none"]);
    assertEquals(Math.max(...delays) > 2_000 && delays.reduce((sum, delay) => sum + delay) <= 6_000, true);
  }
});

Deno.test("TcpTransport makes the head anew for each try", async () => {
  const heads: (string | undefined)[] = [];
  await using server = new RawServer(async (peer) => {
    for (let i = 0; i < 3; i++) {
      heads.push((await peer.head())?.replace(/\r\nhost: .*/, ""));
      await peer.answer("", i < 2 ? "500 Oops" : "200 OK");
    }
    await peer.rest();
  });
  const prepare = (attempt: number) => {
    const head = { url: `${server.url}/${attempt}`, headers: [["x-try", `${attempt}`]] as const };
    return attempt === 2 ? Promise.resolve(head) : head;
  };
  const { attempts } = await send(server, { prepare });
  assertEquals(attempts, 3);
  assertEquals(heads, [1, 2, 3].map((i) => `GET /${i} HTTP/1.1\r\nx-try: ${i}`));
});

Deno.test("TcpTransport rejects with what prepare() throws", async () => {
  const { server, asked } = serve("200 OK");
  await using _ = server;
  const failure = new Error("no credentials");
  for (
    const prepare of [() => Promise.reject(failure), () => {
      throw failure;
    }]
  ) {
    assertStrictEquals((await send(server, { prepare })).error, failure);
  }
  assertEquals(asked(), 0);
});

Deno.test("TcpTransport lets retryable() peek into an answer and decide", async () => {
  const { server, asked } = serve("200 Error", "200 OK");
  await using _ = server;
  const seen: string[] = [];
  const retryable = async (response: TransportResponse) => {
    seen.push(new TextDecoder().decode(await response.body.peek(9)));
    return seen.at(-1) === "200 Error" ? true : undefined;
  };
  const { attempts, status, text } = await send(server, { retryable });
  assertEquals([status, attempts, text, asked()], [200, 2, "200 OK", 2]);
  assertEquals(seen, ["200 Error", "200 OK"]);
  const refused = serve("503 Slow Down");
  await using __ = refused.server;
  const outcome = await send(refused.server, { retryable: () => false });
  assertEquals([outcome.status, outcome.attempts], [503, 1]);
});

Deno.test("TcpTransport rejects with what retryable() throws, and frees the connection", async () => {
  const { server } = serve("200 OK");
  await using _ = server;
  const failure = new Error("cannot tell");
  const outcome = await send(server, {
    retryable: () => {
      throw failure;
    },
  });
  assertStrictEquals(outcome.error, failure);
});

Deno.test("TcpTransport stops trying again when the budget is spent, and fills it by successes", async () => {
  const retryBudget = new RetryBudget(12);
  const { server, asked } = serve("500 Oops");
  await using _ = server;
  assertEquals((await send(server, {}, { retryBudget })).attempts, 3);
  assertEquals((await send(server, {}, { retryBudget })).attempts, 1);
  assertEquals([asked(), retryBudget.tokens], [4, 2]);
  const fine = serve("200 OK", "200 OK", "200 OK", "503 Slow Down", "200 OK");
  await using __ = fine.server;
  for (const tokens of [3, 4, 5, 5]) {
    await send(fine.server, {}, { retryBudget });
    assertEquals(retryBudget.tokens, tokens);
  }
});

Deno.test("TcpTransport takes a used connection that proves dead for no try", async () => {
  let asked = 0;
  await using server = new RawServer(async (peer) => {
    // Every connection takes two requests and answers the first.
    await peer.head();
    await peer.answer("fine");
    await peer.head();
    asked++;
  });
  await using transport = new TcpTransport({ retry: { maxAttempts: 1 } });
  for (let i = 0; i < 3; i++) {
    const response = await transport.send({ method: "GET", url: server.url });
    assertEquals([await response.body.text(9), response.attempts], ["fine", 1]);
  }
  assertEquals([server.connections, asked], [3, 2]);
});

Deno.test("TcpTransport does not send a request that is not idempotent twice because a used connection died", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.answer("fine");
    await peer.head();
  });
  await using transport = new TcpTransport();
  await (await transport.send({ method: "POST", url: server.url })).body.discard();
  const sending = transport.send({ method: "POST", url: server.url });
  assertEquals((await assertRejects(() => sending, TransportError)).sent, "all");
  assertEquals(server.connections, 1);
});

Deno.test("TcpTransport runs its interceptor around each try", async () => {
  const { server, asked } = serve("200 OK");
  await using _ = server;
  const tries: number[] = [];
  const fault = (endpoint: string) =>
    new TransportError({ kind: "reset", detail: "injected", endpoint, sent: "all" });
  const outcome = await send(server, {}, {
    interceptor: (request, attempt, next) => {
      tries.push(attempt);
      return attempt < 3 ? Promise.reject(fault(request.url)) : next();
    },
  });
  assertEquals([outcome.status, outcome.attempts, tries, asked()], [200, 3, [1, 2, 3], 1]);
});
