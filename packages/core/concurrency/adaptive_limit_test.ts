import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import type { Clock } from "../time/clock.ts";
import { FakeClock, seededRandom } from "@lade/testing";
import { AdaptiveLimit, type Permit } from "./adaptive_limit.ts";
import type { LearnedLimit } from "./learned_limit.ts";
import { SimulatedClient } from "./simulated_service_test.ts";

const MB = 1e6;

Deno.test("AdaptiveLimit moves 1 GiB of 8 MiB chunks eight times as fast as one stream", () => {
  for (const connectMs of [0, 40, 120]) {
    const service = { rttMs: 40, perConnection: 100, total: 10_000, connectMs };
    const elapsed = new SimulatedClient(service, { initial: 4, maximum: 256 }).serve(128, 2 ** 23);
    const oneStream = 40 + 2 ** 30 / (service.perConnection * 1e3);
    assertGreater(oneStream / elapsed, 8, `connect ${connectMs} ms: ${oneStream / elapsed}`);
  }
});

Deno.test("AdaptiveLimit climbs to what the network carries, and not far beyond", () => {
  const service = { rttMs: 40, perConnection: 100, total: 10_000 };
  const simulation = new SimulatedClient(service, { initial: 4, maximum: 512 });
  simulation.serve(4_000, 2 ** 23);
  const before = simulation.moved;
  const elapsed = simulation.serve(4_000, 2 ** 23);
  assertGreater((simulation.moved - before) / elapsed, 0.8 * service.total * 1e3);
  assertLess(simulation.limit.current, 400, simulation.limit.explain());
});

Deno.test("AdaptiveLimit settles low where more requests bring nothing", () => {
  const service = { rttMs: 1, perConnection: 1_000, total: 1_000 };
  const simulation = new SimulatedClient(service, { initial: 4, maximum: 256 });
  simulation.serve(3_000, 2 ** 23);
  assertLessOrEqual(simulation.limit.current, 8);
  assertEquals(simulation.limit.bound, "flat");
  assertMatch(simulation.limit.explain(), /more does not pay: \d+ in flight gave \d\.\d\d times/);
});

Deno.test("AdaptiveLimit climbs for small requests that only wait, new connections or not", () => {
  for (const connectMs of [0, 120]) {
    const service = { rttMs: 40, perConnection: 100, total: 10_000, connectMs };
    const simulation = new SimulatedClient(service, { initial: 4, maximum: 256 });
    const elapsed = simulation.serve(10_000, 4_096);
    assertGreaterOrEqual(simulation.limit.current, 200, simulation.limit.explain());
    assertGreater(10_000 * 40 / elapsed, 100, `connect ${connectMs}`);
  }
});

Deno.test("AdaptiveLimit falls below where the service throttles, stays near it and recovers", () => {
  const service = { rttMs: 20, perConnection: 100, total: 10_000, throttledAt: 20 };
  const simulation = new SimulatedClient(service, { initial: 4, maximum: 256 });
  simulation.serve(1_000, 2 ** 20);
  assertLessOrEqual(simulation.limit.current, 22);
  assertEquals(simulation.limit.bound, "throttled");
  assertMatch(simulation.limit.explain(), /service asked for fewer requests when \d+ were in flight/);
  const { refused, finished, nowMs } = simulation;
  simulation.serve(5_000, 2 ** 20);
  const share = (simulation.refused - refused) / (simulation.finished - finished);
  assertLess(share, 0.05);
  const inFlight = 5_000 * (20 + 2 ** 20 / (service.perConnection * 1e3)) / (simulation.nowMs - nowMs);
  assertGreater(inFlight, 12, "it keeps most of what the service allows in use");
  simulation.service = { ...service, throttledAt: Infinity };
  simulation.serve(20_000, 2 ** 20);
  assertGreater(simulation.limit.current, 60, simulation.limit.explain());
});

Deno.test("AdaptiveLimit finds its level again when the work changes from large to small", () => {
  const service = { rttMs: 40, perConnection: 1_000, total: 1_000 };
  const simulation = new SimulatedClient(service, { initial: 4, maximum: 256 });
  simulation.serve(1_000, 2 ** 24);
  const large = simulation.limit.current;
  assertLess(large, 32);
  simulation.serve(10_000, 4_096);
  assertGreater(simulation.limit.current, 128, `${large}, then ${simulation.limit.explain()}`);
});

