import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ThroughputClimb } from "./throughput_climb.ts";

/** Completes `count` rounds whose rate is `rateAt` of the limit; tells the limits that followed. */
function complete(climb: ThroughputClimb, count: number, rateAt: (limit: number) => number): number[] {
  return Array.from({ length: count }, () => {
    climb.completeRound({ rate: rateAt(climb.limit), meanWork: 100 });
    return climb.limit;
  });
}

Deno.test("ThroughputClimb doubles while a doubling pays, asks twice before it goes back, and tries half", () => {
  const climb = new ThroughputClimb(4, 256);
  assertEquals(complete(climb, 6, (limit) => Math.min(limit, 16)), [8, 16, 32, 32, 8, 16]);
  assertStringIncludes(climb.explain(), "32 in flight gave 1.00 times");
});

Deno.test("ThroughputClimb goes on when the second round at a level pays", () => {
  const climb = new ThroughputClimb(4, 256);
  let cold = true;
  const limits = complete(climb, 4, (limit) => {
    if (limit < 8 || !cold) return limit;
    cold = false;
    return 4;
  });
  assertEquals(limits, [8, 8, 16, 32]);
});

Deno.test("ThroughputClimb stays at half of where doublings led when a slow start made them seem to pay", () => {
  const climb = new ThroughputClimb(4, 256);
  let cold = true;
  const rateAt = (limit: number) => {
    if (!cold) return Math.min(limit, 4);
    cold = false;
    return 1;
  };
  assertEquals(complete(climb, 7, rateAt), [8, 16, 16, 4, 3, 4, 4]);
});

Deno.test("ThroughputClimb tries more and less ever more rarely once nothing changes", () => {
  const climb = new ThroughputClimb(10, 256);
  const limits = complete(climb, 200, (limit) => Math.min(limit, 10));
  const trials = limits.flatMap((limit, i) => limit === 10 ? [] : [i]);
  assert(trials.length < 16, `${trials}`);
  const gaps = trials.slice(1).map((at, i) => at - (trials[i] ?? 0));
  assertEquals(gaps.at(-1), 33);
});

Deno.test("ThroughputClimb lets go of requests that bring nothing", () => {
  const climb = new ThroughputClimb(4, 4);
  complete(climb, 40, () => 1);
  assertEquals(climb.limit, 1);
});

Deno.test("ThroughputClimb climbs back to nine tenths of where it was throttled, and later beyond", () => {
  const climb = new ThroughputClimb(64, 256);
  climb.throttle();
  assertEquals(climb.limit, 32);
  assertStringIncludes(climb.explain(), "when 64 were in flight");
  assertEquals(complete(climb, 6, (limit) => limit), [36, 41, 47, 53, 57, 57]);
  complete(climb, 400, (limit) => limit);
  assertEquals(climb.limit, 256);
});

Deno.test("ThroughputClimb takes a trial back when nobody wants so many", () => {
  const climb = new ThroughputClimb(8, 64);
  const rateAt = (limit: number) => Math.min(limit, 8);
  assertEquals(complete(climb, 8, rateAt), [16, 16, 4, 8, 8, 8, 8, 10]);
  climb.abandonRound();
  assertEquals(climb.limit, 8);
});

Deno.test("ThroughputClimb.throttle() lowers the limit by half of the share that was refused", () => {
  for (const [share, expected] of [[1, 32], [0.5, 48], [0.25, 56], [0, 64], [2, 32]] as const) {
    const climb = new ThroughputClimb(64, 256);
    climb.throttle(share);
    assertEquals(climb.limit, expected);
  }
});

Deno.test("ThroughputClimb starts from what was learned, and holds there when all is as it was", () => {
  const climb = new ThroughputClimb(4, 64);
  climb.resume({ limit: 24, rate: 24e3 });
  assertEquals(complete(climb, 2, (limit) => limit), [24, 24]);
  assertEquals(climb.learned, { limit: 24, rate: 24e3 });
});

Deno.test("ThroughputClimb climbs on from what was learned when more might have paid, or when the same brings more now", () => {
  for (const rate of [undefined, 10e3]) {
    const climb = new ThroughputClimb(4, 64);
    climb.resume({ limit: 16, ...(rate !== undefined && { rate }) });
    assertEquals(complete(climb, 2, (limit) => limit), [32, 64]);
    assertEquals(climb.learned, { limit: 32 });
  }
});

Deno.test("ThroughputClimb comes down from what was learned when the service has become slower, or throttles", () => {
  const climb = new ThroughputClimb(4, 64);
  climb.resume({ limit: 64, rate: 64e3 });
  assertEquals(complete(climb, 4, (limit) => Math.min(limit, 8)), [64, 32, 25, 20]);
  complete(climb, 20, (limit) => Math.min(limit, 8));
  assert(climb.limit < 16, `${climb.limit}`);
  const throttled = new ThroughputClimb(4, 64);
  throttled.resume({ limit: 64, rate: 64e3 });
  throttled.throttle();
  assertEquals([throttled.limit, throttled.learned], [32, undefined]);
});

Deno.test("ThroughputClimb starts from nothing that was learned once it has measured, nor from less, nor beyond its maximum", () => {
  const climb = new ThroughputClimb(4, 16);
  climb.resume({ limit: 2, rate: 1 });
  assertEquals(climb.limit, 4);
  complete(climb, 1, (limit) => limit);
  climb.resume({ limit: 12, rate: 1 });
  assertEquals(climb.limit, 8);
  const wide = new ThroughputClimb(4, 16);
  wide.resume({ limit: 64, rate: 64e3 });
  assertEquals(complete(wide, 1, (limit) => limit), [16]);
});
