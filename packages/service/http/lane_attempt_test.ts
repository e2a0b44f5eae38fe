import { assert, assertEquals, assertRejects } from "@std/assert";
import { BufferPool, type Poured } from "@lade/core/backend";
import { Flight } from "./flight.ts";
import { type ScriptedLane, scriptedLanes, tryOf } from "./scripted_lane_test.ts";
import type { TransportRequest } from "./transport.ts";
import { TransportError } from "./transport_error.ts";
import type { Attempt } from "./send_with_retry.ts";
import type { TransportObserver } from "./transport_observer.ts";

const buffers = new BufferPool({ maxIdleBytes: 0 });
const target = (length: number) => ({
  to: new Uint8Array(new SharedArrayBuffer(length)),
  sums: [],
  buffers,
});

/** A try by a lane that the test speaks for. */
function begin(
  more: Partial<TransportRequest> = {},
  own: Partial<Attempt> = {},
  observer: TransportObserver = {},
) {
  const { carrier, clock, lanes } = scriptedLanes(1, { observer });
  void carrier.ready(1);
  const lane = lanes[0] as ScriptedLane;
  lane.tell({ type: "ready" });
  const attempt = tryOf(more, own);
  const running = carrier.attempt(attempt) ?? Promise.reject(new Error("no lane took it"));
  return { attempt, carrier, clock, lane, running, [Symbol.dispose]: () => carrier.close() };
}

/** A try whose answer is there, with a body of ten bytes. */
async function answered(...args: Parameters<typeof begin>) {
  const begun = begin(...args);
  begun.lane.head();
  return { ...begun, response: await begun.running, [Symbol.dispose]: () => begun.carrier.close() };
}

const asked = (lane: ScriptedLane) => lane.commands.map(({ type }) => type).slice(1);

Deno.test("LaneAttempt begins nothing for a signal that is aborted", async () => {
  using begun = begin({ signal: AbortSignal.abort(new Error("enough")) });
  await assertRejects(() => begun.running, Error, "enough");
  assertEquals(asked(begun.lane), []);
});

Deno.test("LaneAttempt that waits for its answer ends with its signal once the lane has let go", async () => {
  const stop = new AbortController();
  using begun = begin({ signal: stop.signal });
  const { lane, running } = begun;
  let settled = false;
  const failed = running.catch((error) => error).finally(() => settled = true);
  stop.abort(new Error("enough"));
  assertEquals(asked(lane), ["send", "abort"]);
  await Promise.resolve();
  assertEquals(settled, false);
  lane.tell({ type: "failed", id: lane.newest, failure: { type: "aborted" }, waitedMs: undefined });
  assertEquals(await failed, stop.signal.reason);
});

Deno.test("LaneAttempt whose answer comes after it was forestalled rejects with the reason", async () => {
  const flight = new Flight();
  using begun = begin({}, { flight });
  const { clock, lane, running } = begun;
  await clock.advance(5);
  lane.tell({ type: "departed", id: lane.newest, address: "10.0.0.1:80" });
  assertEquals([flight.sentMs, flight.address], [5, "10.0.0.1:80"]);
  const reason = new Error("another was faster");
  flight.revoke(reason);
  flight.revoke(reason);
  lane.head();
  assertEquals(await running.catch((error) => error), reason);
  assertEquals(asked(lane), ["send", "abort"], "it is ended once");
});

Deno.test("LaneAttempt: a body that nobody reads ends at once with its signal", async () => {
  const stop = new AbortController();
  const ended: unknown[] = [];
  using begun = await answered({ signal: stop.signal }, {}, {
    finished: (_, complete, { bytes }) => void ended.push([complete, bytes]),
  });
  const { lane, response: { body } } = begun;
  stop.abort(new Error("enough"));
  assertEquals([asked(lane), ended], [["send", "abort"], [[false, 0]]]);
  assertEquals(
    await Promise.resolve(body.read(new Uint8Array(1))).catch((error) => error),
    stop.signal.reason,
  );
  const { bytes, failure } = await body.pour?.(target(10)) ?? {} as Poured;
  assertEquals([bytes, failure?.error], [0, stop.signal.reason]);
  assertEquals(await Promise.resolve(body.close(true)).catch((error) => error), stop.signal.reason);
  await body.cancel();
  assertEquals(asked(lane), ["send", "abort"]);
});

