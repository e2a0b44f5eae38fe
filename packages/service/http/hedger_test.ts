import { assertEquals, assertRejects } from "@std/assert";
import { HedgeBudget } from "@lade/core/concurrency";
import { FakeClock } from "@lade/testing";
import { hedgerOf } from "./hedger.ts";
import { HttpResponse } from "./http_response.ts";
import { type Attempt, sendWithRetry } from "./send_with_retry.ts";
import type { ResponseHeaders } from "./response_headers.ts";
import type { TransportRequest, TransportResponse } from "./transport.ts";
import { completeTransportOptions } from "./transport_config.ts";
import { toTransportError, WireError } from "./wire_error.ts";

/** What becomes of one try: its answer's status after some time, or its failure. */
interface Fate {
  readonly afterMs: number;
  readonly status?: number;
  readonly fails?: boolean;
  /** When it has a connection; at once by default. */
  readonly connectedAfterMs?: number;
}

const URL = "http://service/b/k";
const ENDPOINT = "http://service:80";

/** A transport in fake time, over a service that does with each try as it is told. */
function setUp() {
  const clock = new FakeClock();
  const hedges = new HedgeBudget(clock);
  const events: string[] = [];
  const config = completeTransportOptions({
    clock,
    hedges,
    random: () => 1,
    observer: { hedged: (_, attempt) => void events.push(`hedged ${attempt}`) },
  });
  const hedger = hedgerOf(config);
  const fates = new Map<TransportRequest, Fate[]>();
  const avoided: (string | undefined)[] = [];
  let tries = 0;
  const carry = async (attempt: Attempt): Promise<TransportResponse> => {
    const number = ++tries;
    const { afterMs, connectedAfterMs = 0, fails, status = 200 } = fates.get(attempt.request)?.shift() ??
      { afterMs: 40 };
    const ended = new AbortController();
    const { elsewhere, flight, request, startMs } = attempt;
    avoided.push(elsewhere);
    flight?.endBy((reason) => {
      events.push(`${number} ended`);
      ended.abort(reason);
    });
    const signal = request.signal ? AbortSignal.any([ended.signal, request.signal]) : ended.signal;
    try {
      const attemptMs = clock.monotonicMs();
      await clock.sleep(connectedAfterMs, signal);
      const connectedMs = clock.monotonicMs();
      flight?.depart(connectedMs, "10.0.0.1:80");
      await clock.sleep(afterMs, signal);
      if (fails) throw new WireError("reset", "gone");
      const dropped = (how: string) => () => Promise.resolve(void events.push(`${number} ${how}`));
      return new HttpResponse({
        status,
        headers: { get: () => undefined } as unknown as ResponseHeaders,
        body: { cancel: dropped("cancelled"), discard: dropped("discarded") } as never,
        connection: { id: number, endpoint: ENDPOINT, remoteAddress: undefined, reused: true },
        timings: { startMs, attemptMs, connectedMs, sentMs: connectedMs, firstByteMs: clock.monotonicMs() },
      });
    } catch (error) {
      throw toTransportError(error, request, ENDPOINT, "all");
    }
  };
  const send = (request: Partial<TransportRequest> = {}, ...next: Fate[]) => {
    const all = { method: "GET", url: URL, hedge: true, ...request };
    fates.set(all, next);
    return sendWithRetry(all, config, carry, hedger).then(
      ({ attempts, connection, status, throttled }) => ({
        status,
        by: connection.id,
        attempts,
        throttled,
        at: clock.monotonicMs(),
      }),
    );
  };
  /** Sends requests that take 40 ms each, so that 80 ms are too long. */
  const warmUp = async (count = 40) => {
    const sending = Array.from({ length: count }, () => send());
    await clock.advance(40);
    await Promise.all(sending);
    tries = 0;
  };
  return {
    clock,
    hedges,
    events,
    avoided,
    send,
    warmUp,
    tries: () => tries,
    [Symbol.dispose]: () => hedger?.close(),
  };
}

Deno.test("a request whose answer is overdue is sent a second time, and the answer that comes first is used", async () => {
  using service = setUp();
  await service.warmUp();
  const startMs = service.clock.monotonicMs();
  const sending = service.send({}, { afterMs: 10_000 }, { afterMs: 30 });
  await service.clock.advance(79);
  assertEquals(service.tries(), 1);
  await service.clock.advance(60);
  const { at, ...answer } = await sending;
  assertEquals(answer, { status: 200, by: 2, attempts: 1, throttled: false });
  assertEquals(at - startMs <= 80 + 20 + 30, true, `${at - startMs}`);
  assertEquals(service.events, ["hedged 1", "1 ended"]);
  assertEquals(service.avoided.slice(-2), [undefined, "10.0.0.1:80"]);
  assertEquals([service.hedges.issued, service.hedges.won], [1, 1]);
});