Deno.test("AdaptiveLimit does not grow for a caller that wants little", () => {
  const service = { rttMs: 40, perConnection: 100, total: 10_000 };
  const simulation = new SimulatedClient(service, { initial: 4, maximum: 256 });
  simulation.serve(500, 2 ** 20, 3);
  assertEquals(simulation.limit.current, 4);
  assertEquals([simulation.limit.bound, simulation.limit.most], ["unneeded", 3]);
  assertEquals(
    simulation.limit.explain(),
    "0 of 4 requests in flight; no more than 3 were needed so far",
  );
});

Deno.test("AdaptiveLimit says so when the configured maximum binds", () => {
  const service = { rttMs: 40, perConnection: 100, total: 10_000 };
  const simulation = new SimulatedClient(service, { initial: 4, maximum: 16 });
  simulation.serve(2_000, 2 ** 20);
  assertEquals(simulation.limit.current, 16);
  assertEquals([simulation.limit.bound, simulation.limit.most], ["maximum", 16]);
  assertEquals(
    simulation.limit.explain(),
    "0 of 16 requests in flight; 16 in flight is the configured maximum",
  );
});

Deno.test("AdaptiveLimit.acquire() grants in order, and an aborted wait leaves no trace", async () => {
  const { limit } = new SimulatedClient({ rttMs: 1, perConnection: 1, total: 1 }, { initial: 2, maximum: 2 });
  const [first, second] = [await limit.acquire(), await limit.acquire()];
  const order: string[] = [];
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  const aborted = limit.acquire(controller.signal);
  const third = limit.acquire().then((permit) => (order.push("third"), permit));
  const fourth = limit.acquire().then((permit) => (order.push("fourth"), permit));
  controller.abort(reason);
  assertEquals(await assertRejects(() => aborted), reason);
  assertEquals(await assertRejects(() => limit.acquire(AbortSignal.abort(reason))), reason);
  assertEquals(limit.tryAcquire(), undefined);
  first.done({ bytes: 1 });
  first.done({ bytes: 1 });
  const permit = await third;
  assertEquals([order, limit.inFlight], [["third"], 2]);
  second.done({ bytes: 1 });
  (await fourth).done({ bytes: 1 });
  permit.done({ bytes: 1 });
  assertEquals([order, limit.inFlight], [["third", "fourth"], 0]);
  assert(limit.tryAcquire());
});

Deno.test("AdaptiveLimit halves once for all requests that were throttled together, and never below one", () => {
  const { limit } = new SimulatedClient({ rttMs: 1, perConnection: 1, total: 1 }, {
    initial: 16,
    maximum: 16,
  });
  const permits = Array.from({ length: 16 }, () => limit.tryAcquire());
  for (const permit of permits) permit?.done({ bytes: 0, throttled: true });
  assertEquals(limit.current, 8);
  for (let i = 0; i < 10; i++) limit.tryAcquire()?.done({ bytes: 0, throttled: true });
  assertEquals(limit.current, 1);
});

Deno.test("AdaptiveLimit refuses limits that are no positive whole numbers", () => {
  const clock = new SimulatedClient({ rttMs: 1, perConnection: 1, total: 1 }, { initial: 1, maximum: 1 });
  for (const initial of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(
      () => new SimulatedClient(clock.service, { initial, maximum: 4 }),
      RangeError,
      `Cannot limit requests with initial ${initial}`,
    );
  }
});

Deno.test("AdaptiveLimit does not measure requests that moved nothing", () => {
  let nowMs = 0;
  const clock = { monotonicMs: () => nowMs } as Clock;
  const raisedBy = (bytes: number) => {
    const limit = new AdaptiveLimit({ clock, initial: 2, maximum: 64 });
    for (let round = 0; round < 50; round++) {
      const permits: Permit[] = [];
      for (let permit = limit.tryAcquire(); permit; permit = limit.tryAcquire()) permits.push(permit);
      nowMs += 10;
      for (const permit of permits) permit.done({ bytes });
    }
    return limit.current - 2;
  };
  assertEquals(raisedBy(0), 0);
  assertGreater(raisedBy(1), 0);
});

