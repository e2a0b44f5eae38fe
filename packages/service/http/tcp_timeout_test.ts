import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { type Peer, RawServer, until } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";
import { TransportError } from "./transport_error.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const bounds = {
  connectTimeoutMs: 2_000,
  firstByteTimeoutMs: 5_000,
  stallTimeoutMs: 3_000,
  retry: { maxAttempts: 1 },
};

Deno.test("TcpTransport ends a wait for an answer after firstByteTimeoutMs", async () => {
  const clock = new FakeClock();
  let asked = 0;
  await using server = new RawServer(async (peer) => {
    await peer.head();
    asked++;
    await peer.rest();
  });
  await using transport = new TcpTransport({ ...bounds, clock });
  for (const [own, bound] of [[undefined, 5_000], [9_000, 9_000]] as const) {
    const request = { method: "GET", url: server.url, ...(own && { firstByteTimeoutMs: own }) };
    const sending = transport.send(request);
    const failed = assertRejects(() => sending, TransportError, `no answer within ${bound} ms`);
    const before = asked;
    await until(() => asked > before);
    await clock.advance(bound - 250);
    assertEquals(transport.connections, 1);
    await clock.advance(500);
    const { kind, retryable, sent } = await failed;
    assertEquals([kind, sent, retryable, transport.connections], ["first-byte-timeout", "all", true, 0]);
  }
});

Deno.test("TcpTransport ends a body on which no byte moves for stallTimeoutMs, however long it took before", async () => {
  const clock = new FakeClock();
  const { promise: peerHere, resolve } = Promise.withResolvers<Peer>();
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n");
    resolve(peer);
    await peer.rest();
  });
  await using transport = new TcpTransport({ ...bounds, clock });
  const { body } = await transport.send({ method: "GET", url: server.url });
  const peer = await peerHere;
  const target = new Uint8Array(100);
  for (let i = 0; i < 10; i++) {
    const reading = body.read(target);
    await clock.advance(2_500);
    await peer.send("x".repeat(100));
    assertEquals(await reading, 100);
  }
  // A reader that takes its time is no stall.
  await clock.advance(20_000);
  const failed = assertRejects(
    async () => await body.read(target),
    TransportError,
    "no byte moved for 3000 ms",
  );
  await clock.advance(3_250);
  assertEquals([(await failed).kind, transport.connections], ["stall", 0]);
});