Deno.test("a first answer that comes before the second ends the second try, which was in vain", async () => {
  using service = setUp();
  await service.warmUp();
  const sending = service.send({}, { afterMs: 120 }, { afterMs: 500 });
  await service.clock.advance(130);
  assertEquals((await sending).by, 1);
  assertEquals(service.events, ["hedged 1", "2 ended"]);
  assertEquals([service.hedges.issued, service.hedges.won], [1, 0]);
});

Deno.test("an error of the second try is nobody's business", async () => {
  for (const second of [{ afterMs: 5, fails: true }, { afterMs: 5, status: 500 }]) {
    using service = setUp();
    await service.warmUp();
    const sending = service.send({}, { afterMs: 300 }, second);
    await service.clock.advance(320);
    assertEquals(await sending.then(({ by, attempts }) => [by, attempts]), [1, 1]);
    assertEquals(service.events, ["hedged 1", ...second.status ? ["2 discarded"] : []]);
    assertEquals([service.hedges.issued, service.hedges.won, service.tries()], [1, 0, 2]);
  }
});

Deno.test("a first try that fails waits for the second one", async () => {
  for (const first of [{ afterMs: 110, fails: true }, { afterMs: 110, status: 500 }]) {
    using service = setUp();
    await service.warmUp();
    const sending = service.send({}, first, { afterMs: 200 });
    await service.clock.advance(320);
    assertEquals(await sending.then(({ by, attempts, status }) => [by, attempts, status]), [2, 1, 200]);
    assertEquals(service.events, ["hedged 1", ...first.status ? ["1 discarded"] : []]);
    assertEquals([service.hedges.issued, service.hedges.won, service.tries()], [1, 1, 2]);
  }
});

Deno.test("where both tries fail, the request is tried again as after the first one's failure", async () => {
  using service = setUp();
  await service.warmUp();
  const sending = service.send({}, { afterMs: 110, fails: true }, { afterMs: 50, status: 500 }, {
    afterMs: 9,
  });
  await service.clock.advance(1_000);
  assertEquals(await sending.then(({ by, attempts, status }) => [by, attempts, status]), [3, 2, 200]);
  assertEquals([service.hedges.issued, service.hedges.won, service.tries()], [1, 0, 3]);
});

Deno.test("an abort ends both tries with the signal's reason", async () => {
  using service = setUp();
  await service.warmUp();
  const controller = new AbortController();
  const sending = service.send({ signal: controller.signal }, { afterMs: 900 }, { afterMs: 900 });
  const rejected = assertRejects(() => sending);
  await service.clock.advance(120);
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals(await rejected, reason);
  await service.clock.advance(900);
  assertEquals([service.hedges.issued, service.hedges.won, service.tries()], [1, 0, 2]);
  assertEquals(service.clock.pending <= 1, true, "no try goes on");
});

Deno.test("a try's signature is its own", async () => {
  using service = setUp();
  await service.warmUp();
  let heads = 0;
  const prepare = () => Promise.resolve({ headers: [["x-signature", `${++heads}`]] as const });
  const sending = service.send({ prepare }, { afterMs: 300 }, { afterMs: 5 });
  await service.clock.advance(120);
  assertEquals([(await sending).by, heads], [2, 2]);
});

Deno.test("a head that cannot be made for the second try leaves the first one alone", async () => {
  using service = setUp();
  await service.warmUp();
  let heads = 0;
  const prepare = () => ++heads === 1 ? { headers: [] } : Promise.reject(new Error("no key"));
  const sending = service.send({ prepare }, { afterMs: 300 });
  await service.clock.advance(320);
  assertEquals([(await sending).by, heads, service.tries()], [1, 2, 1]);
});

Deno.test("what says by a hook that it calls for another try does not win", async () => {
  using service = setUp();
  await service.warmUp();
  const retryable = ({ connection }: TransportResponse) => connection.id === 2;
  const sending = service.send({ retryable }, { afterMs: 300 }, { afterMs: 5 });
  await service.clock.advance(320);
  assertEquals((await sending).by, 1);
  assertEquals(service.events, ["hedged 1", "2 discarded"]);
});

Deno.test("writes, requests with a body and those that do not ask for it are sent once", async () => {
  const requests: readonly Partial<TransportRequest>[] = [
    { method: "PUT", body: new Uint8Array(1) },
    { method: "PUT" },
    { method: "DELETE" },
    { method: "POST" },
    { method: "GET", body: new Uint8Array(1) },
    { method: "GET", hedge: false },
  ];
  for (const request of requests) {
    using service = setUp();
    await service.warmUp();
    const like = Array.from({ length: 40 }, () => service.send(request));
    await service.clock.advance(40);
    await Promise.all(like);
    const sending = service.send(request, { afterMs: 2_000 });
    await service.clock.advance(2_000);
    await sending;
    assertEquals([service.hedges.issued, service.tries()], [0, 41], JSON.stringify(request));
  }
});