Deno.test("LaneAttempt: bytes that come after the body was given up are not handed out", async () => {
  using begun = await answered();
  const { lane, response: { body } } = begun;
  const memory = new Uint8Array(4);
  const reading = Promise.resolve(body.read(memory)).catch((error) => error);
  void body.close(false, new Error("enough"));
  lane.tell({ type: "bytes", id: lane.newest, bytes: Uint8Array.of(1, 2, 3, 4), waitedMs: undefined });
  assertEquals((await reading).message, "enough");
  assertEquals(memory, new Uint8Array(4));
});

Deno.test("LaneAttempt: bytes are poured to the last one though the body was given up, and end as it did", async () => {
  const reason = new Error("enough");
  for (const waitedMs of [undefined, 3]) {
    using begun = await answered();
    const { lane, response: { body } } = begun;
    const pouring = body.pour?.(target(10));
    void body.close(false, reason);
    const poured = { bytes: waitedMs === undefined ? 4 : 10, sums: {} };
    lane.tell({ type: "poured", id: lane.newest, poured, failure: undefined, waitedMs, cpuMs: 0 });
    assertEquals(await pouring, {
      ...poured,
      ...(waitedMs === undefined && { failure: { error: reason } }),
    });
  }
});

Deno.test("LaneAttempt ends a body with its last byte, tells so once, and leaves its signal", async () => {
  const ended: unknown[] = [];
  let received = 0;
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  signal.addEventListener = (_: string, listener: unknown) => void listeners.add(listener);
  signal.removeEventListener = (_: string, listener: unknown) => void listeners.delete(listener);
  using begun = await answered({ signal }, {}, {
    received: (_, count) => received += count,
    finished: (_, complete, { bytes, waitedMs }) => void ended.push([complete, bytes, waitedMs]),
  });
  const { lane, response: { body } } = begun;
  assertEquals(listeners.size, 1);
  const memory = new Uint8Array(10);
  const reading = body.read(memory);
  const id = lane.newest;
  lane.tell({ type: "bytes", id, bytes: new Uint8Array(10).fill(1), waitedMs: 7 });
  assertEquals([await reading, memory], [10, new Uint8Array(10).fill(1)]);
  assertEquals([ended, received, listeners.size], [[[true, 10, 7]], 10, 0]);
  assertEquals(body.arrivals?.(), { bytes: 10, waitedMs: 7 });
  assertEquals(await body.read(memory), 0);
  await body.close(true);
  await body.cancel();
  assertEquals([asked(lane), ended.length], [["send", "read"], 1], "nothing more is asked of the lane");
});

Deno.test("LaneAttempt counts what a lane told of a pour, and what it had not told", async () => {
  const told: number[] = [];
  let received = 0;
  using begun = await answered({}, {}, { received: (_, count) => received += count });
  const { lane, response: { body } } = begun;
  const pouring = body.pour?.({ ...target(10), onBytes: (count) => told.push(count) });
  const id = lane.newest;
  const arrivals = { bytes: 5, waitedMs: 1 };
  lane.tell({ type: "progress", id, bytes: 4, arrivals });
  lane.tell({ type: "progress", id, bytes: 0, arrivals });
  assertEquals([told, body.arrivals?.()], [[4], arrivals]);
  lane.tell({
    type: "poured",
    id,
    poured: { bytes: 10, sums: {} },
    failure: undefined,
    waitedMs: 2,
    cpuMs: 0,
  });
  assertEquals(await pouring, { bytes: 10, sums: {} });
  assertEquals([told, received], [[4, 6], 10]);
});

