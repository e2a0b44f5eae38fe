import { assert, assertEquals, assertRejects } from "@std/assert";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import { BufferPool, type PourTarget } from "@lade/core/backend";
import { RawServer, until } from "@lade/testing/http";
import { LaneCarrier, type LaneCarrierSetup } from "./lane_carrier.ts";
import type { LaneWorker } from "./lane_link.ts";
import type { LaneReport } from "./lane_messages.ts";
import { sendWithRetry } from "./send_with_retry.ts";
import { TcpCarrier } from "./tcp_carrier.ts";
import type { Transport, TransportRequest } from "./transport.ts";
import { completeTransportOptions } from "./transport_config.ts";
import { TransportError } from "./transport_error.ts";
import type { TransportOptions } from "./transport_options.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const BODY = Uint8Array.from({ length: 3_000_000 }, (_, index) => index * 31 + (index >> 8));
const SUM = crc32cToBase64(crc32c(BODY));

/** A server that answers every request with {@linkcode BODY}. */
function bodyServer(): RawServer {
  return new RawServer(async (peer) => {
    while (await peer.head() !== undefined) {
      await peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\nX-A: 1\r\nX-A: 2\r\n\r\n`);
      await peer.send(BODY);
    }
  });
}

interface Laned extends Pick<Transport, "send">, AsyncDisposable {
  readonly lanes: LaneCarrier;
}

/** A transport with lanes of their own isolates, of which `count` are ready. */
async function laned(
  count: number,
  options: TransportOptions = {},
  setup: Partial<LaneCarrierSetup> = {},
): Promise<Laned> {
  const config = completeTransportOptions(options);
  const carrier = new TcpCarrier(config);
  const lanes = new LaneCarrier({ config, most: count, nextId: () => carrier.nextId(), ...setup });
  await lanes.ready(count);
  return {
    lanes,
    send: (request) =>
      sendWithRetry(request, config, (attempt) => lanes.attempt(attempt) ?? carrier.attempt(attempt)),
    async [Symbol.asyncDispose]() {
      lanes.close();
      await carrier.close();
    },
  };
}

const get = (url: string, more: Partial<TransportRequest> = {}): TransportRequest => ({
  method: "GET",
  url,
  pours: 2 ** 26,
  ...more,
});

const buffers = new BufferPool({ maxIdleBytes: 2 ** 22 });

/** A region of a new file, and what the file holds in the end. */
async function region(offset: number, length: number) {
  const path = await Deno.makeTempFile();
  const { dev, ino } = await Deno.stat(path);
  const to: PourTarget["to"] = { path, identity: { dev, ino: ino ?? 0 }, offset, length };
  return {
    to,
    bytes: () => Deno.readFile(path),
    [Symbol.asyncDispose]: () => Deno.remove(path),
  };
}

Deno.test("LaneCarrier pours a body into a file at its offset, and gives its checksum", async () => {
  await using server = bodyServer();
  await using transport = await laned(1);
  await using file = await region(100, BODY.length);
  let told = 0;
  const { body, connection, headers, status } = await transport.send(get(server.url));
  const poured = await body.pour?.({
    to: file.to,
    sums: ["crc32c"],
    buffers,
    onBytes: (count) => told += count,
  });
  assertEquals(poured, { bytes: BODY.length, sums: { crc32c: SUM } });
  assertEquals([status, headers.get("x-a"), body.length, told], [200, "1, 2", BODY.length, BODY.length]);
  assertEquals(connection, {
    id: 1,
    endpoint: server.url,
    remoteAddress: `127.0.0.1:${server.port}`,
    reused: false,
  });
  const bytes = await file.bytes();
  assertEquals(bytes.subarray(0, 100), new Uint8Array(100));
  assertEquals(bytes.subarray(100), BODY);
});

Deno.test("LaneCarrier pours into shared memory, and keeps its connections for the next request", async () => {
  await using server = bodyServer();
  await using transport = await laned(1);
  const to = new Uint8Array(new SharedArrayBuffer(BODY.length));
  for (let turn = 0; turn < 3; turn++) {
    const { body, connection } = await transport.send(get(server.url));
    assertEquals([connection.id, connection.reused], [1, turn > 0]);
    assertEquals(await body.pour?.({ to, sums: [], buffers }), { bytes: BODY.length, sums: {} });
    assertEquals(to.slice(), BODY);
    to.fill(0);
  }
  assertEquals(server.connections, 1);
});

Deno.test("LaneCarrier gives a body out piece by piece where it is not poured", async () => {
  await using server = bodyServer();
  await using transport = await laned(1);
  const { body } = await transport.send(get(server.url));
  assertEquals(await body.peek(10), BODY.subarray(0, 10));
  assertEquals(await body.bytes(2 ** 23), BODY);
});

Deno.test("LaneCarrier spreads tries over its lanes", async () => {
  await using server = bodyServer();
  await using transport = await laned(2);
  const answers = await Promise.all(Array.from({ length: 4 }, () => transport.send(get(server.url))));
  assertEquals(new Set(answers.map(({ connection }) => connection.id)), new Set([1, 2, 3, 4]));
  for (const { body } of answers) assertEquals((await body.bytes(2 ** 23)).length, BODY.length);
});

Deno.test("LaneCarrier keeps what came before a body broke off, and says so", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n`);
    await peer.send(BODY.subarray(0, 2_000_000));
    peer.close();
  });
  await using transport = await laned(1);
  await using file = await region(0, BODY.length);
  const { body } = await transport.send(get(server.url, { label: "s3://b/k" }));
  const { bytes, failure, sums } = await body.pour?.({ to: file.to, sums: ["crc32c"], buffers }) ?? {};
  assertEquals([bytes, sums?.crc32c], [2_000_000, crc32cToBase64(crc32c(BODY.subarray(0, 2_000_000)))]);
  const { error } = failure ?? {};
  assert(error instanceof TransportError);
  assertEquals([error.kind, error.retryable, error.endpoint], ["closed-early", true, server.url]);
  assert(error.message.startsWith('Cannot send GET for "s3://b/k"'), error.message);
  assertEquals(await file.bytes(), BODY.subarray(0, 2_000_000));
});

