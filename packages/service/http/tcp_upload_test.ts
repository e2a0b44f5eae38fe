import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { RawServer, until } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";
import type { RequestBody } from "./transport.ts";
import { TransportError } from "./transport_error.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const MIB = 2 ** 20;
const once = { retry: { maxAttempts: 1 } };

function pattern(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 7) ^ (i >> 8));
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const reused = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    reused.set(piece);
    yield reused.subarray(0, piece.length);
  }
}

Deno.test("TcpTransport sends every kind of body whole", async () => {
  const bytes = pattern(300_000);
  const bodies: [RequestBody, number][] = [
    [bytes, 300_000],
    [bytes.subarray(0, 10), 10],
    [new Uint8Array(0), 0],
    [[bytes.subarray(0, 70_000), new Uint8Array(0), bytes.subarray(70_000)], 300_000],
    [[], 0],
    [{ length: 300_000, chunks: pieces(bytes, 70_001) }, 300_000],
    [{ length: 0, chunks: pieces(bytes.subarray(0, 0), 1) }, 0],
  ];
  await using server = new RawServer(async (peer) => {
    for (const [, length] of bodies) {
      const head = await peer.head();
      assertEquals(head?.match(/^content-length: .*/m)?.[0], `content-length: ${length}`);
      assertEquals(await peer.bytes(length), bytes.subarray(0, length));
      await peer.answer();
    }
    await peer.rest();
  });
  await using transport = new TcpTransport(once);
  for (const [body] of bodies) {
    const response = await transport.send({ method: "PUT", url: server.url, body });
    assertEquals(response.status, 200);
  }
  assertEquals(server.connections, 1);
});

Deno.test("TcpTransport says content-length: 0 for a PUT or POST without a body, and nothing for a GET", async () => {
  const heads: (string | undefined)[] = [];
  await using server = new RawServer(async (peer) => {
    for (let i = 0; i < 3; i++) {
      heads.push(await peer.head());
      await peer.answer();
    }
    await peer.rest();
  });
  await using transport = new TcpTransport(once);
  for (const method of ["PUT", "POST", "GET"]) await transport.send({ method, url: server.url });
  assertEquals(heads.map((head) => head?.includes("content-length: 0")), [true, true, false]);
});

Deno.test("TcpTransport sends small bodies together with their head", async () => {
  const reads: number[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const socket = await listener.accept();
    const buffer = new Uint8Array(65_536);
    reads.push(await socket.read(buffer) ?? 0);
    await socket.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    await socket.read(buffer);
    socket.close();
  })();
  const { port } = listener.addr as Deno.NetAddr;
  const transport = new TcpTransport(once);
  await transport.send({ method: "PUT", url: `http://127.0.0.1:${port}/`, body: new Uint8Array(10_000) });
  await transport.close();
  await serving;
  listener.close();
  assert((reads[0] ?? 0) > 10_000, `${reads}`);
});

Deno.test("TcpTransport fails a streamed body of another length than it said", async () => {
  await using server = new RawServer(async (peer) => void await peer.rest());
  await using transport = new TcpTransport(once);
  for (const [length, problem] of [[11, "only 10"], [9, "more"]] as const) {
    const chunks = pieces(new Uint8Array(10), 3);
    const sending = transport.send({ method: "PUT", url: server.url, body: { length, chunks } });
    await assertRejects(
      () => sending,
      TypeError,
      `Cannot send a body of ${length} bytes: its chunks have ${problem}`,
    );
  }
  assertEquals(transport.connections, 0);
  for (const length of [-1, 1.5, NaN]) {
    const body = { length, chunks: pieces(new Uint8Array(0), 1) };
    await assertRejects(() => transport.send({ method: "PUT", url: server.url, body }), RangeError);
  }
});

Deno.test("TcpTransport rejects with what the source of a streamed body throws", async () => {
  await using server = new RawServer(async (peer) => void await peer.rest());
  await using transport = new TcpTransport();
  const failure = new Error("the disk broke");
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(3);
    await Promise.resolve();
    throw failure;
  }
  const sending = transport.send({ method: "PUT", url: server.url, body: { length: 9, chunks: broken() } });
  assertStrictEquals(await assertRejects(() => sending), failure);
  assertEquals([transport.connections, server.connections], [0, 1]);
});

Deno.test("TcpTransport does not send a streamed body twice", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.bytes(10);
    await peer.answer("", "503 Slow Down");
    await peer.rest();
  });
  await using transport = new TcpTransport();
  const body = { length: 10, chunks: pieces(new Uint8Array(10), 3) };
  const response = await transport.send({ method: "PUT", url: server.url, body });
  assertEquals([response.status, response.attempts, response.throttled], [503, 1, true]);
});

