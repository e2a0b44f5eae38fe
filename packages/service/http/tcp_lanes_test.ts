import { assertEquals, assertRejects } from "@std/assert";
import { BufferPool } from "@lade/core/backend";
import { FakeClock } from "@lade/testing";
import { RawServer, until } from "@lade/testing/http";
import { responseLimits } from "./response_limits.ts";
import { scriptedLanes } from "./scripted_lane_test.ts";
import { TcpTransport } from "./tcp_transport.ts";
import { TransportError } from "./transport_error.ts";
import type { TransportOptions } from "./transport_options.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const PAYS = 2 ** 26;

/** A server that answers every request with four bytes. */
function server(): RawServer {
  return new RawServer(async (peer) => {
    while (await peer.head() !== undefined) await peer.answer("abcd");
  });
}

Deno.test("TcpTransport has no lanes where they could not keep to its settings, or there are to be none", async () => {
  const never: TransportOptions["resolve"] = () => Promise.reject(new Error("no resolver"));
  const bandwidth = { take: () => Promise.resolve() } as unknown as NonNullable<
    TransportOptions["bandwidth"]
  >;
  const cases: TransportOptions[] = [{ lanes: 0 }, { bandwidth }, { clock: new FakeClock() }, {
    resolve: never,
  }];
  for (const options of cases) {
    await using transport = new TcpTransport({ lanes: 4, ...options });
    assertEquals(transport.bulk, undefined, `with ${Object.keys(options)}`);
  }
  await using transport = new TcpTransport({ lanes: 4 });
  assertEquals(transport.bulk !== undefined, true);
});

Deno.test("TcpTransport starts a lane with the first request of many bytes to be poured, and sends the next ones by it", async () => {
  await using served = server();
  // A machine may be so slow that a connection is idle for long meanwhile, and a lane, too, before it is used.
  const transport = new TcpTransport({ lanes: 1, idleTimeoutMs: 3_600_000 });
  const get = async (pours?: number) => {
    const request = { method: "GET", url: served.url, ...(pours !== undefined && { pours }) };
    const { body } = await transport.send(request);
    const to = new Uint8Array(new SharedArrayBuffer(4));
    const buffers = new BufferPool({ maxIdleBytes: 0 });
    // The main isolate has no way of its own to pour.
    if (body.pour && pours !== undefined) await body.pour({ to, sums: [], buffers });
    else await body.bytes(4);
  };
  await get();
  await get(PAYS - 1);
  assertEquals([served.connections, transport.figures.lanes], [1, 0]);
  await get(PAYS);
  await until(() => transport.figures.lanes === 1);
  while (served.connections < 2) await get(PAYS);
  assertEquals([served.connections, transport.connections], [2, 1], "the lane has a connection of its own");
  await get(1);
  await get();
  assertEquals([served.connections, transport.connections], [2, 1]);
  // A lane that carries an answer does not end, however long the next step takes.
  const held = await transport.send({ method: "GET", url: served.url, pours: 1 });
  transport.openAhead(served.url, 3);
  await until(() => served.connections === 4);
  assertEquals(transport.connections, 1, "connections are opened ahead in the lane");
  await held.body.cancel();
  await transport.close();
});

Deno.test("TcpTransport knows what it pours itself: neither what has ended nor what failed counts", async () => {
  let breaks = false;
  await using served = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) {
      if (breaks) return peer.close();
      await peer.answer("abcd");
    }
  });
  const transport = new TcpTransport({ lanes: 1, retry: { maxAttempts: 1 } });
  const get = async (pours = 1) => {
    const { body } = await transport.send({ method: "GET", url: served.url, pours });
    // Only a lane has a way of its own to pour.
    return { isHere: body.pour === undefined, end: () => body.cancel() };
  };
  let held = await get(PAYS);
  while (held.isHere) {
    await held.end();
    held = await get(PAYS);
  }
  const here = await get();
  const byLane = await get();
  assertEquals([here.isHere, byLane.isHere], [true, false]);
  await byLane.end();
  await here.end();
  const again = await get();
  assertEquals(again.isHere, true, "what has ended does not count");
  await again.end();
  breaks = true;
  await assertRejects(() => get(), TransportError);
  breaks = false;
  const last = await get();
  assertEquals(last.isHere, true, "what failed does not count");
  await last.end();
  await held.end();
  await transport.close();
});

Deno.test("TcpTransport that is closed while its lanes are loaded starts none", async () => {
  await using served = server();
  const { Worker: Own } = globalThis;
  let started = 0;
  globalThis.Worker = class extends Own {
    constructor(...given: ConstructorParameters<typeof Own>) {
      super(...given);
      started++;
    }
  };
  using _ = { [Symbol.dispose]: () => void (globalThis.Worker = Own) };
  const transport = new TcpTransport({ lanes: 1 });
  const failed = assertRejects(
    () => transport.send({ method: "GET", url: served.url, pours: PAYS }),
    TransportError,
  );
  await transport.close();
  await failed;
  const other = new TcpTransport({ lanes: 4 });
  assertEquals(other.bulk?.expect(2 ** 30), true);
  await other.close();
  await until(() => true);
  assertEquals(started, 0);
});

Deno.test("lanes are given the timeouts, bounds and certificates of their transport", () => {
  const settings = {
    caCerts: ["a certificate"],
    connectTimeoutMs: 1,
    continueTimeoutMs: 2,
    endpointAddresses: { url: "http://cluster.test", addresses: ["127.0.0.1:80"] },
    expectContinueBytes: 3,
    firstByteTimeoutMs: 4,
    idleTimeoutMs: 5,
    maxConnections: 6,
    minBytesPerSecond: 7,
    stallTimeoutMs: 8,
    verifyCertificates: false,
  } satisfies TransportOptions;
  const { carrier, lanes } = scriptedLanes(1, { ...settings, limits: { maxHeaders: 9 } });
  void carrier.ready(1);
  const given = lanes[0]?.asked("configure")[0]?.config;
  assertEquals(given, { ...settings, limits: { ...responseLimits, maxHeaders: 9 } });
  carrier.close();
});