Deno.test("a method is judged by its own kind: a HEAD says nothing about a GET", async () => {
  using service = setUp();
  await service.warmUp();
  const sending = service.send({ method: "HEAD" }, { afterMs: 5_000 });
  await service.clock.advance(5_000);
  await sending;
  assertEquals(service.hedges.issued, 0);
});

Deno.test("the wait for a connection is no wait for an answer", async () => {
  using service = setUp();
  await service.warmUp();
  const sending = service.send({}, { connectedAfterMs: 1_000, afterMs: 70 });
  await service.clock.advance(1_070);
  await sending;
  assertEquals(service.hedges.issued, 0);
});

Deno.test("where all answers are slow from one moment on, none is asked for twice", async () => {
  using service = setUp();
  await service.warmUp(200);
  const slow = [{ afterMs: 1_000 }, { afterMs: 5 }];
  for (let round = 0; round < 5; round++) {
    const sending = Array.from({ length: 16 }, () => service.send({}, ...slow));
    await service.clock.advance(1_000);
    await Promise.all(sending);
  }
  assertEquals(service.hedges.issued, 0);
  const last = service.send({}, ...slow);
  await service.clock.advance(1_000);
  assertEquals([(await last).at > 0, service.hedges.issued], [true, 0], "now it is what is expected");
});

Deno.test("one after another, slow answers are asked for twice only until that proves to be in vain", async () => {
  using service = setUp();
  await service.warmUp(400);
  for (let count = 0; count < 10; count++) {
    const sending = service.send({}, { afterMs: 500 }, { afterMs: 5_000 });
    await service.clock.advance(500);
    await sending;
  }
  assertEquals([service.hedges.issued, service.hedges.won], [3, 0], "after 80, 160 and 320 ms");
});

for (const status of [429, 503]) {
  Deno.test(`after a ${status} nothing is asked for twice for ten seconds`, async () => {
    using service = setUp();
    await service.warmUp(200);
    const refused = service.send({}, { afterMs: 40, status });
    await service.clock.advance(1_000);
    assertEquals(await refused.then(({ status, throttled }) => [status, throttled]), [200, true]);
    const others = Array.from({ length: 30 }, () => service.send());
    await service.clock.advance(40);
    await Promise.all(others);
    const slow = service.send({}, { afterMs: 3_000 });
    await service.clock.advance(3_000);
    await slow;
    assertEquals(service.hedges.issued, 0);
    await service.clock.advance(10_000);
    const again = service.send({}, { afterMs: 3_000 }, { afterMs: 5 });
    await service.clock.advance(120);
    assertEquals([(await again).by > 0, service.hedges.won], [true, 1]);
  });

  Deno.test(`a ${status} of the second try is told with the first one's answer`, async () => {
    using service = setUp();
    await service.warmUp();
    const sending = service.send({}, { afterMs: 300 }, { afterMs: 5, status });
    await service.clock.advance(320);
    assertEquals(await sending.then(({ by, throttled }) => [by, throttled]), [1, true]);
    const next = service.send({}, { afterMs: 300 });
    await service.clock.advance(320);
    assertEquals([(await next).throttled, service.hedges.issued], [false, 1]);
  });
}

Deno.test("a transport that is closed asks for nothing a second time", async () => {
  const service = setUp();
  await service.warmUp();
  const sending = service.send({}, { afterMs: 300 });
  service[Symbol.dispose]();
  await service.clock.advance(320);
  assertEquals([(await sending).by, service.tries(), service.clock.pending], [1, 1, 0]);
});

Deno.test("where one answer in fifty is slow, the slowest come soon, for 5 % more requests at most", async () => {
  const run = async (hedge: boolean) => {
    using service = setUp();
    const durations: number[] = [];
    let connection = 0;
    const worker = async (requests: number) => {
      for (let count = 0; count < requests; count++) {
        const startMs = service.clock.monotonicMs();
        const slow = ++connection % 50 === 0;
        const { at } = await service.send({ hedge }, { afterMs: slow ? 2_000 : 40 });
        durations.push(at - startMs);
      }
    };
    const working = Promise.all(Array.from({ length: 10 }, () => worker(40)));
    let over = false;
    void working.then(() => over = true);
    await service.clock.advanceUntil(20, () => over);
    durations.sort((a, b) => a - b);
    return { tries: service.tries(), tail: durations[Math.floor(durations.length * 0.99)] ?? 0 };
  };
  const [plain, hedged] = [await run(false), await run(true)];
  assertEquals([plain.tries, plain.tail], [400, 2_000]);
  assertEquals([hedged.tries <= 420, hedged.tail < 300], [true, true], JSON.stringify(hedged));
});