Deno.test("LaneCarrier ends a pour when its signal is aborted, and touches the file no more", async () => {
  const stop = new AbortController();
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n`);
    await peer.send(BODY.subarray(0, 1_500_000));
    await peer.rest();
  });
  await using transport = await laned(1);
  await using file = await region(0, BODY.length);
  const { body } = await transport.send(get(server.url, { signal: stop.signal }));
  const pouring = body.pour?.({ to: file.to, sums: [], buffers });
  stop.abort(new Error("enough"));
  const { failure } = await pouring ?? {};
  assertEquals(failure?.error, stop.signal.reason);
  const size = (await file.bytes()).length;
  assertEquals((await file.bytes()).length, size);
});

Deno.test("LaneCarrier: a request that is given up while its answer is on the way rejects with the reason", async () => {
  await using server = bodyServer();
  const heads: LaneReport[] = [];
  let release = () => {};
  // Holds the answer back until it was given up.
  const start = (): LaneWorker => {
    const worker = new Worker(new URL("./lane.ts", import.meta.url), { type: "module" });
    const held: LaneWorker = {
      onmessage: null,
      onerror: null,
      postMessage: (command) => worker.postMessage(command),
      terminate: () => worker.terminate(),
    };
    worker.onmessage = (event) => {
      if (event.data.type === "head") {
        heads.push(event.data);
        release = () => held.onmessage?.(event);
        arrived.resolve();
      } else held.onmessage?.(event);
    };
    return held;
  };
  const arrived = Promise.withResolvers<void>();
  await using transport = await laned(1, {}, { start });
  const stop = new AbortController();
  const sending = transport.send(get(server.url, { signal: stop.signal }));
  await arrived.promise;
  stop.abort(new Error("enough"));
  release();
  assertEquals(await sending.then(() => "an answer", (error) => error), stop.signal.reason);
  assertEquals(heads.length, 1);
});

Deno.test("LaneCarrier: what an observer of a pouring throws ends it", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${3 * BODY.length}\r\n\r\n`);
    await peer.send(BODY);
    await peer.rest();
  });
  await using transport = await laned(1);
  const { body } = await transport.send(get(server.url));
  const poured = body.pour?.({
    to: new Uint8Array(new SharedArrayBuffer(3 * BODY.length)),
    sums: [],
    buffers,
    onBytes: () => {
      throw new Error("no room on the screen");
    },
  });
  const outcome = await Promise.resolve(poured).then((poured) => poured?.failure?.error, (error) => error);
  assertEquals(outcome instanceof Error && outcome.message, "no room on the screen");
});