/** The limit after many rounds in which a service refuses, once each, what `refuses` says of so many in flight. */
function limitWhere(refuses: (inFlight: number, index: number) => boolean): number {
  let nowMs = 0;
  const limit = new AdaptiveLimit({
    clock: { monotonicMs: () => nowMs } as Clock,
    initial: 4,
    maximum: 64,
  });
  for (let round = 0; round < 300; round++) {
    const permits: Permit[] = [];
    for (let permit = limit.tryAcquire(); permit; permit = limit.tryAcquire()) permits.push(permit);
    nowMs += 10;
    const inFlight = permits.length;
    permits.forEach((permit, i) => permit.done({ bytes: 100, throttled: refuses(inFlight, i) }));
  }
  return limit.current;
}

Deno.test("AdaptiveLimit keeps up where a service refuses three of a hundred, however many there are", () => {
  const random = seededRandom(1);
  assertGreater(limitWhere(() => random() < 0.03), 48);
});

Deno.test("AdaptiveLimit settles near what a service bears", () => {
  const settled = limitWhere((inFlight, i) => i >= 20 && inFlight > 20);
  assertGreater(settled, 14);
  assertLess(settled, 24);
});

Deno.test("AdaptiveLimit falls for requests that were throttled late, after others had raised it, and once for all of them", async () => {
  let nowMs = 0;
  const clock: Clock = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: () => Promise.reject(new Error("not simulated")),
  };
  const limit = new AdaptiveLimit({ clock, initial: 32, maximum: 64 });
  const late = await Promise.all(Array.from({ length: 16 }, () => limit.acquire()));
  const quick: Permit[] = [];
  for (let round = 0; round < 8; round++) {
    for (let permit = limit.tryAcquire(); permit; permit = limit.tryAcquire()) quick.push(permit);
    nowMs += 10;
    for (const permit of quick.splice(0)) permit.done({ bytes: MB, throttled: false });
  }
  const raised = limit.current;
  assertGreater(raised, 32);
  for (const permit of late) permit.done({ bytes: MB, throttled: true });
  assertLess(limit.current, raised);
  assertGreaterOrEqual(limit.current, Math.floor(raised / 2));
});

Deno.test("AdaptiveLimit falls for throttled requests that a store tells of, unless it fell since they were made", () => {
  const limit = new AdaptiveLimit({ clock: new FakeClock(), initial: 8, maximum: 64 });
  const { falls } = limit;
  limit.noteThrottled(falls);
  assertEquals([limit.current, limit.falls], [8, 0]);
  limit.noteThrottled(falls);
  assertEquals([limit.current, limit.falls], [4, 1]);
  for (let i = 0; i < 8; i++) limit.noteThrottled(falls);
  assertEquals(limit.current, 4);
  for (let i = 0; i < 2; i++) limit.noteThrottled(limit.falls);
  assertEquals(limit.current, 2);
});

Deno.test("AdaptiveLimit doubles while its requests still flow, and tells who listens", () => {
  let nowMs = 0;
  const limit = new AdaptiveLimit({ clock: { monotonicMs: () => nowMs }, initial: 4, maximum: 64 });
  const seen: number[] = [];
  const forget = limit.onRise(() => void seen.push(limit.current));
  for (let round = 0; round < 2; round++) {
    const permits: Permit[] = [];
    for (let permit = limit.tryAcquire(); permit; permit = limit.tryAcquire()) permits.push(permit);
    nowMs += 40;
    for (const permit of permits) permit.moved(0, 8 * 2 ** 20);
    nowMs += 20;
    for (const permit of permits) permit.moved(2 * 2 ** 20, 8 * 2 ** 20);
  }
  assertEquals([limit.current, limit.inFlight, seen], [16, 8, [8, 16]]);
  forget();
  for (let permit = limit.tryAcquire(); permit; permit = limit.tryAcquire()) permit.moved(0, 1);
  assertEquals(seen, [8, 16]);
});

