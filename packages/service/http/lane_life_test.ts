import { assertEquals, assertRejects } from "@std/assert";
import { scriptedLanes, tryOf } from "./scripted_lane_test.ts";
import { TransportError } from "./transport_error.ts";
import { TransportFigures } from "./transport_figures.ts";

const PAYS = 2 ** 26;
const MANY = 2 ** 30;

Deno.test("LaneCarrier starts a lane where bytes pay for one, two where they are many, and none for few", async () => {
  for (const [bytes, started] of [[PAYS - 1, 0], [PAYS, 1], [2 ** 28, 1], [2 ** 28 + 1, 2], [MANY, 2]]) {
    const { carrier, lanes } = scriptedLanes(4);
    assertEquals(carrier.expect(bytes ?? 0), started !== 0);
    assertEquals([bytes, carrier.size, lanes.length], [bytes, started, started]);
    carrier.close();
  }
  const { carrier } = scriptedLanes(4);
  assertEquals([carrier.expectToSend(MANY - 1), carrier.size], [false, 0]);
  assertEquals([carrier.expectToSend(2 * MANY), carrier.size], [true, 1]);
  carrier.close();
  assertEquals([carrier.expect(MANY), carrier.expectToSend(MANY), carrier.size], [false, false, 0]);
  await carrier.ready(1);
  assertEquals(carrier.size, 0, "none starts after close()");
});

Deno.test("LaneCarrier starts one lane more while all of them have no time left, up to the most", async () => {
  const { carrier, clock, lanes } = scriptedLanes(4);
  carrier.expect(MANY);
  carrier.expect(MANY);
  assertEquals(lanes.length, 2, "those that start are waited for");
  for (const lane of lanes) lane.tell({ type: "ready" });
  carrier.expect(MANY);
  assertEquals(lanes.length, 2, "they have done nothing yet");
  // Each makes a try, and tells how long its thread has worked.
  const work = async (cpuMs: readonly number[], passedMs: number) => {
    const tries = lanes.map(() => carrier.attempt(tryOf()));
    await clock.advance(passedMs);
    for (const [index, lane] of lanes.entries()) lane.head({ cpuMs: cpuMs[index] ?? 0, waitedMs: 0 });
    await Promise.all(tries);
  };
  await work([200, 200], 249);
  carrier.expect(MANY);
  assertEquals(lanes.length, 2, "too short a time says nothing");
  await work([200, 100], 1);
  carrier.expect(MANY);
  assertEquals(lanes.length, 2, "one of them has time left");
  await work([400, 300], 250);
  carrier.expect(PAYS - 1);
  assertEquals(lanes.length, 2, "few bytes pay for none");
  carrier.expect(PAYS);
  assertEquals(lanes.length, 3);
  carrier.expect(PAYS);
  assertEquals(lanes.length, 3, "the new one is not ready");
  lanes[2]?.tell({ type: "ready" });
  await work([600, 500, 250], 250);
  carrier.expect(PAYS);
  lanes[3]?.tell({ type: "ready" });
  await work([800, 700, 500, 250], 250);
  carrier.expect(PAYS);
  assertEquals(lanes.length, 4, "there are no more than the most");
  carrier.close();
});

Deno.test("LaneCarrier leaves a share of what is poured to the main isolate beside one lane, and none beside two", async () => {
  let here = 0;
  const { carrier, lanes } = scriptedLanes(2, {}, { pouredHere: () => here });
  carrier.expect(PAYS);
  assertEquals(carrier.attempt(tryOf()), undefined, "the lane is not there yet");
  lanes[0]?.tell({ type: "ready" });
  const tries = [carrier.attempt(tryOf())];
  assertEquals(carrier.attempt(tryOf()), undefined, "the lane has one, the main isolate none");
  here = 1;
  tries.push(carrier.attempt(tryOf()));
  assertEquals(carrier.attempt(tryOf()), undefined, "the lane has two, the main isolate one");
  const shared = { method: "PUT", body: new Uint8Array(new SharedArrayBuffer(1)), pours: undefined };
  tries.push(carrier.attempt(tryOf(shared)));
  const ready = carrier.ready(2);
  lanes[1]?.tell({ type: "ready" });
  await ready;
  here = 0;
  tries.push(carrier.attempt(tryOf()), carrier.attempt(tryOf()));
  assertEquals(tries.map((response) => response !== undefined), [true, true, true, true, true]);
  const ends = tries.map((response) => assertRejects(() => response ?? Promise.resolve(), TransportError));
  carrier.close();
  await Promise.all(ends);
});

Deno.test("LaneCarrier ends lanes that had nothing to do for two seconds, and no other", async () => {
  const { carrier, clock, lanes } = scriptedLanes(2);
  const ready = carrier.ready(2);
  for (const lane of lanes) lane.tell({ type: "ready" });
  await ready;
  const answer = carrier.attempt(tryOf());
  lanes[0]?.head();
  const { body } = await answer ?? {};
  await clock.advance(1_500);
  assertEquals(lanes.map(({ terminated }) => terminated), [false, false]);
  await clock.advance(1_000);
  assertEquals([carrier.size, lanes.map(({ terminated }) => terminated)], [1, [false, true]]);
  await clock.advance(60_000);
  assertEquals(carrier.size, 1, "one that carries a body is kept");
  await body?.cancel();
  await clock.advance(1_500);
  assertEquals([carrier.size, clock.pending], [1, 1], "it waits for work again");
  await clock.advance(1_000);
  assertEquals([carrier.size, lanes[0]?.terminated, clock.pending], [0, true, 0]);
  assertEquals(carrier.expect(PAYS), true, "more work starts another");
  assertEquals([lanes.length, clock.pending], [3, 1]);
  carrier.close();
  await clock.advance(0);
  assertEquals([lanes[2]?.terminated, clock.pending], [true, 0]);
});