Deno.test("LaneCarrier pours a body of no bytes", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.answer("");
    await peer.rest();
  });
  await using transport = await laned(1);
  const { body } = await transport.send(get(server.url));
  const to = new Uint8Array(new SharedArrayBuffer(0));
  assertEquals(await body.pour?.({ to, sums: ["crc32c"], buffers }), {
    bytes: 0,
    sums: { crc32c: "AAAAAA==" },
  });
});

Deno.test("LaneCarrier refuses a file that is no longer the one it was", async () => {
  await using server = bodyServer();
  await using transport = await laned(1);
  await using file = await region(0, BODY.length);
  const { body } = await transport.send(get(server.url));
  const other = { ...file.to as Exclude<PourTarget["to"], Uint8Array>, identity: { dev: 1, ino: 1 } };
  await assertRejects(
    () => Promise.resolve(body.pour?.({ to: other, sums: [], buffers })),
    Error,
    "another file has taken its place",
  );
  assertEquals((await file.bytes()).length, 0);
});

Deno.test("LaneCarrier sends a body of shared memory, and has its checksum computed", async () => {
  const received: Uint8Array[] = [];
  await using server = new RawServer(async (peer) => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      received.push(await peer.bytes(BODY.length));
      await peer.answer("ok");
    }
  });
  let sent = 0;
  await using transport = await laned(1, { observer: { sent: (_, bytes) => sent += bytes } });
  const shared = new Uint8Array(new SharedArrayBuffer(BODY.length));
  shared.set(BODY);
  assertEquals(await transport.lanes.digest(shared, ["crc32c"]), { crc32c: SUM });
  const put = { method: "PUT", url: server.url, body: shared };
  assertEquals(await (await transport.send(put)).body.text(10), "ok");
  assertEquals(received, [BODY]);
  assertEquals(sent, BODY.length);
  const pieces = [shared.subarray(0, 7), shared.subarray(7, 1_000_000), shared.subarray(1_000_000)];
  await (await transport.send({ ...put, body: pieces })).body.discard();
  assertEquals(received, [BODY, BODY]);
  assertEquals(sent, 2 * BODY.length);
});

Deno.test("LaneCarrier: what a lane carries fails when it breaks, and is sent again without it", async () => {
  await using server = bodyServer();
  let worker: LaneWorker | undefined;
  const start = () =>
    worker = new Worker(new URL("./lane.ts", import.meta.url), { type: "module" }) as LaneWorker;
  await using transport = await laned(1, {}, { start });
  const answer = await transport.send(get(server.url));
  worker?.onerror?.(new ErrorEvent("error", { message: "out of memory" }));
  assertEquals(transport.lanes.size, 0);
  const { failure } = await answer.body.pour?.({
    to: new Uint8Array(new SharedArrayBuffer(BODY.length)),
    sums: [],
    buffers,
  }) ?? {};
  assert(failure?.error instanceof TransportError && failure.error.retryable, String(failure?.error));
  assertEquals(failure.error.detail, "the lane that carried it ended (out of memory)");
  assertEquals((await (await transport.send(get(server.url))).body.bytes(2 ** 23)).length, BODY.length);
});

