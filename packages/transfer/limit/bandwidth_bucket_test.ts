import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { BandwidthBucket } from "./bandwidth_bucket.ts";

const RATE = 1_000_000;

function bucketOf(clock: FakeClock, bytesPerSecond: number): BandwidthBucket {
  return new BandwidthBucket(clock, () => ({ bytesPerSecond, untilMs: Infinity }));
}

/** Moves bytes in pieces until it is stopped, and counts them. */
function mover(bucket: BandwidthBucket, signal: AbortSignal) {
  const moved = { bytes: 0 };
  const done = (async () => {
    for (;;) {
      const { piece } = bucket;
      await bucket.take(piece, signal);
      moved.bytes += piece;
    }
  })().catch(() => {});
  return { moved, done };
}

for (const [rate, movers] of [[RATE, 1], [RATE, 16], [20_000, 8], [1_024, 3], [5_000_000, 4]] as const) {
  Deno.test(`BandwidthBucket keeps ${movers} to ${rate} bytes a second within 5 % over 10 s`, async () => {
    const clock = new FakeClock();
    const bucket = bucketOf(clock, rate);
    const stop = new AbortController();
    const all = Array.from({ length: movers }, () => mover(bucket, stop.signal));
    const total = () => all.reduce((sum, { moved }) => sum + moved.bytes, 0);
    for (let window = 0; window < 3; window++) {
      const before = total();
      await clock.advance(10_000);
      const ratio = (total() - before) / (rate * 10);
      assert(ratio > 0.95 && ratio < 1.05, `${ratio}`);
    }
    const each = all.map(({ moved }) => moved.bytes);
    assert(Math.max(...each) - Math.min(...each) <= bucket.piece, `${each}`);
    stop.abort();
    await Promise.all(all.map(({ done }) => done));
    assertEquals(clock.pending, 0);
  });
}

Deno.test("BandwidthBucket lets those go in order, and forgets the bytes of who gave up", async () => {
  const clock = new FakeClock();
  const bucket = bucketOf(clock, 1_000);
  assertEquals(bucket.take(1_100), undefined);
  const order: number[] = [];
  const stop = new AbortController();
  const first = bucket.take(500)?.then(() => order.push(1));
  const second = bucket.take(60_000, stop.signal);
  const third = bucket.take(500)?.then(() => order.push(3));
  stop.abort(new Error("given up"));
  await assertRejects(async () => await second, Error, "given up");
  await clock.advance(1_000);
  assertEquals(order, [1]);
  await clock.advance(500);
  assertEquals(order, [1, 3]);
  await Promise.all([first, third]);
});

Deno.test("BandwidthBucket sleeps only while somebody waits", async () => {
  const clock = new FakeClock();
  const bucket = bucketOf(clock, 1_000);
  bucket.take(5_000);
  assertEquals(clock.pending, 0);
  const stop = new AbortController();
  const waiting = assertRejects(async () => await bucket.take(1, stop.signal));
  assertEquals(clock.pending, 1);
  stop.abort();
  await waiting;
  assertEquals(clock.pending, 0);
  await assertRejects(
    async () => await bucket.take(1, AbortSignal.abort(new Error("before"))),
    Error,
    "before",
  );
  // Whoever comes after one that gave up still gets its turn.
  const later = bucket.take(1);
  await clock.advance(5_000);
  await later;
});

Deno.test("BandwidthBucket keeps no more than a tenth of a second of what was not used", async () => {
  const clock = new FakeClock();
  const bucket = bucketOf(clock, RATE);
  bucket.take(1);
  await clock.advance(60_000);
  let free = 0;
  while (bucket.take(10_000) === undefined) free += 10_000;
  assert(free >= RATE / 10 && free <= RATE / 10 + 10_000, `${free}`);
});

Deno.test("BandwidthBucket takes up another rate when its time comes, also for those who wait", async () => {
  const clock = new FakeClock({ now: 0 });
  const rates = [{ bytesPerSecond: 10, untilMs: 1_000 }, { bytesPerSecond: Infinity, untilMs: 2_000 }];
  const bucket = new BandwidthBucket(
    clock,
    (wallMs) => rates.find(({ untilMs }) => wallMs < untilMs) ?? { bytesPerSecond: 1_000, untilMs: Infinity },
  );
  assertEquals([bucket.piece, bucket.take(1_000_000)], [256, undefined]);
  let went = 0;
  const waiting = bucket.take(1)?.then(() => went = clock.now());
  await clock.advance(1_100);
  await waiting;
  assertEquals(went, 1_000);
  assertEquals([bucket.piece, bucket.take(2 ** 40)], [Infinity, undefined]);
  await clock.advance(1_000);
  assertEquals(bucket.take(1_000), undefined);
  assert(bucket.take(1) !== undefined);
  await clock.runAll();
});