Deno.test("LaneAttempt: a pour that failed ends the body with the same error, and what came is kept", async () => {
  using begun = await answered({ label: "s3://b/k" });
  const { lane, response: { body } } = begun;
  const pouring = body.pour?.(target(10));
  const how = { detail: "it broke off", endpoint: "http://h:80", retryable: true, sent: "all" } as const;
  const failure = {
    type: "transport",
    kind: "closed-early",
    ...how,
    remoteAddress: undefined,
    waitedMs: 0,
    cause: "Error: reset",
  } as const;
  lane.tell({
    ...{ type: "poured", id: lane.newest, poured: { bytes: 4, sums: {} } },
    ...{ failure, waitedMs: 1, cpuMs: 0 },
  });
  const { bytes, failure: failed } = await pouring ?? {} as Poured;
  assert(failed?.error instanceof TransportError);
  assertEquals([bytes, failed.error.kind, failed.error.retryable], [4, "closed-early", true]);
  assertEquals((failed.error.cause as Error).message, "Error: reset");
  const again = await body.pour?.(target(6));
  assertEquals([again?.bytes, again?.failure?.error], [0, failed.error]);
  assertEquals(await Promise.resolve(body.close(true)).catch((error) => error), failed.error);
});

Deno.test("LaneAttempt: a place that cannot be poured into is no failure of the body, and is thrown", async () => {
  using begun = await answered();
  const { lane, response: { body } } = begun;
  const pouring = Promise.resolve(body.pour?.(target(10)));
  const failure = { type: "other", name: "NotFound", message: "no file", code: "ENOENT" } as const;
  lane.tell({ type: "failed", id: lane.newest, failure, waitedMs: undefined });
  const error = await assertRejects(() => pouring, Deno.errors.NotFound, "no file");
  assertEquals((error as { code?: string }).code, "ENOENT");
});

Deno.test("LaneAttempt: a lane that breaks fails the body that it carries, and one that waits for nothing", async () => {
  using idle = await answered();
  idle.lane.break("out of memory");
  const later = await idle.response.body.pour?.(target(10));
  assert(later?.failure?.error instanceof TransportError && later.failure.error.retryable);
  using begun = await answered();
  const reading = Promise.resolve(begun.response.body.read(new Uint8Array(1)));
  begun.lane.break("out of memory");
  const error = await assertRejects(() => reading, TransportError, "out of memory");
  assertEquals(error.kind, "reset");
  begun.lane.tell({ type: "ready" });
  assertEquals([begun.carrier.size, begun.carrier.attempt(begun.attempt)], [0, undefined]);
});

Deno.test("LaneAttempt tells observers of its answer and of what was sent", async () => {
  const heard: unknown[] = [];
  using begun = begin({}, {}, {
    responded: (_, { status }) => void heard.push(["responded", status]),
    sent: (_, bytes) => void heard.push(["sent", bytes]),
  });
  const { lane, running } = begun;
  lane.tell({ type: "sent", id: lane.newest, bytes: 5 });
  lane.head({ waitedMs: 0 });
  const { body } = await running;
  assertEquals(heard, [["sent", 5], ["responded", 200]]);
  assertEquals(await body.pour?.({ ...target(0), sums: ["crc32c"] }), {
    bytes: 0,
    sums: { crc32c: "AAAAAA==" },
  });
});

Deno.test("LaneAttempt: what a listener throws while a body is poured ends the body in the lane", async () => {
  using begun = await answered();
  const { lane, response: { body } } = begun;
  const full = new Error("no room on the screen");
  const onBytes = () => {
    throw full;
  };
  const pouring = body.pour?.({ ...target(10), onBytes });
  const id = lane.newest;
  lane.tell({ type: "progress", id, bytes: 4, arrivals: undefined });
  assertEquals(asked(lane), ["send", "pour", "abort"]);
  const failure = { type: "aborted" } as const;
  lane.tell({ type: "poured", id, poured: { bytes: 4, sums: {} }, failure, waitedMs: 1, cpuMs: 0 });
  assertEquals(await pouring, { bytes: 4, sums: {}, failure: { error: full } });
});