Deno.test("LaneCarrier does without lanes that cannot be started", async () => {
  await using server = bodyServer();
  let starts = 0;
  const start = () => {
    starts++;
    throw new Deno.errors.NotCapable("not allowed");
  };
  await using transport = await laned(1, {}, { start });
  assertEquals(transport.lanes.size, 0);
  assertEquals((await (await transport.send(get(server.url))).body.bytes(2 ** 23)).length, BODY.length);
  await transport.lanes.ready(1);
  assertEquals([transport.lanes.size, starts], [0, 1]);
});

Deno.test({
  name: "LaneCarrier does without lanes where their program may not be read",
  permissions: { net: true },
  async fn() {
    await using server = bodyServer();
    await using transport = await laned(1);
    assertEquals(transport.lanes.size, 0);
    assertEquals((await (await transport.send(get(server.url))).body.bytes(2 ** 23)).length, BODY.length);
  },
});

Deno.test("LaneCarrier: a lane that breaks before it is ready is not started again", async () => {
  let starts = 0;
  const start = (): LaneWorker => {
    starts++;
    const worker: LaneWorker = {
      onmessage: null,
      onerror: null,
      postMessage: () =>
        queueMicrotask(() => worker.onerror?.(new ErrorEvent("error", { cancelable: true }))),
      terminate: () => {},
    };
    return worker;
  };
  await using transport = await laned(1, {}, { start });
  await transport.lanes.ready(1);
  assertEquals([transport.lanes.size, starts], [0, 1]);
});

Deno.test("LaneCarrier connects to the addresses that are given for an endpoint", async () => {
  await using server = bodyServer();
  const url = "http://cluster.test:1/a";
  const endpointAddresses = { url, addresses: [`127.0.0.1:${server.port}`] };
  await using transport = await laned(1, { endpointAddresses, retry: { maxAttempts: 1 } });
  const { body, connection } = await transport.send(get(url));
  assertEquals(connection.remoteAddress, `127.0.0.1:${server.port}`);
  await body.cancel();
});

Deno.test("LaneCarrier tells by which address a request failed", async () => {
  await using server = new RawServer(async (peer) => void await peer.head());
  await using transport = await laned(1, { retry: { maxAttempts: 1 } });
  const error = await assertRejects(() => transport.send(get(server.url)), TransportError);
  assertEquals(error.remoteAddress, `127.0.0.1:${server.port}`);
});

Deno.test("LaneCarrier tells how far a body that is poured has come, also while nothing comes", async () => {
  const over = Promise.withResolvers<void>();
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n`);
    await peer.send(BODY.subarray(0, 300_000));
    await over.promise;
    await peer.send(BODY.subarray(300_000));
    await peer.rest();
  });
  await using transport = await laned(1);
  const to = new Uint8Array(new SharedArrayBuffer(BODY.length));
  const { body } = await transport.send(get(server.url));
  const pouring = body.pour?.({ to, sums: [], buffers });
  const seen = new Set<number>();
  await until(() => {
    const { bytes, waitedMs } = body.arrivals?.() ?? { bytes: 0, waitedMs: 0 };
    if (bytes === 300_000) seen.add(waitedMs);
    return seen.size === 3;
  });
  over.resolve();
  await pouring;
  assertEquals([body.arrivals?.()?.bytes, to.slice()], [BODY.length, BODY]);
  const waits = [...seen];
  assertEquals(waits, waits.toSorted((a, b) => a - b), "the wait goes on");
});

Deno.test("LaneCarrier.openAhead() has its lanes open connections, each its share, where requests of theirs went", async () => {
  let opened = 0;
  await using server = new RawServer(async (peer) => {
    opened++;
    while (await peer.head() !== undefined) await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
  });
  await using transport = await laned(2);
  transport.lanes.openAhead(server.url, 8);
  const answers = await Promise.all([0, 1].map(() => transport.send(get(server.url))));
  for (const { body } of answers) await body.bytes(1);
  assertEquals(opened, 2);
  transport.lanes.openAhead(server.url, 7);
  await until(() => opened === 8);
});
