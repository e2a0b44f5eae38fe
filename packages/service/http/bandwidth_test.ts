import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Bandwidth, Direction } from "@lade/core/backend";
import { AbortableQueue } from "@lade/core/concurrency";
import { FakeClock } from "@lade/testing";
import { RawServer, until } from "@lade/testing/http";
import { createTransport } from "./create_transport.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const PIECE = 1_000;

/** Lets bytes go when a test says so. */
class ManualBandwidth implements Bandwidth {
  readonly let = { up: 0, down: 0 };
  readonly #waiting = {
    up: new AbortableQueue<void, number>(),
    down: new AbortableQueue<void, number>(),
  };

  piece(): number {
    return PIECE;
  }

  take(direction: Direction, bytes: number, signal?: AbortSignal): Promise<void> {
    assert(bytes <= PIECE, `${bytes} bytes are more than a piece`);
    return this.#waiting[direction].wait(bytes, signal);
  }

  waiting(direction: Direction): number {
    return this.#waiting[direction].length;
  }

  /** Lets the first in line go. */
  give(direction: Direction): void {
    this.let[direction] += this.#waiting[direction].first ?? 0;
    this.#waiting[direction].give();
  }
}

const bounds = { stallTimeoutMs: 3_000, firstByteTimeoutMs: 5_000, retry: { maxAttempts: 1 } };
const url = (server: RawServer) => server.url;

for (const head of ["Content-Length: 5000", "Transfer-Encoding: chunked"]) {
  Deno.test(`a body is read no faster than the bandwidth allows, with ${head}`, async () => {
    const clock = new FakeClock();
    const bandwidth = new ManualBandwidth();
    await using server = new RawServer(async (peer) => {
      await peer.head();
      const chunked = head.startsWith("Transfer");
      const body = chunked ? `1388\r\n${"x".repeat(5_000)}\r\n0\r\n\r\n` : "x".repeat(5_000);
      await peer.send(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`);
      await peer.rest();
    });
    await using transport = createTransport({ ...bounds, bandwidth, clock, kind: "tcp" });
    const { body } = await transport.send({ method: "GET", url: url(server) });
    const target = new Uint8Array(5_000);
    let read = 0;
    const reading = (async () => {
      for (;;) {
        const count = await body.read(target.subarray(read), target.length - read);
        if (count === 0) return;
        read += count;
      }
    })();
    while (read < 5_000) {
      await until(() => bandwidth.waiting("down") === 1);
      assertEquals(read, bandwidth.let.down);
      // To wait for bandwidth is no stall.
      await clock.advance(10_000);
      bandwidth.give("down");
      const { down } = bandwidth.let;
      await until(() => read === down);
    }
    await reading;
    assert(target.every((byte) => byte === 0x78));
  });
}

Deno.test("a body is sent no faster than the bandwidth allows, and its head is not held back", async () => {
  const clock = new FakeClock();
  const bandwidth = new ManualBandwidth();
  let received = -1;
  await using server = new RawServer(async (peer) => {
    await peer.head();
    for (received = 0; received < 4_500; received += 500) await peer.bytes(500);
    await peer.answer();
    await peer.rest();
  });
  await using transport = createTransport({ ...bounds, bandwidth, clock, kind: "tcp" });
  const body = [new Uint8Array(2_500), new Uint8Array(2_000)];
  const sending = transport.send({ method: "PUT", url: url(server), body });
  while (received < 4_500) {
    await until(() => received >= 0 && bandwidth.waiting("up") === 1);
    assertEquals(received, bandwidth.let.up);
    await clock.advance(10_000);
    bandwidth.give("up");
    const { up } = bandwidth.let;
    await until(() => received === up);
  }
  assertEquals((await sending).status, 200);
});

for (const direction of ["up", "down"] as const) {
  for (const kind of ["tcp", "fetch"] as const) {
    Deno.test(`an abort ends the wait for bandwidth, ${direction} by ${kind}`, async () => {
      const bandwidth = new ManualBandwidth();
      await using server = new RawServer(async (peer) => {
        await peer.head();
        if (direction === "down") await peer.answer("x".repeat(500));
        await peer.rest();
      });
      await using transport = createTransport({ ...bounds, bandwidth, kind }, {});
      const stop = new AbortController();
      const request = { url: url(server), signal: stop.signal };
      const failing = (async () => {
        if (direction === "up") {
          return await transport.send({ ...request, method: "PUT", body: new Uint8Array(500) });
        }
        const { body } = await transport.send({ ...request, method: "GET" });
        return await body.read(new Uint8Array(500));
      })();
      await until(() => bandwidth.waiting(direction) === 1);
      stop.abort(new Error("enough"));
      await assertRejects(() => failing, Error, "enough");
      assertEquals(bandwidth.waiting(direction), 0);
    });
  }
}

Deno.test("by fetch, what is sent and read counts too", async () => {
  const taken: [Direction, number][] = [];
  const bandwidth: Bandwidth = {
    piece: () => 300,
    take: (direction, bytes) => void taken.push([direction, bytes]) as undefined,
  };
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.bytes(700);
    await peer.answer("x".repeat(500));
    await peer.rest();
  });
  await using transport = createTransport({ ...bounds, bandwidth, kind: "fetch" }, {});
  const { body } = await transport.send({ method: "PUT", url: url(server), body: new Uint8Array(700) });
  assertEquals((await body.bytes(1_000)).length, 500);
  const [first, ...others] = taken;
  assertEquals(first, ["up", 700]);
  assert(others.every(([direction, bytes]) => direction === "down" && bytes <= 300));
  assertEquals(others.reduce((sum, [, bytes]) => sum + bytes, 0), 500);
});