for (const framing of ["Content-Length: 10000", "Transfer-Encoding: chunked"]) {
  Deno.test(`TcpTransport ends a body that single bytes keep alive, with ${framing}`, async () => {
    const clock = new FakeClock();
    const { promise: peerHere, resolve } = Promise.withResolvers<Peer>();
    await using server = new RawServer(async (peer) => {
      await peer.head();
      await peer.send(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n`);
      resolve(peer);
      await peer.rest();
    });
    await using transport = new TcpTransport({ ...bounds, clock });
    const { body } = await transport.send({ method: "GET", url: server.url });
    const peer = await peerHere;
    const failed = assertRejects(
      async () => {
        while (await body.read(new Uint8Array(10_000), 10_000) > 0);
      },
      TransportError,
      "bytes moved in 12 s",
    );
    for (let i = 0; i < 5; i++) {
      await peer.send(framing.startsWith("Content") ? "x" : "1\r\nx\r\n");
      for (let turn = 0; turn < 5; turn++) await until(() => true);
      await clock.advance(2_500);
    }
    const { kind, waitedMs } = await failed;
    assertEquals([kind, waitedMs >= 12_000, transport.connections], ["stall", true, 0]);
  });
}

Deno.test("TcpTransport lets a slow body come, whose bytes are asked for in one piece", async () => {
  const clock = new FakeClock();
  const { promise: peerHere, resolve } = Promise.withResolvers<Peer>();
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    resolve(peer);
    await peer.rest();
  });
  await using transport = new TcpTransport({ ...bounds, clock });
  const { body } = await transport.send({ method: "GET", url: server.url });
  const peer = await peerHere;
  const target = new Uint8Array(1_000);
  const reading = body.read(target, 1_000);
  for (let i = 0; i < 10; i++) {
    await clock.advance(2_500);
    await peer.send("x".repeat(100));
    await until(() => target[100 * i + 99] !== 0);
    await until(() => true);
  }
  assertEquals(await reading, 1_000);
});

Deno.test("TcpTransport ends the sending of a body that nobody takes", async () => {
  const clock = new FakeClock();
  const { promise: stop, resolve } = Promise.withResolvers<void>();
  let taken = 0;
  await using server = new RawServer(async (peer) => {
    await peer.head();
    taken = (await peer.bytes(100_000)).length;
    await stop;
  });
  await using transport = new TcpTransport({ ...bounds, clock, expectContinueBytes: Infinity });
  const sending = transport.send({ method: "PUT", url: server.url, body: new Uint8Array(2 ** 26) });
  const failed = assertRejects(() => sending, TransportError);
  await until(() => taken > 0);
  await clock.advance(10_000);
  const error = await failed;
  assertEquals([error.kind, error.sent, transport.connections], ["stall", "partial", 0]);
  resolve();
});

Deno.test("TcpTransport gives a slow source of a body all the time it wants", async () => {
  const clock = new FakeClock();
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  let started = false;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(3);
    started = true;
    await ready;
    yield new Uint8Array(2);
  }
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.bytes(5);
    await peer.answer("fine");
    await peer.rest();
  });
  await using transport = new TcpTransport({ ...bounds, clock });
  const sending = transport.send({ method: "PUT", url: server.url, body: { length: 5, chunks: chunks() } });
  await until(() => started);
  await clock.advance(20_000);
  resolve();
  assertEquals(await (await sending).body.text(9), "fine");
});

Deno.test("TcpTransport ends an attempt to connect after connectTimeoutMs", async () => {
  const clock = new FakeClock();
  await using server = new RawServer(async (peer) => void await peer.rest());
  await using transport = new TcpTransport({ ...bounds, clock });
  // The server never answers the greeting of TLS.
  const sending = transport.send({ method: "GET", url: server.url.replace("http:", "https:") });
  const said =
    "no answer to the TLS handshake, as from a port that speaks http and not https (no connection within 2000 ms)";
  const failed = assertRejects(() => sending, TransportError, said);
  await until(() => server.connections === 1);
  await clock.advance(2_250);
  const error = await failed;
  assertEquals([error.kind, error.sent, error.retryable], ["connect-timeout", "none", true]);
  await until(() => transport.connections === 0);
});

Deno.test("TcpTransport gives an endpoint up that cannot be reached, before all tries are made", async () => {
  const clock = new FakeClock();
  await using server = new RawServer(async (peer) => void await peer.rest());
  let attempts = 0;
  const observer = { attemptStarted: () => void attempts++ };
  await using transport = new TcpTransport({ clock, observer, random: () => 1 });
  const sending = transport.send({ method: "GET", url: server.url.replace("http:", "https:") });
  let error: unknown;
  const failed = assertRejects(() => sending, TransportError).then((caught) => error = caught);
  while (error === undefined) await clock.advance(250);
  await failed;
  assertEquals([attempts, clock.monotonicMs() < 10_000], [2, true]);
});

Deno.test("TcpTransport closes a connection that was idle for idleTimeoutMs, and needs no time when unused", async () => {
  const clock = new FakeClock();
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) await peer.answer("fine");
  });
  await using transport = new TcpTransport({ ...bounds, clock, idleTimeoutMs: 4_000 });
  const send = async () => await (await transport.send({ method: "GET", url: server.url })).body.discard();
  await send();
  await clock.advance(3_500);
  await send();
  assertEquals([server.connections, transport.connections], [1, 1]);
  await clock.advance(3_500);
  assertEquals(transport.connections, 1);
  await clock.advance(1_000);
  assertEquals([transport.connections, clock.pending], [0, 0]);
  await send();
  assertEquals(server.connections, 2);
});