Deno.test("TcpTransport waits for 100 Continue before it sends a large body", async () => {
  const bytes = pattern(3 * MIB);
  const log: string[] = [];
  await using server = new RawServer(async (peer) => {
    const head = await peer.head();
    assert(head?.endsWith("expect: 100-continue"));
    await peer.send("HTTP/1.1 103 Early Hints\r\n\r\n");
    await peer.send("HTTP/1.1 100 Continue\r\n\r\n");
    assertEquals(await peer.bytes(bytes.length), bytes);
    await peer.answer("done");
    assertEquals((await peer.head())?.includes("expect"), false);
    await peer.bytes(10);
    await peer.answer("done");
    await peer.rest();
  });
  await using transport = new TcpTransport({
    ...once,
    clock: new FakeClock(),
    observer: { sent: () => log.push("sent") },
  });
  const response = await transport.send({ method: "PUT", url: server.url, body: bytes });
  assertEquals(await response.body.text(9), "done");
  const small = await transport.send({ method: "PUT", url: server.url, body: new Uint8Array(10) });
  assertEquals([await small.body.text(9), small.connection.reused], ["done", true]);
});

Deno.test("TcpTransport does not send the body that the service refuses instead of 100 Continue", async () => {
  let rest: Uint8Array | undefined;
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.answer("<Code>AccessDenied</Code>", "403 Forbidden");
    rest = await peer.rest();
  });
  await using transport = new TcpTransport({ ...once, clock: new FakeClock() });
  const response = await transport.send({ method: "PUT", url: server.url, body: new Uint8Array(4 * MIB) });
  assertEquals([response.status, await response.body.text(99)], [403, "<Code>AccessDenied</Code>"]);
  await until(() => rest !== undefined);
  assertEquals([rest?.length, transport.connections], [0, 0]);
});

Deno.test("TcpTransport sends the body after a while where the service ignores expect, and asks no more", async () => {
  const clock = new FakeClock();
  const heads: (string | undefined)[] = [];
  await using server = new RawServer(async (peer) => {
    for (let i = 0; i < 2; i++) {
      heads.push(await peer.head());
      await peer.bytes(3 * MIB);
      await peer.answer();
    }
    await peer.rest();
  });
  await using transport = new TcpTransport({ ...once, clock });
  const body = new Uint8Array(3 * MIB);
  const first = transport.send({ method: "PUT", url: server.url, body });
  await until(() => heads.length === 1);
  await clock.advance(1_000);
  assertEquals((await first).status, 200);
  assertEquals((await transport.send({ method: "PUT", url: server.url, body })).status, 200);
  assertEquals(heads.map((head) => head?.includes("expect")), [true, false]);
});

Deno.test("TcpTransport sends again without expect after 417, in the same try", async () => {
  await using server = new RawServer(async (peer) => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      if (head.includes("expect")) return await peer.answer("", "417 Expectation Failed");
      await peer.bytes(10);
      await peer.answer("done");
    }
  });
  await using transport = new TcpTransport({ ...once, clock: new FakeClock() });
  for (let i = 0; i < 2; i++) {
    const request = { method: "PUT", url: server.url, body: new Uint8Array(10), expectContinue: true };
    const response = await transport.send(request);
    assertEquals([response.status, response.attempts, await response.body.text(9)], [200, 1, "done"]);
  }
  assertEquals(server.connections, 2);
});

Deno.test("TcpTransport stops sending when the final answer comes first, and keeps that answer", async () => {
  let received = 0;
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.bytes(100_000);
    await peer.answer("<Code>EntityTooLarge</Code>", "400 Bad Request");
    received = (await peer.rest()).length;
  });
  await using transport = new TcpTransport({ ...once, expectContinueBytes: Infinity });
  const body = new Uint8Array(64 * MIB);
  const response = await transport.send({ method: "PUT", url: server.url, body });
  assertEquals([response.status, await response.body.text(99)], [400, "<Code>EntityTooLarge</Code>"]);
  await until(() => received > 0);
  assert(received < body.length, `${received}`);
  assertEquals(transport.connections, 0);
});

Deno.test("TcpTransport gives the answer of a service that answers and closes while it is sent to", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.answer("too large", "413 Content Too Large", "Connection: close\r\n");
    await peer.bytes(MIB);
  });
  await using transport = new TcpTransport({ ...once, expectContinueBytes: Infinity });
  const response = await transport.send({ method: "PUT", url: server.url, body: new Uint8Array(64 * MIB) });
  assertEquals([response.status, await response.body.text(99)], [413, "too large"]);
});

Deno.test("TcpTransport sends to the end when a success is answered early, and keeps the connection", async () => {
  const bytes = pattern(8 * MIB);
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.answer("fine");
    assertEquals(await peer.bytes(bytes.length), bytes);
    await peer.head();
    await peer.answer("next");
    await peer.rest();
  });
  await using transport = new TcpTransport({ ...once, expectContinueBytes: Infinity });
  const response = await transport.send({ method: "PUT", url: server.url, body: bytes });
  assertEquals(await response.body.text(9), "fine");
  const next = await transport.send({ method: "GET", url: server.url });
  assertEquals([await next.body.text(9), next.connection.reused], ["next", true]);
});

Deno.test("TcpTransport tells how much was sent when the service breaks off", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.bytes(100_000);
  });
  await using transport = new TcpTransport({ ...once, expectContinueBytes: Infinity });
  const sending = transport.send({ method: "PUT", url: server.url, body: new Uint8Array(64 * MIB) });
  const error = await assertRejects(() => sending, TransportError);
  assert(error.kind === "reset" || error.kind === "closed-early");
  assertEquals([error.sent, error.retryable, transport.connections], ["partial", true, 0]);
});