Deno.test("LaneCarrier starts no lane any more after three that broke", () => {
  const { carrier, lanes } = scriptedLanes(1);
  for (let count = 1; count <= 3; count++) {
    assertEquals(carrier.expect(PAYS), true);
    lanes.at(-1)?.tell({ type: "ready" });
    assertEquals(lanes.at(-1)?.break(), true, "nothing is printed");
    assertEquals([carrier.size, lanes.length], [0, count]);
  }
  assertEquals([carrier.expect(PAYS), lanes.length], [false, 3]);
  carrier.close();
});

Deno.test("LaneCarrier gives a try to the lane that carries the fewest, of those that are ready", async () => {
  const { carrier, lanes } = scriptedLanes(3);
  carrier.expect(MANY);
  void carrier.ready(3);
  const carried = () => lanes.map((lane) => lane.asked("send").length);
  assertEquals(carrier.attempt(tryOf()), undefined, "none is ready");
  for (const lane of lanes.slice(0, 2)) lane.tell({ type: "ready" });
  const tries = Array.from({ length: 4 }, () => carrier.attempt(tryOf()));
  assertEquals(carried(), [2, 2, 0]);
  lanes[2]?.tell({ type: "ready" });
  tries.push(carrier.attempt(tryOf()), carrier.attempt(tryOf()));
  assertEquals(carried(), [2, 2, 2]);
  carrier.close();
  for (const trying of tries) await assertRejects(async () => await trying, TransportError);
});

Deno.test("LaneCarrier carries bodies in shared memory, and answers that are poured where there is none", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(4));
  const own = new Uint8Array(4);
  const chunks = { length: 4, chunks: (async function* () {})() };
  const cases = [
    [{ pours: 1 }, true],
    [{ pours: 0 }, true],
    [{ pours: undefined }, false],
    [{ body: shared }, true],
    [{ body: [shared, shared.subarray(1)] }, true],
    [{ body: [shared, own] }, false],
    [{ body: [] }, false],
    [{ body: own }, false],
    [{ body: chunks }, false],
  ] as const;
  for (const [more, isCarried] of cases) {
    const { carrier, lanes } = scriptedLanes(1);
    void carrier.ready(1);
    lanes[0]?.tell({ type: "ready" });
    const trying = carrier.attempt(tryOf(more as Parameters<typeof tryOf>[0]));
    assertEquals([more, trying !== undefined], [more, isCarried]);
    carrier.close();
    const after = carrier.attempt(tryOf(more as Parameters<typeof tryOf>[0]));
    assertEquals(after, undefined, "a carrier that was closed carries nothing");
    if (trying) await assertRejects(() => trying, TransportError, "the transport was closed");
  }
});

Deno.test("LaneCarrier ends checksums with the lane that computes them, and computes none without a lane", async () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(4));
  const { carrier, lanes } = scriptedLanes(1);
  assertEquals(carrier.digest(bytes, ["crc32c"]), undefined);
  void carrier.ready(1);
  const [lane] = lanes;
  lane?.tell({ type: "ready" });
  const computed = carrier.digest(bytes, ["crc32c"]);
  const lost = carrier.digest(bytes, ["crc32c"]);
  lane?.tell({ type: "digested", id: lane.asked("digest")[0]?.id ?? 0, sums: { crc32c: "sum" } });
  assertEquals(await computed, { crc32c: "sum" });
  lane?.break("out of memory");
  await assertRejects(async () => await lost, Error, "the lane that carried it ended (out of memory)");
  carrier.close();
});

Deno.test("LaneCarrier counts its lanes, and hands on what they tell of connections and descriptors", async () => {
  const heard: unknown[] = [];
  const figures = new TransportFigures();
  const { carrier, lanes } = scriptedLanes(1, {
    figures,
    onDescriptorShortage: () => void heard.push("few descriptors"),
    observer: {
      connected: ({ id, remoteAddress }) => void heard.push(["connected", id, remoteAddress]),
      broken: ({ remoteAddress }) => void heard.push(["broken", remoteAddress]),
      avoided: ({ remoteAddress }, avoided) => void heard.push(["avoided", remoteAddress, avoided]),
    },
  });
  void carrier.ready(1);
  const [lane] = lanes;
  const address = { endpoint: "http://h:80", remoteAddress: "10.0.0.1:80" };
  lane?.tell({ type: "ready" });
  lane?.tell({ type: "connected", connection: { ...address, id: 7, reused: false } });
  lane?.tell({ type: "broken", address });
  lane?.tell({ type: "avoided", address, avoided: true });
  lane?.tell({ type: "descriptorShortage" });
  carrier.close();
  lane?.tell({ type: "descriptorShortage" });
  assertEquals(figures.lanes, 1);
  assertEquals(heard, [
    ["connected", 1, "10.0.0.1:80"],
    ["broken", "10.0.0.1:80"],
    ["avoided", "10.0.0.1:80", true],
    "few descriptors",
  ]);
});