Deno.test("AdaptiveLimit asks its memory once more requests are wanted than it starts with, and learns from large ones", async () => {
  const learned: LearnedLimit[] = [];
  let asked = 0;
  const memory = {
    recall: () => (asked++, Promise.resolve({ limit: 16, rate: 16e3 * 1e3 })),
    learn: (limit: LearnedLimit) => void learned.push(limit),
  };
  const service = { rttMs: 10, perConnection: 100, total: 1_600 };
  const client = new SimulatedClient(service, { initial: 4, maximum: 64, memory });
  client.serve(20, 4_096, 4);
  assertEquals([asked, learned], [0, []]);
  const told: number[] = [];
  client.limit.onRise(() => void told.push(client.limit.current));
  for (let i = 0; i < 5; i++) client.limit.tryAcquire();
  await undefined;
  await undefined;
  assertEquals([asked, client.limit.current, told], [1, 16, [16]]);
  const later = new SimulatedClient(service, { initial: 4, maximum: 64, memory });
  later.move(2 ** 31, 2 ** 23);
  assertGreater(learned.length, 0);
  assertGreaterOrEqual(learned.at(-1)?.limit ?? 0, 12);
  const count = learned.length;
  const small = new SimulatedClient(service, { initial: 4, maximum: 64, memory });
  small.serve(1_000, 4_096);
  assertEquals(learned.length, count);
});

Deno.test("AdaptiveLimit recalls and learns nothing of what answers at once, however busy the machine, and opens nothing ahead", async () => {
  const learned: LearnedLimit[] = [];
  const told: number[] = [];
  const more = {
    memory: {
      recall: () => Promise.resolve({ limit: 16, rate: 1 }),
      learn: (limit: LearnedLimit) => void learned.push(limit),
    },
    onAhead: (requests: number) => void told.push(requests),
  };
  // Permits show 10 ms, of which the service takes what it takes.
  const service = { rttMs: 10, perConnection: 100, total: 200 };
  for (const [ms, isNear] of [[1.9, true], [2, false], [undefined, false]] as const) {
    const client = new SimulatedClient(service, { initial: 4, maximum: 64, ...more, answerMs: () => ms });
    for (let i = 0; i < 5; i++) client.limit.tryAcquire();
    await undefined;
    await undefined;
    assertEquals(client.limit.current, isNear ? 4 : 16, `${ms}`);
    learned.length = told.length = 0;
    new SimulatedClient(service, { initial: 4, maximum: 64, ...more, answerMs: () => ms }).move(
      2 ** 31,
      2 ** 23,
    );
    assertEquals([learned.length > 0, told.length > 0], [!isNear, !isNear], `${ms}`);
  }
});

Deno.test("AdaptiveLimit learns at once that a service throttles", () => {
  const learned: LearnedLimit[] = [];
  const memory = { recall: async () => undefined, learn: (limit: LearnedLimit) => void learned.push(limit) };
  const limit = new AdaptiveLimit({ clock: new FakeClock(), initial: 8, maximum: 64, memory });
  for (let i = 0; i < 2; i++) limit.noteThrottled(0);
  assertEquals(learned, [{ limit: 4 }]);
});

Deno.test("AdaptiveLimit tells how many requests are next while it climbs and all are wanted, and no more than its maximum", async () => {
  const told: number[] = [];
  const onAhead = (requests: number) => void told.push(requests);
  const service = { rttMs: 40, perConnection: 100, total: 10_000 };
  const few = new SimulatedClient(service, { initial: 4, maximum: 24, onAhead });
  few.serve(100, 2 ** 20, 4);
  assertEquals(told, []);
  const many = new SimulatedClient(service, { initial: 4, maximum: 24, onAhead });
  many.move(2 ** 31, 2 ** 23);
  assertEquals(told, [8, 16, 24]);
  // What is remembered is used up by requests first: an object of few chunks wants no more connections.
  told.length = 0;
  const memory = { recall: async () => ({ limit: 12, rate: 1 }), learn: () => {} };
  const { limit: remembered } = new SimulatedClient(service, { initial: 4, maximum: 24, onAhead, memory });
  for (let i = 0; i < 5; i++) {
    remembered.tryAcquire();
    await undefined;
    await undefined;
  }
  assertEquals([remembered.current, told], [12, []]);
  const nothing = { recall: async () => undefined, learn: () => {} };
  const { limit } = new SimulatedClient(service, { initial: 4, maximum: 24, onAhead, memory: nothing });
  for (let i = 0; i < 5; i++) limit.tryAcquire();
  await undefined;
  await undefined;
  assertEquals(told, [8]);
});
