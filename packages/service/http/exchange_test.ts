import { Pace } from "./pace.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { until } from "@lade/testing/http";
import { Connection, type Socket } from "./connection.ts";
import { encodeRequestHead } from "./encode_request_head.ts";
import { Exchange } from "./exchange.ts";
import type { BodyOwner } from "./framed_body.ts";
import { parseTarget } from "./parse_target.ts";
import { latin1 } from "@lade/testing/http";
import { RequestPayload } from "./request_payload.ts";
import { completeTransportOptions } from "./transport_config.ts";
import type { RequestBody } from "./transport.ts";
import { WireError } from "./wire_error.ts";

const clock = new FakeClock();
const config = completeTransportOptions({ clock });
const owner: BodyOwner = { describe: (error) => error, release() {}, received() {} };

/** A socket whose other side is the test. */
class ManualSocket implements Socket {
  readonly remoteAddr: Deno.Addr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };
  readonly writes: Uint8Array[] = [];
  /** Bytes that a read finds waiting. */
  waiting: Uint8Array = new Uint8Array(0);
  /** Holds writes up, when set. */
  blocked: Promise<void> | undefined;
  closed = false;
  #pending: { target: Uint8Array; resolve: (count: number | null) => void } | undefined;

  read(target: Uint8Array): Promise<number | null> {
    return new Promise((resolve) => {
      this.#pending = { target, resolve };
      this.#deliver();
    });
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.writes.push(bytes);
    await this.blocked;
    if (this.closed) throw new Deno.errors.Interrupted("operation canceled");
    return bytes.length;
  }

  /** Lets bytes come in. */
  arrive(text: string): void {
    this.waiting = latin1(String.fromCharCode(...this.waiting) + text);
    this.#deliver();
  }

  close(): void {
    this.closed = true;
    this.#pending?.resolve(null);
  }

  ref(): void {}
  unref(): void {}

  #deliver(): void {
    if (!this.#pending || this.waiting.length === 0) return;
    const { resolve, target } = this.#pending;
    const count = Math.min(target.length, this.waiting.length);
    target.set(this.waiting.subarray(0, count));
    this.waiting = this.waiting.subarray(count);
    this.#pending = undefined;
    resolve(count);
  }
}

function connect(): { socket: ManualSocket; connection: Connection } {
  const socket = new ManualSocket();
  return {
    socket,
    connection: new Connection(socket, {
      id: 1,
      endpoint: "http://h:80",
      clock,
      limits: config.limits,
      pace: new Pace(120_000, 32),
    }),
  };
}

function makeExchange(connection: Connection, body?: RequestBody): Exchange {
  const payload = new RequestPayload(body);
  const headers = { lines: [], host: undefined, expectsContinue: false };
  return new Exchange(connection, {
    method: "PUT",
    payload,
    head: encodeRequestHead("PUT", parseTarget("http://h/"), headers, payload, false),
    expectContinue: false,
    firstByteTimeoutMs: 5_000,
    onSent: undefined,
  }, config);
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("Exchange.run() writes nothing on a connection where bytes wait that no request asked for", async () => {
  const { connection, socket } = connect();
  const running = makeExchange(connection).run(owner);
  await settle();
  socket.arrive("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n");
  const { body } = await running;
  // The body is read to its last byte and no further, with more behind it in the socket.
  const reading = body.read(new Uint8Array(20));
  socket.arrive("x".repeat(20) + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  assertEquals(await reading, 20);
  assert(!connection.killed);
  const writes = socket.writes.length;
  connection.watch();
  connection.wake();
  const next = makeExchange(connection);
  await assertRejects(() => next.run(owner), WireError, "closed or spoken on while idle");
  assertEquals([next.sent, next.answered, socket.writes.length, socket.closed], [
    "none",
    false,
    writes,
    true,
  ]);
});

Deno.test("Exchange.run() refuses an answer that comes before anything of the request was taken", async () => {
  const { connection, socket } = connect();
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.blocked = promise;
  const exchange = makeExchange(connection, new Uint8Array(10));
  const running = exchange.run(owner);
  const failed = assertRejects(() => running, WireError, "before the request");
  await settle();
  socket.arrive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  await until(() => socket.closed);
  resolve();
  await failed;
  assertEquals([exchange.sent, exchange.answered, socket.closed], ["none", false, true]);
});

Deno.test("Exchange.run() rejects only when the body of the request is no longer in use", async () => {
  const { connection, socket } = connect();
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.blocked = promise;
  let settled = false;
  const running = makeExchange(connection, new Uint8Array(100_000)).run(owner).finally(() => settled = true);
  const reason = new Error("stop");
  const failed = assertRejects(() => running);
  await settle();
  connection.kill(reason);
  await settle();
  assertEquals([socket.closed, settled], [true, false]);
  resolve();
  assertStrictEquals(await failed, reason);
});

Deno.test("Exchange leaves the deadlines of a later request alone when the source of its body ends late", async () => {
  const { connection, socket } = connect();
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(5);
    await promise;
    throw new Error("the source broke after its end");
  }
  const first = makeExchange(connection, { length: 5, chunks: chunks() });
  const running = first.run(owner);
  await settle();
  socket.arrive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  (await running).body.begin();
  connection.watch();
  connection.wake();
  const second = makeExchange(connection).run(owner);
  await settle();
  socket.arrive("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  const { body } = await second;
  resolve();
  await settle();
  await clock.advance(60_000);
  connection.checkDeadline(clock.monotonicMs());
  socket.arrive("hello");
  assertEquals([await body.read(new Uint8Array(9)), connection.killed], [5, false]);
});
